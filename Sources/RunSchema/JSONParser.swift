/// Reads JSON strictly: one document, no comments, a bound on depth, errors with the byte offset.
package struct JSONParser {
  package struct Failure: Error, CustomStringConvertible {
    package let offset: Int
    package let expected: String
    package var description: String { "not JSON at byte \(offset): expected \(expected)" }
  }

  private static let greatestDepth = 64
  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The document in `text`.
  package static func parse(_ text: String) throws(Failure) -> JSONValue {
    var parser = JSONParser(Array(text.utf8))
    let value = try parser.value()
    parser.skipBlanks()
    if parser.position < parser.bytes.count { throw parser.failure("the end of the document") }
    return value
  }

  private func failure(_ expected: String) -> Failure { Failure(offset: position, expected: expected) }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipBlanks() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  private mutating func take(_ text: StaticString) -> Bool {
    let wanted = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    guard bytes[position...].starts(with: wanted) else { return false }
    position += wanted.count
    return true
  }

  private mutating func value() throws(Failure) -> JSONValue {
    skipBlanks()
    switch next {
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "\""): return .text(try string())
    default: break
    }
    if take("null") { return .null }
    if take("true") { return .bool(true) }
    if take("false") { return .bool(false) }
    return try number()
  }

  private mutating func nested<Result>(_ body: (inout Self) throws(Failure) -> Result) throws(Failure) -> Result {
    depth += 1
    guard depth <= Self.greatestDepth else { throw failure("no more than \(Self.greatestDepth) levels") }
    defer { depth -= 1 }
    return try body(&self)
  }

  private mutating func object() throws(Failure) -> JSONValue {
    try nested { (parser: inout Self) throws(Failure) in
      var members: [JSONValue.Member] = []
      var keys: Set<String> = []
      try parser.elements(closing: "}") { (parser: inout Self) throws(Failure) in
        parser.skipBlanks()
        let start = parser.position
        let key = try parser.string()
        guard keys.insert(key).inserted else {
          parser.position = start
          throw parser.failure("another key than one before")
        }
        parser.skipBlanks()
        guard parser.take(":") else { throw parser.failure("':'") }
        members.append(.init(key, try parser.value()))
      }
      return .object(members)
    }
  }

  private mutating func array() throws(Failure) -> JSONValue {
    try nested { (parser: inout Self) throws(Failure) in
      var values: [JSONValue] = []
      try parser.elements(closing: "]") { (parser: inout Self) throws(Failure) in values.append(try parser.value()) }
      return .array(values)
    }
  }

  private mutating func elements(
    closing: StaticString, each: (inout Self) throws(Failure) -> Void
  ) throws(Failure) {
    position += 1
    skipBlanks()
    if take(closing) { return }
    while true {
      try each(&self)
      skipBlanks()
      if take(closing) { return }
      guard take(",") else { throw failure("',' or '\(closing)'") }
    }
  }

  private mutating func string() throws(Failure) -> String {
    guard take("\"") else { throw failure("a string") }
    var text: [UInt8] = []
    while let byte = next, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw failure("an escaped control character") }
      position += 1
      if byte == UInt8(ascii: "\\") { try escape(into: &text) } else { text.append(byte) }
    }
    guard take("\"") else { throw failure("'\"'") }
    guard let string = String(validating: text, as: UTF8.self) else { throw failure("valid UTF-8 before here") }
    return string
  }

  private mutating func escape(into text: inout [UInt8]) throws(Failure) {
    let plain: [(StaticString, UInt8)] = [
      ("\"", 0x22), ("\\", 0x5C), ("/", 0x2F), ("b", 8), ("f", 12), ("n", 10), ("r", 13), ("t", 9),
    ]
    for (letter, byte) in plain where take(letter) {
      text.append(byte)
      return
    }
    guard take("u") else { throw failure("an escape sequence") }
    var code = try hexadecimal()
    if (0xD800..<0xDC00).contains(code) {
      guard take("\\u") else { throw failure("the second half of a surrogate pair") }
      let low = try hexadecimal()
      guard (0xDC00..<0xE000).contains(low) else { throw failure("the second half of a surrogate pair") }
      code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw failure("a Unicode scalar") }
    text += Array(String(Character(scalar)).utf8)
  }

  private mutating func hexadecimal() throws(Failure) -> UInt32 {
    guard position + 4 <= bytes.count,
      let digits = String(validating: bytes[position..<position + 4], as: UTF8.self),
      digits.allSatisfy(\.isHexDigit), let code = UInt32(digits, radix: 16)
    else { throw failure("four hexadecimal digits") }
    position += 4
    return code
  }

  private mutating func number() throws(Failure) -> JSONValue {
    let start = position
    while let byte = next, Self.isOfNumber(byte) { position += 1 }
    if let value = JSONNumber(bytes[start..<position])?.value { return value }
    position = start
    throw failure("a value")
  }

  private static func isOfNumber(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "e"), UInt8(ascii: "E"):
      true
    default: false
    }
  }
}
