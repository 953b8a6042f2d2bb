internal import RunSchema
internal import RunStore

/// The first outer iteration whose records are not the same bits in two runs.
package struct RecordDifference: Equatable, Sendable {
  package let iteration: Int
  /// The first column in the order in which an iteration comes about: pairs before what is made of them.
  package let table: String
  package let column: String
  /// The row within the record: the pair, in the table of pairs.
  package let row: Int
  package let values: BitDifference
  /// All columns that differ in that iteration, as table/column.
  package let columns: [String]

  var place: String { "\(table)/\(column)" + (table == "pairs" ? ", pair \(row)" : "") }

  /// The outer iterations that both runs have records of.
  static func common(_ left: ComparedRun, _ right: ComparedRun) -> Range<Int> {
    let first = max(left.firstIteration, right.firstIteration) + 1
    return first..<max(first, min(left.lastIteration, right.lastIteration) + 1)
  }

  /// Nil where all that both have is the same. Blocks of records are read until one differs, so that an early difference
  /// is found without reading the rest.
  static func first(_ left: ComparedRun, _ right: ComparedRun) throws -> RecordDifference? {
    let common = common(left, right)
    let columns = comparableColumns(left, right)
    var (start, length) = (common.lowerBound, 64)
    while start < common.upperBound {
      let block = start..<min(common.upperBound, start + length)
      if let found = try first(left, right, block, columns) { return found }
      (start, length) = (block.upperBound, min(8_192, length * 4))
    }
    return nil
  }

  private struct Place {
    let table: String
    let column: String
    let rowsPerRecord: Int
  }

  /// Scientific columns that both have in the same form.
  private static func comparableColumns(_ left: ComparedRun, _ right: ComparedRun) -> [Place] {
    ordered(left.run.tables).map(\.schema).flatMap { table -> [Place] in
      guard let other = right.run.tables.first(where: { $0.name == table.name }),
        other.isScientific, other.rowsPerRecord == table.rowsPerRecord
      else { return [] }
      return table.columns.compactMap { column in
        guard other.columns.contains(where: { $0.name == column.name && $0.type == column.type }) else { return nil }
        return Place(table: table.name, column: column.name, rowsPerRecord: table.rowsPerRecord)
      }
    }
  }

  private static func first(
    _ left: ComparedRun, _ right: ComparedRun, _ block: Range<Int>, _ places: [Place]
  ) throws -> RecordDifference? {
    func values(_ run: ComparedRun, _ place: Place) throws -> ArrayValues {
      let start = (block.lowerBound - run.firstIteration - 1) * place.rowsPerRecord
      return try run.run.column(place.table, place.column, rows: start..<start + block.count * place.rowsPerRecord)
    }
    var found: [(record: Int, row: Int, place: Place, values: BitDifference)] = []
    for place in places {
      let (a, b) = (try values(left, place), try values(right, place))
      guard let index = a.firstBitDifference(from: b) else { continue }
      found.append(
        (index / place.rowsPerRecord, index % place.rowsPerRecord, place, BitDifference(a, b, at: index)))
    }
    guard let record = found.map(\.record).min() else { return nil }
    let inRecord = found.filter { $0.record == record }
    let first = inRecord[0]
    return RecordDifference(
      iteration: block.lowerBound + record, table: first.place.table, column: first.place.column, row: first.row,
      values: first.values, columns: inRecord.map { "\($0.place.table)/\($0.place.column)" })
  }

  /// Of two records of one form, whatever they are of; nil where all that is scientific is the same.
  init?(_ left: Record, _ right: Record, at iteration: Int, in tables: [TableSchema]) {
    var found: [(place: Place, row: Int, values: BitDifference)] = []
    for (table, schema) in Self.ordered(tables) {
      for (index, column) in schema.columns.enumerated() {
        let (a, b) = (left.tables[table][index], right.tables[table][index])
        guard let row = a.firstBitDifference(from: b) else { continue }
        let place = Place(table: schema.name, column: column.name, rowsPerRecord: schema.rowsPerRecord)
        found.append((place, row, BitDifference(a, b, at: row)))
      }
    }
    guard let first = found.first else { return nil }
    self.init(
      iteration: iteration, table: first.place.table, column: first.place.column, row: first.row, values: first.values,
      columns: found.map { "\($0.place.table)/\($0.place.column)" })
  }

  private init(
    iteration: Int, table: String, column: String, row: Int, values: BitDifference, columns: [String]
  ) {
    self.iteration = iteration
    self.table = table
    self.column = column
    self.row = row
    self.values = values
    self.columns = columns
  }

  /// Scientific tables with their places, in the order in which an iteration comes about.
  private static func ordered(_ tables: [TableSchema]) -> [(place: Int, schema: TableSchema)] {
    let order = ["pairs", "records"]
    func rank(_ schema: TableSchema) -> Int { order.firstIndex(of: schema.name) ?? order.count }
    return tables.enumerated().filter(\.element.isScientific).sorted { rank($0.element) < rank($1.element) }
      .map { ($0.offset, $0.element) }
  }

  var json: JSONValue {
    .object(
      [
        .init("iteration", .integer(iteration)), .init("table", .text(table)), .init("column", .text(column)),
        .init("row", .integer(row)),
      ] + values.json + [.init("columns", .array(columns.map { .text($0) }))])
  }
}
