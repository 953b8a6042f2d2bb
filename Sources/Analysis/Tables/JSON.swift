package import RunSchema

/// One document: title, columns, and a row as an object by the columns' keys; unrounded.
struct JSONTable: TableRenderer {
  func escape(_ text: String) -> String { JSONValue.text(text).compact }

  func render(_ table: Table) -> String { table.json.pretty + "\n" }
}

extension Table {
  /// The table as a value of a JSON document, to stand in a larger one.
  package var json: JSONValue {
    .object([
      .init("title", title.map { .text($0) } ?? .null),
      .init(
        "columns",
        .array(
          columns.map { column in
            .object([
              .init("key", .text(column.key)), .init("heading", .text(column.heading)),
              .init("unit", column.unit.map { .text($0) } ?? .null),
            ])
          })),
      .init("rows", .array(rows.map { row in .object(zip(columns, row).map { .init($0.key, $1.json) }) })),
    ])
  }
}
