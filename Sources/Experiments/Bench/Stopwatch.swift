/// How much time a figure of the bench may take.
struct BenchBudget: Sendable {
  /// Measurements of a figure, of which the median counts.
  let repeats: Int
  /// Calls are repeated within a measurement until it lasts this long.
  let seconds: Double
  /// After so many seconds three measurements are enough.
  var enough = 3.0
}

/// What repeated measurements of a piece of work took, for one call of it.
struct Timing: Sendable {
  /// Wall time and CPU time of all threads, in seconds, one a measurement.
  private(set) var wall: [Double] = []
  private(set) var cpu: [Double] = []

  /// Times `body` after one call that is not counted.
  init(_ budget: BenchBudget, _ body: () throws -> Void) rethrows {
    try body()
    let calls = try Self.callsToFill(budget.seconds, body)
    let begin = Environment.clock()
    for repeats in 0..<budget.repeats {
      if repeats >= 3, Environment.clock() - begin > budget.enough { return }
      let (wall, cpu) = (Environment.clock(), Environment.cpuClock())
      for _ in 0..<calls { try body() }
      self.wall.append((Environment.clock() - wall) / Double(calls))
      self.cpu.append((Environment.cpuClock() - cpu) / Double(calls))
    }
  }

  /// Calls that last about so many seconds, at least one.
  private static func callsToFill(_ seconds: Double, _ body: () throws -> Void) rethrows -> Int {
    var calls = 1
    while calls < 1 << 20 {
      let start = Environment.clock()
      for _ in 0..<calls { try body() }
      let spent = Environment.clock() - start
      if spent >= seconds / 2 { return max(1, Int((Double(calls) * seconds / spent).rounded())) }
      calls = max(2 * calls, Int(Double(calls) * seconds / (2 * max(spent, 1e-9))))
    }
    return calls
  }
}

extension [Double] {
  /// The middle one, or the mean of the middle two; NaN of none.
  package var median: Double {
    guard !isEmpty else { return .nan }
    let sorted = self.sorted()
    return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
  }
}
