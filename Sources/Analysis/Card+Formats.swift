package import RunSchema

/// A card in the formats of tables.
extension Card {
  /// As words and tables; a section without content is left out.
  package var presentation: Presentation {
    Presentation(
      sections.filter { !$0.body.isEmpty }.map { section in
        switch section.body {
        case .fields(let fields):
          var table = Table(columns: [.init("what"), .init("value")])
          for field in fields { table.append([.text(field.label), field.cell]) }
          return .init(section.heading, table: table)
        case .table(let table): return .init(section.heading, table: table)
        case .lines(let text):
          return .init(
            section.heading, lines: text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
        }
      })
  }

  /// One line a value, so that sections of every form are one table.
  package var longTable: Table {
    var table = Table(columns: [.init("section"), .init("row", alignment: .right), .init("field"), .init("value")])
    for section in sections {
      switch section.body {
      case .fields(let fields):
        for field in fields { table.append([.text(section.key), .missing, .text(field.key), field.cell]) }
      case .table(let inner):
        for (index, row) in inner.rows.enumerated() {
          for (column, cell) in zip(inner.columns, row) {
            table.append([.text(section.key), .integer(index + 1), .text(column.key), cell])
          }
        }
      case .lines(let text):
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
        where !text.isEmpty {
          table.append([.text(section.key), .integer(index + 1), .text("line"), .text(String(line))])
        }
      }
    }
    return table
  }
}

extension JSONValue {
  /// An object with members more behind its own; anything else as it is.
  package func adding(_ more: [Member]) -> JSONValue {
    guard case .object(let members) = self else { return self }
    return .object(members + more)
  }
}
