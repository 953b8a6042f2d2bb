// JSON: numbers and texts come back, and what is not JSON is refused with the place.

import RunSchema
import Testing

@Suite struct JSON {
  @Test func valuesComeBack() throws {
    let value: JSONValue = [
      "null": nil, "yes": true, "no": false, "int": .integer(.min), "unsigned": .unsigned(.max), "number": .number(0.1),
      "small": .number(.leastNonzeroMagnitude), "negative zero": .number(-0.0),
      "text": "a\"\\\u{1B}\u{202E}\u{E0041}\n日😀",
      "list": [1, [2, []], [:]], "empty": "",
    ]
    #expect(try JSONParser.parse(value.compact) == value)
    #expect(try JSONParser.parse(value.pretty) == value)
    #expect(!value.compact.contains("\n") && !value.compact.unicodeScalars.contains { $0.isHidden })
    guard case .number(let zero) = try JSONParser.parse(value.compact)["negative zero"] else {
      Issue.record("no number")
      return
    }
    #expect(zero.sign == .minus)
  }

  @Test func floatsAreWrittenWithTheirOwnDigits() {
    #expect(JSONValue.array([.float(0.1), .float(1e20), .number(1e20), .float(5)]).compact == "[0.1,1e+20,1e+20,5.0]")
    #expect(
      JSONValue.array([.float(.nan), .number(.infinity), .number(-.infinity)]).compact == "[\"nan\",\"inf\",\"-inf\"]")
  }

  @Test(arguments: [
    "", " ", "{", "[1,]", "[1 2]", "{\"a\" 1}", "{\"a\":1,}", "{a:1}", "01", "-", "+1", "1.", ".5", "1.e5", "1e",
    "0x10", "NaN",
    "Infinity", "tru", "\"", "\"\n\"", "\"\\x\"", "\"\\u12\"", "\"\\uD800\"", "\"\\uD800\\u0041\"", "\"\\uDC00\"",
    "1 2", "// 1",
    "{\"a\":1,\"a\":2}", "1e999", "'a'", "[1]]",
  ])
  func whatIsNotJSONIsRefused(text: String) {
    #expect(throws: JSONParser.Failure.self) { try JSONParser.parse(text) }
  }

  @Test func errorsHaveTheByteOffset() {
    func failure(_ text: String) -> String {
      do { return try JSONParser.parse(text).compact } catch { return "\(error)" }
    }
    #expect(failure("[1, x]") == "not JSON at byte 4: expected a value")
    #expect(failure("{\"a\": 1 \"b\"}") == "not JSON at byte 8: expected ',' or '}'")
    #expect(failure("{\"a\": 1, \"a\": 2}") == "not JSON at byte 9: expected another key than one before")
  }

  @Test func depthIsBounded() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    _ = try JSONParser.parse(nested(64))
    #expect(throws: JSONParser.Failure.self) { try JSONParser.parse(nested(65)) }
    #expect(throws: JSONParser.Failure.self) { try JSONParser.parse(nested(100_000)) }
  }
}
