// One digest over all scientific columns of all records.

/// SHA-256 over the scientific columns of a run, in the making: first each column by itself, over its values as
/// little-endian bytes (texts each with their length as u32), then the list of the columns.
struct RecordsDigest {
  private var columns: [[SHA256]]
  private let tables: [TableSchema]
  private(set) var recordCount = 0

  init(_ tables: [TableSchema]) {
    self.tables = tables
    columns = tables.map { $0.columns.map { _ in SHA256() } }
  }

  /// Takes in rows of all columns of all tables: those of one record or of many.
  mutating func update(_ rows: [[ArrayValues]], records: Int) {
    for (table, schema) in tables.enumerated() where schema.isScientific {
      for column in schema.columns.indices { columns[table][column].update(rows[table][column]) }
    }
    recordCount += records
  }

  /// The digest of a column of a scientific table.
  func column(_ table: Int, _ column: Int) -> Digest { columns[table][column].finish() }

  /// For each scientific column: "table/column", its type, the number of its rows as u64, the digest of its values.
  var value: Digest {
    var list = ByteWriter()
    for (table, schema) in tables.enumerated() where schema.isScientific {
      for (index, column) in schema.columns.enumerated() {
        list.append(schema.name + "/" + column.name)
        list.append(column.type.rawValue)
        list.append(UInt64(recordCount * schema.rowsPerRecord))
        list.append(self.column(table, index))
      }
    }
    return Digest.of(list.bytes)
  }
}
