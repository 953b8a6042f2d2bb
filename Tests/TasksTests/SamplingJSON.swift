import Tasks

/// A reader for the JSON of the fixtures that keeps what matters here: the order of members, and 2 apart from 2.0.
struct SamplingJSON {
  private var rest: Substring

  static func read(_ text: String) throws -> PublishedValue {
    var reader = SamplingJSON(rest: text[...])
    let value = try reader.value()
    reader.skipBlanks()
    guard reader.rest.isEmpty else { throw Malformed(at: String(reader.rest.prefix(20))) }
    return value
  }

  struct Malformed: Error { let at: String }

  private mutating func value() throws -> PublishedValue {
    skipBlanks()
    switch rest.first {
    case "{":
      return .object(
        try list(until: "}") { reader in
          let name = try reader.string()
          try reader.take(":")
          return .init(name, try reader.value())
        })
    case "[": return .array(try list(until: "]") { try $0.value() })
    case "\"": return .text(try string())
    default: return try word()
    }
  }

  /// Elements between commas, from the opening bracket to the closing one.
  private mutating func list<Element>(
    until end: Character, _ element: (inout SamplingJSON) throws -> Element
  ) throws -> [Element] {
    rest.removeFirst()
    var elements: [Element] = []
    skipBlanks()
    while rest.first != end {
      if !elements.isEmpty { try take(",") }
      elements.append(try element(&self))
      skipBlanks()
    }
    rest.removeFirst()
    return elements
  }

  /// A string; those of the fixtures hold no escapes.
  private mutating func string() throws -> String {
    try take("\"")
    let text = rest.prefix { $0 != "\"" && $0 != "\\" }
    rest = rest[text.endIndex...]
    try take("\"")
    return String(text)
  }

  private mutating func word() throws -> PublishedValue {
    let word = rest.prefix { $0.isLetter || $0.isNumber || "+-.".contains($0) }
    rest = rest[word.endIndex...]
    switch word {
    case "null": return .null
    case "true": return .bool(true)
    case "false": return .bool(false)
    default:
      if let whole = Int(word) { return .integer(whole) }
      guard let number = Double(word) else { throw Malformed(at: String(word)) }
      return .number(number)
    }
  }

  private mutating func take(_ expected: Character) throws {
    skipBlanks()
    guard rest.first == expected else { throw Malformed(at: String(rest.prefix(20))) }
    rest.removeFirst()
  }

  private mutating func skipBlanks() { rest = rest.drop(while: \.isWhitespace) }
}
