internal import RunSchema
package import RunStore

/// What a plot's records are laid out along.
package enum PlotAbscissa: String, CaseIterable, Sendable {
  case iterations
  case innerSteps = "inner_steps"
  case seconds

  var label: String {
    switch self {
    case .iterations: "outer iterations"
    case .innerSteps: "inner steps, of all unrolls together"
    case .seconds: "computing time [s]"
    }
  }

  var isWhole: Bool { self != .seconds }

  /// The column whose sum over the records it is; nil for the count of the records.
  fileprivate var summed: ColumnName? {
    switch self {
    case .iterations: nil
    case .innerSteps: ColumnName("records", "inner_steps")
    case .seconds: ColumnName("observed", "seconds")
    }
  }
}

/// A column of a run.
package struct ColumnName: Equatable, Sendable {
  let table: String
  let column: String

  package init(_ table: String, _ column: String) {
    self.table = table
    self.column = column
  }
}

/// Goes through a run's records part by part, so that a long run needs no more memory than a short one.
package struct RunReading {
  let run: Run
  let abscissa: PlotAbscissa
  private let recordsAtOnce: Int

  package init(run: Run, abscissa: PlotAbscissa, recordsAtOnce: Int = 32_768) {
    self.run = run
    self.abscissa = abscissa
    self.recordsAtOnce = recordsAtOnce
  }

  /// What is read of a part of the records: for each, where it lies, and the rows of each column.
  package struct Part {
    package let firstRecord: Int
    package let x: [Double]
    fileprivate let columns: [(values: [Double], rowsPerRecord: Int)]

    /// The values of the n-th column that was asked for, of one record of this part.
    package func values(_ column: Int, of record: Int) -> ArraySlice<Double> {
      let (values, rows) = columns[column]
      return values[record * rows..<(record + 1) * rows]
    }

    /// The first value of that.
    package func value(_ column: Int, of record: Int) -> Double {
      columns[column].values[record * columns[column].rowsPerRecord]
    }
  }

  /// How many rows a record has in a table.
  func rowsPerRecord(_ table: String) -> Int { run.tables.first { $0.name == table }?.rowsPerRecord ?? 1 }

  package func forEachPart(_ names: [ColumnName], _ body: (Part) throws -> Void) throws {
    let offset = run.identity.integer(IdentityNames.firstIteration) ?? 0
    var sum = 0.0
    for first in stride(from: 0, to: run.recordCount, by: recordsAtOnce) {
      let records = first..<min(first + recordsAtOnce, run.recordCount)
      var x = records.map { Double(offset + $0 + 1) }
      if let summed = abscissa.summed {
        for (index, step) in try read(summed, records).values.enumerated() {
          // What was not seen takes no time.
          sum += step.isFinite && step > 0 ? step : 0
          x[index] = sum
        }
      }
      try body(Part(firstRecord: first, x: x, columns: try names.map { try read($0, records) }))
    }
  }

  private func read(_ name: ColumnName, _ records: Range<Int>) throws -> (values: [Double], rowsPerRecord: Int) {
    let rows = rowsPerRecord(name.table)
    let values = try run.column(
      name.table, name.column, rows: records.lowerBound * rows..<records.upperBound * rows)
    guard let doubles = values.doubles else {
      throw StoreError(
        .damaged, doing: "reading \(name.table)/\(name.column) to draw it", file: run.path, expected: "numbers",
        found: "texts")
    }
    return (doubles, rows)
  }
}
