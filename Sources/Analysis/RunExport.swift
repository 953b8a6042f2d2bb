package import RunSchema
package import RunStore

/// A run for other tools: files by their names, with all records and what the run is.
package enum RunExport {
  /// A CSV file a table, the columns' names in the first line and numbers unrounded; and run.json, which says what it is.
  package static func csvFiles(of run: Run, _ labels: Labels, now: Instant) throws -> [(name: String, text: String)] {
    let tables = try run.tables.map { schema in
      let table = try RecordRows(schema.name, of: run).table(0..<run.recordCount, of: run)
      return (name: schema.name + ".csv", text: table.render(.csv))
    }
    return tables + [("run.json", try RunCard(run, labels, now: now).card().json.pretty + "\n")]
  }

  /// One document: what `show` says of the run, and each table by its columns.
  package static func document(of run: Run, _ labels: Labels, now: Instant) throws -> JSONValue {
    let tables = try run.tables.map { schema -> JSONValue.Member in
      let columns = try schema.columns.map { column -> JSONValue.Member in
        .init(column.name, JSONValue(try run.column(schema.name, column.name)))
      }
      return .init(schema.name, .object(columns))
    }
    guard case .object(let members) = try RunCard(run, labels, now: now).card().json else { return .null }
    return .object(
      [.init("schema", "runs/export/1")] + members.filter { $0.key != "schema" } + [.init("tables", .object(tables))])
  }
}

extension JSONValue {
  fileprivate init(_ values: ArrayValues) {
    self =
      switch values {
      case .float32(let values): .array(values.map { .float($0) })
      case .float64(let values): .array(values.map { .number($0) })
      case .int32(let values): .array(values.map { .integer(Int($0)) })
      case .int64(let values): .array(values.map { .integer(Int($0)) })
      case .uint32(let values): .array(values.map { .integer(Int($0)) })
      case .uint64(let values): .array(values.map { .unsigned($0) })
      case .uint8(let values): .array(values.map { .integer(Int($0)) })
      case .text(let values): .array(values.map { .text($0) })
      }
  }
}
