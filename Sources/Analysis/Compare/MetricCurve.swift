internal import RunSchema

/// A metric over a run: its raw values and its smoothed ones, each with its position on the axis.
struct MetricCurve: Sendable {
  let run: ComparedRun
  let table: String
  let column: String
  let positions: [Double]
  let raw: [Double]
  /// m(1) = x(1), m(i) = 0.9 m(i-1) + 0.1 x(i); a value that is no finite number is passed over.
  let smoothed: [Double]

  init(_ metric: Metric, of run: ComparedRun, along alignment: Alignment) throws {
    self.run = run
    table = try metric.table(in: run.run)
    column = metric.column
    raw = try run.numbers(table, metric.column)
    positions = try alignment.positions(of: run)
    smoothed = Self.smooth(raw)
  }

  static func smooth(_ values: [Double]) -> [Double] {
    var loss = SmoothedLoss()
    return values.map { value in
      loss.add(value)
      return loss.value ?? value
    }
  }

  var isEmpty: Bool { raw.isEmpty }

  /// The lowest smoothed value up to a record, and the first record that has it.
  func best(through last: Int) -> (value: Double, index: Int)? {
    var best: (value: Double, index: Int)?
    for index in 0...last where smoothed[index] < best?.value ?? .infinity { best = (smoothed[index], index) }
    return best
  }

  /// Trapezoids of the raw values between two positions that records have, in units of the metric times the axis's.
  func area(from start: Double, to end: Double) -> Double {
    let (first, last) = (positions.index(at: start), positions.index(at: end))
    guard first < last else { return 0 }
    var area = 0.0
    for index in first + 1...last {
      let width = positions[index] - positions[index - 1]
      area += width * (raw[index] + raw[index - 1]) / 2
    }
    return area
  }

  func iteration(_ index: Int) -> Int { run.firstIteration + index + 1 }

  func source(_ rows: Range<Int>, _ formula: String) -> Source {
    Source(run: run.id.text, dataset: "run/\(table)/\(column)", rows: rows, formula: formula)
  }
}
