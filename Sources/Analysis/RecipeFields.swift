package import RunSchema

/// The fields of a resolved recipe by their paths, as `--set` and filters name them: estimator.kind, tasks.0.family.
package struct RecipeFields: Sendable {
  package struct Field: Equatable, Sendable {
    package let path: String
    package let cell: Cell
  }

  /// In the recipe's own order.
  package let fields: [Field]
  private let cells: [String: Cell]

  package init(_ recipe: JSONValue) {
    var fields: [Field] = []
    Self.collect(recipe, path: "", into: &fields)
    self.fields = fields
    cells = Dictionary(fields.map { ($0.path, $0.cell) }) { first, _ in first }
  }

  /// The field at a path; for a section that has a kind, the kind, so that estimator=full_es is understood. The
  /// families of all tasks are `tasks`.
  package subscript(path: String) -> Cell? {
    if path == "tasks" { return .list(fields.filter { $0.path.hasSuffix(".family") }.map(\.cell.rounded)) }
    return cells[path] ?? cells[path + ".kind"]
  }

  private static func collect(_ value: JSONValue, path: String, into fields: inout [Field]) {
    func below(_ part: String) -> String { path.isEmpty ? part : "\(path).\(part)" }
    switch value {
    case .object(let members):
      for member in members { collect(member.value, path: below(member.key), into: &fields) }
    case .array(let values):
      let isPlain = values.allSatisfy {
        switch $0 {
        case .object, .array: false
        default: true
        }
      }
      if isPlain { return fields.append(Field(path: path, cell: .list(values.map { $0.plainText }))) }
      for (index, value) in values.enumerated() { collect(value, path: below(String(index)), into: &fields) }
    default: fields.append(Field(path: path, cell: Cell(value)))
    }
  }
}

extension Cell {
  /// A plain value of a JSON document; an array or an object as its text.
  fileprivate init(_ value: JSONValue) {
    self =
      switch value {
      case .null: .missing
      case .bool(let flag): .flag(flag)
      case .integer(let integer): .integer(integer)
      case .unsigned(let unsigned): .unsigned(unsigned)
      // All digits: a setting is exact.
      case .number(let number): .number(number, digits: 17)
      case .float(let float): .float(float, digits: 9)
      case .text(let text): .text(text)
      case .array, .object: .text(value.compact)
      }
  }
}

extension JSONValue {
  /// A text without its quotation marks, anything else as JSON.
  fileprivate var plainText: String {
    if case .text(let text) = self { return text }
    return compact
  }
}
