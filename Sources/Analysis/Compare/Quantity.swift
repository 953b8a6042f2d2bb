internal import RunSchema

/// Where a number comes from: enough to compute it again with any HDF5 reader.
package struct Source: Equatable, Sendable {
  /// The run's id; several where it is made of several runs.
  package let runs: [String]
  /// The path in run.h5.
  package let dataset: String
  /// Rows from 0; nil for all of it.
  package let rows: Range<Int>?
  package let formula: String

  init(runs: [String], dataset: String, rows: Range<Int>? = nil, formula: String) {
    self.runs = runs
    self.dataset = dataset
    self.rows = rows
    self.formula = formula
  }

  init(run: String, dataset: String, rows: Range<Int>? = nil, formula: String) {
    self.init(runs: [run], dataset: dataset, rows: rows, formula: formula)
  }

  var json: JSONValue {
    .object([
      .init("runs", .array(runs.map { .text($0) })), .init("dataset", .text(dataset)),
      .init("rows", rows.map { [.integer($0.lowerBound), .integer($0.upperBound)] } ?? .null),
      .init("formula", .text(formula)),
    ])
  }
}

/// A value of a comparison, and where it comes from.
package struct Traced: Sendable {
  package let cell: Cell
  package let source: Source?

  init(_ cell: Cell, _ source: Source? = nil) {
    self.cell = cell
    self.source = source
  }

  static let missing = Traced(.missing)
}

/// One line of a comparison: the same quantity of each subject.
package struct Quantity: Sendable {
  package let label: String
  package let key: String
  package let unit: String?
  /// One for each subject.
  package let values: [Traced]
  /// Of the second against the first, where there are two and both are numbers.
  package let change: Cell

  init(_ label: String, key: String? = nil, unit: String? = nil, _ values: [Traced]) {
    self.label = label
    self.key = key ?? Table.Column.key(for: label)
    self.unit = unit
    self.values = values
    change = values.count == 2 ? Self.change(values[0].cell, values[1].cell) : .missing
  }

  /// (b - a) / |a|; none where a is 0 or either is no finite number, or a number that is only a name, such as a seed.
  private static func change(_ a: Cell, _ b: Cell) -> Cell {
    guard let a = a.magnitude, let b = b.magnitude, a.isFinite, b.isFinite, a != 0 else { return .missing }
    return .change((b - a) / abs(a))
  }
}

extension Cell {
  /// The number, of cells whose size means something.
  var magnitude: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value, _), .duration(let value), .fraction(let value): value
    case .float(let value, _): Double(value)
    case .missing, .text, .list, .flag, .unsigned, .change, .instant: nil
    }
  }

  var isMissing: Bool {
    if case .missing = self { true } else { false }
  }

  var isNumeric: Bool { magnitude != nil }
}
