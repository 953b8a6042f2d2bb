package import RunSchema

/// What is said about one thing, a run or a machine, in sections: before anyone knows whether people or programs read it.
package struct Card: Sendable {
  /// A value under a name.
  package struct Field: Sendable {
    /// As people read it.
    package var label: String
    /// For programs, lower_snake_case.
    package var key: String
    package var cell: Cell

    package init(_ label: String, _ cell: Cell, key: String? = nil) {
      self.label = label
      self.key = key ?? Table.Column.key(for: label)
      self.cell = cell
    }
  }

  package enum Body: Sendable {
    case fields([Field])
    case table(Table)
    /// Lines as they are, for example a recipe's YAML.
    case lines(String)
  }

  package struct Section: Sendable {
    package var heading: String
    package var key: String
    package var body: Body
    /// For programs, where they get more than people.
    package var json: JSONValue

    package init(_ heading: String, key: String? = nil, _ body: Body, json: JSONValue? = nil) {
      self.heading = heading
      self.key = key ?? Table.Column.key(for: heading)
      self.body = body
      self.json = json ?? body.json
    }
  }

  /// The name and version of the document that programs get, as "runs/show/1".
  package var schema: String
  package var sections: [Section]

  package init(schema: String, _ sections: [Section]) {
    self.schema = schema
    self.sections = sections
  }

  /// The sections as members of one document.
  package var json: JSONValue {
    .object([.init("schema", .text(schema))] + sections.map { .init($0.key, $0.json) })
  }

  /// The sections as text, with a blank line between them; all that is another's has its hidden characters written out.
  package var text: String {
    sections.filter { !$0.body.isEmpty }
      .map { ([$0.heading] + $0.body.textLines.map { "  " + $0 }).joined(separator: "\n") }
      .joined(separator: "\n\n")
  }
}

extension Card.Body {
  var isEmpty: Bool {
    switch self {
    case .fields(let fields): fields.isEmpty
    case .table(let table): table.rows.isEmpty
    case .lines(let text): text.isEmpty
    }
  }

  fileprivate var json: JSONValue {
    switch self {
    case .fields(let fields): .object(fields.map { .init($0.key, $0.cell.json) })
    case .table(let table): .array(table.rowObjects)
    case .lines(let text): .text(text)
    }
  }

  fileprivate var textLines: [String] {
    switch self {
    case .fields(let fields):
      let width = fields.map(\.label.shown.displayWidth).max() ?? 0
      return fields.map { field in
        let value = field.cell == .text("") ? Cell.missing : field.cell
        return field.label.shown.padded(to: width, .left) + "  " + value.rounded.shown
      }
    case .table(let table):
      return table.render(.text).split(separator: "\n").map(String.init)
    case .lines(let text):
      return text.split(separator: "\n", omittingEmptySubsequences: false).map(\.shown)
    }
  }
}

extension Table {
  /// Each row as an object by the columns' keys, unrounded.
  package var rowObjects: [JSONValue] {
    rows.map { row in .object(zip(columns, row).map { .init($0.key, $1.json) }) }
  }
}
