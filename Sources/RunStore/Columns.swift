// Tables of records: what a run notes after each iteration.

/// A column of a table.
public struct Column: Hashable, Sendable {
  /// The dataset's name: letters, digits and underscores.
  public var name: String
  /// The type of its values.
  public var type: ElementType
  /// The unit in words, empty for none.
  public var unit: String
  /// What it is, in a sentence.
  public var summary: String

  /// A column.
  public init(_ name: String, _ type: ElementType, unit: String = "", summary: String = "") {
    self.name = name
    self.type = type
    self.unit = unit
    self.summary = summary
  }
}

/// A table to which each record adds the same number of rows.
public struct TableSchema: Hashable, Sendable {
  /// The group's name below `run`: letters, digits and underscores; not one the store uses itself.
  public var name: String
  /// The columns in their order.
  public var columns: [Column]
  /// How many rows a record adds: 1 for a table of iterations, the number of pairs for a table of pairs.
  public var rowsPerRecord: Int
  /// Whether the values must come out again bit for bit: such tables are in the records' digest and are compared when
  /// an iteration is computed again. Times and hosts belong in a table that is not.
  public var isScientific: Bool
  /// The column a viewer draws by default (NXdata `signal`).
  public var signal: String?
  /// The columns it draws against (NXdata `axes`).
  public var axes: [String]

  /// A table.
  public init(
    _ name: String, columns: [Column], rowsPerRecord: Int = 1, isScientific: Bool = true, signal: String? = nil,
    axes: [String] = []
  ) {
    self.name = name
    self.columns = columns
    self.rowsPerRecord = rowsPerRecord
    self.isScientific = isScientific
    self.signal = signal
    self.axes = axes
  }
}

/// What a run notes after one iteration.
public struct Record: Equatable, Sendable {
  /// 1, 2, 3 …: the n-th record of a run.
  public var iteration: Int
  /// For each table, for each column, `rowsPerRecord` values; tables and columns in the order of the schemas.
  public var tables: [[ArrayValues]]

  /// A record.
  public init(iteration: Int, tables: [[ArrayValues]]) {
    self.iteration = iteration
    self.tables = tables
  }
}

extension TableSchema {
  /// Names below `run` that the store uses itself.
  static let reservedNames: Set<String> = ["identity", "events", "checkpoints", "lineage", "tables"]

  /// What is wrong with the schemas of a run; nil when nothing is.
  static func problem(in tables: [TableSchema]) -> String? {
    var names: Set<String> = []
    for table in tables {
      guard isPlain(table.name), !reservedNames.contains(table.name) else { return "a table called \(table.name)" }
      guard names.insert(table.name).inserted else { return "two tables called \(table.name)" }
      guard table.rowsPerRecord > 0 else { return "table \(table.name) with \(table.rowsPerRecord) rows a record" }
      guard !table.columns.isEmpty else { return "table \(table.name) without columns" }
      var columns: Set<String> = []
      for column in table.columns {
        guard isPlain(column.name) else { return "a column called \(column.name) in table \(table.name)" }
        guard columns.insert(column.name).inserted else { return "two columns \(table.name)/\(column.name)" }
      }
      for name in table.axes + [table.signal].compactMap({ $0 }) where !columns.contains(name) {
        return "signal or axis \(name) that is no column of table \(table.name)"
      }
    }
    return nil
  }

  private static func isPlain(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 255
      && name.unicodeScalars.allSatisfy {
        $0.isASCII && ($0.properties.isAlphabetic || $0 == "_" || ("0"..."9").contains($0))
      }
  }
}

extension Record {
  /// What does not fit the schemas; nil when all does.
  func problem(with schemas: [TableSchema]) -> String? {
    guard tables.count == schemas.count else { return "\(tables.count) tables instead of \(schemas.count)" }
    for (columns, schema) in zip(tables, schemas) {
      guard columns.count == schema.columns.count else {
        return "\(columns.count) columns for table \(schema.name) instead of \(schema.columns.count)"
      }
      for (values, column) in zip(columns, schema.columns) {
        let place = "\(schema.name)/\(column.name)"
        guard values.type == column.type else { return "\(place): \(values.type) instead of \(column.type)" }
        guard values.count == schema.rowsPerRecord else {
          return "\(place): \(values.count) values instead of \(schema.rowsPerRecord)"
        }
        if values.holdsNUL { return "\(place): a text with a NUL" }
      }
    }
    return nil
  }

  /// Where the scientific tables of two records of the same iteration differ first; nil when all bits are the same.
  func firstDifference(from other: Record, _ schemas: [TableSchema]) -> StoreError.Difference? {
    for (index, schema) in schemas.enumerated() where schema.isScientific {
      for (column, pair) in zip(schema.columns, zip(tables[index], other.tables[index])) {
        if let row = pair.0.firstDifference(from: pair.1) {
          return .init(iteration: iteration, table: schema.name, column: column.name, row: row)
        }
      }
    }
    return nil
  }
}

extension ArrayValues {
  /// Whether a text holds a NUL, which ends a fixed-length string.
  var holdsNUL: Bool {
    guard case .text(let texts) = self else { return false }
    return texts.contains { $0.utf8.contains(0) }
  }
}
