internal import RunSchema

/// Where a number comes from: enough to compute it again with any HDF5 reader.
package struct Source: Equatable, Sendable {
  /// One of several numbers that a number is made of.
  package struct Part: Equatable, Sendable {
    /// A run's id, or a group's letter.
    package let of: String
    package let rows: Range<Int>?
    package let value: Cell

    package init(of: String, rows: Range<Int>? = nil, value: Cell) {
      self.of = of
      self.rows = rows
      self.value = value
    }
  }

  /// The run's id; several where it is made of several runs.
  package let runs: [String]
  /// The path in run.h5.
  package let dataset: String
  /// Rows from 0; nil for all of it.
  package let rows: Range<Int>?
  package let formula: String
  /// The numbers that it is made of, where those are not the rows themselves.
  package let parts: [Part]

  package init(runs: [String], dataset: String, rows: Range<Int>? = nil, formula: String, parts: [Part] = []) {
    self.runs = runs
    self.dataset = dataset
    self.rows = rows
    self.formula = formula
    self.parts = parts
  }

  init(run: String, dataset: String, rows: Range<Int>? = nil, formula: String) {
    self.init(runs: [run], dataset: dataset, rows: rows, formula: formula)
  }

  /// The formula as it goes on behind "the".
  var noun: Substring { formula.hasPrefix("the ") ? formula.dropFirst(4) : formula[...] }

  /// The same of several runs that share it.
  func ofRuns(_ runs: [String]) -> Source {
    Source(runs: runs, dataset: dataset, rows: rows, formula: formula, parts: parts)
  }

  fileprivate static func json(_ rows: Range<Int>?) -> JSONValue {
    rows.map { [.integer($0.lowerBound), .integer($0.upperBound)] } ?? .null
  }

  var json: JSONValue {
    .object([
      .init("runs", .array(runs.map { .text($0) })), .init("dataset", .text(dataset)),
      .init("rows", Self.json(rows)),
      .init("formula", .text(formula)), .init("parts", .array(parts.map(\.json))),
    ])
  }
}

extension Source.Part {
  /// A number of a run, as part of one of several runs.
  init(_ run: ComparedRun, _ value: Traced) { self.init(of: run.id.text, rows: value.source?.rows, value: value.cell) }

  fileprivate var json: JSONValue {
    ["of": .text(of), "rows": Source.json(rows), "value": value.json]
  }
}

/// A value of a comparison, and where it comes from.
package struct Traced: Sendable {
  package let cell: Cell
  package let source: Source?

  package init(_ cell: Cell, _ source: Source? = nil) {
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
  /// Of the second against the first, where there are two, both are numbers, and it means something.
  package let change: Cell

  init(_ label: String, key: String? = nil, unit: String? = nil, hasChange: Bool = true, _ values: [Traced]) {
    self.label = label
    self.key = key ?? Table.Column.key(for: label)
    self.unit = unit
    self.values = values
    change = values.count == 2 && hasChange ? Self.change(values[0].cell, values[1].cell) : .missing
  }

  /// The unit of the numbers as programs get them: people read that of times and sizes in the cell.
  package var exactUnit: String? { unit ?? values.lazy.compactMap(\.cell.unit).first }

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
    case .number(let value, _), .duration(let value), .bytes(let value), .fraction(let value): value
    case .float(let value, _): Double(value)
    case .missing, .text, .list, .seeds, .numbers, .flag, .unsigned, .change, .instant: nil
    }
  }

  var isMissing: Bool {
    if case .missing = self { true } else { false }
  }

  var isNumeric: Bool { magnitude != nil }
}
