package import RunSchema
package import RunStore

/// A run's records as rows of a table, for people and programs.
package struct RecordRows: Sendable {
  private let schema: TableSchema

  /// - Throws: StoreError `.notFound` with the tables' names.
  package init(_ table: String, of run: Run) throws {
    guard let schema = run.tables.first(where: { $0.name == table }) else {
      throw StoreError(
        .notFound, doing: "reading table \(table.shown)", file: run.path,
        expected: "one of " + run.tables.map(\.name).joined(separator: ", "))
    }
    self.schema = schema
  }

  /// The rows of records, which are counted from 0.
  package func table(_ records: Range<Int>, of run: Run) throws -> Table {
    let rows = records.lowerBound * schema.rowsPerRecord..<records.upperBound * schema.rowsPerRecord
    let columns = try schema.columns.map { try run.column(schema.name, $0.name, rows: rows) }
    var table = Table(columns: schema.columns.map { .init($0.name, alignment: .right, key: $0.name) })
    for row in 0..<rows.count {
      table.append(zip(schema.columns, columns).map { Cell($1, at: row, isMoment: $0.name == "finished_at") })
    }
    return table
  }

  /// A row as a document of one line.
  package func document(_ row: JSONValue) -> JSONValue {
    guard case .object(let members) = row else { return row }
    return .object([.init("schema", "runs/log/1"), .init("table", .text(schema.name))] + members)
  }
}

extension Cell {
  /// One value of a column.
  init(_ values: ArrayValues, at index: Int, isMoment: Bool = false) {
    self =
      switch values {
      case .float32(let values): .float(values[index])
      case .float64(let values): isMoment ? .instant(values[index]) : .number(values[index])
      case .int32(let values): .integer(Int(values[index]))
      case .int64(let values): .integer(Int(values[index]))
      case .uint32(let values): .unsigned(UInt64(values[index]))
      case .uint64(let values): .unsigned(values[index])
      case .uint8(let values): .integer(Int(values[index]))
      case .text(let values): .text(values[index])
      }
  }
}

/// Rows that come one by one under one heading: the columns stay as wide as they began, or wider.
package struct GrowingTable {
  private var widths: [Int] = []
  private let kept: [String]?

  /// - Parameter keys: the columns to print; nil for all.
  package init(keeping keys: [String]?) { kept = keys }

  /// The rows as lines; with the headings before the first ones.
  package mutating func lines(_ table: Table) -> String {
    let columns = table.columns.indices.filter { kept?.contains(table.columns[$0].key) ?? true }
    let heads = columns.map { table.columns[$0].label.shown }
    let cells = table.rows.map { row in columns.map { row[$0].rounded.shown } }
    let isFirst = widths.isEmpty
    // Room for what may come: a number of five digits with sign and exponent.
    if isFirst { widths = heads.map { max($0.displayWidth, 9) } }
    for row in cells {
      for (index, cell) in row.enumerated() { widths[index] = max(widths[index], cell.displayWidth) }
    }
    let lines = (isFirst ? [heads, widths.map { String(repeating: "─", count: $0) }] : []) + cells
    return lines.map { line in
      zip(line, widths).map { $0.padded(to: $1, .right) }.joined(separator: "  ") + "\n"
    }.joined()
  }
}
