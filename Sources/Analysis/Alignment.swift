/// What runs are laid side by side by: where on that axis each record lies, and which records a point of it means.
package enum Alignment: String, CaseIterable, Sendable {
  /// Outer iterations.
  case iterations
  /// Inner steps of all unrolls so far: the cost that no machine changes.
  case innerSteps = "inner_steps"
  /// Wall time of the iterations so far.
  case seconds

  package var unit: String {
    switch self {
    case .iterations: "outer iterations"
    case .innerSteps: "inner steps"
    case .seconds: "s"
    }
  }

  /// Where positions come from.
  var source: String {
    switch self {
    case .iterations: "run/records/iteration"
    case .innerSteps: "the running sum of run/records/inner_steps"
    case .seconds: "the running sum of run/observed/seconds"
    }
  }

  /// For people: "iteration 150", "12,000 inner steps" without the comma.
  func words(_ position: Double) -> String {
    switch self {
    case .iterations: "iteration \(Int(position))"
    case .innerSteps: "\(Int(position)) inner steps"
    case .seconds: Instant.words(forSeconds: position)
    }
  }

  /// The position of each record, which never falls: counted from the run's own first record, but for iterations, which
  /// a fork counts on from its parent's.
  func positions(of run: ComparedRun) throws -> [Double] {
    switch self {
    case .iterations: return (0..<run.recordCount).map { Double(run.firstIteration + $0 + 1) }
    case .innerSteps: return Self.sums(try run.numbers("records", "inner_steps"))
    case .seconds: return Self.sums(try run.numbers("observed", "seconds"))
    }
  }

  private static func sums(_ values: [Double]) -> [Double] {
    var sum = 0.0
    return values.map { value in
      sum += value
      return sum
    }
  }
}

/// The stretch of an axis that all of some runs cover.
struct CommonStretch: Equatable, Sendable {
  let start: Double
  let end: Double

  /// Nil where a run has no record, or where one begins after another ends.
  init?(_ positions: [[Double]]) {
    guard let start = positions.compactMap(\.first).max(), let end = positions.compactMap(\.last).min(),
      positions.allSatisfy({ !$0.isEmpty }), start <= end
    else { return nil }
    self.start = start
    self.end = end
  }

  /// The point at a share of the way: for a run from the start on, 10 % of 1,500 iterations is iteration 150.
  func point(at share: Double, origin: Double) -> Double { origin + share * (end - origin) }
}

extension [Double] {
  /// In rising positions, the last that is at or before a point; the first where all are behind it.
  func index(at point: Double) -> Int {
    // A hair's breadth, so that 0.1 * 1500 means 150 whatever the rounding of the product.
    let bound = point + Swift.abs(point) * 1e-12
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] <= bound { low = middle + 1 } else { high = middle }
    }
    return Swift.max(0, low - 1)
  }
}
