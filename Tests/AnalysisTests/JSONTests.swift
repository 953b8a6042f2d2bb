// JSON: numbers and texts come back, and what is not JSON is refused with the place.

import Analysis
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

  @Test(arguments: [
    "0", "-0", "-0.0", "0.0", "0e999", "0.1", "-0.1", "1e22", "1e23", "-1e-22", "1e-23", "9007199254740992.0",
    "9007199254740993.0", "9007199254740993e1", "123456789012345678901234567890", "0.3", "1e5", "1.5E+3",
    "18446744073709551615e0", "18446744073709551616.5", "5e-324", "2e-324", "1e-99999999999999999999",
    "1.7976931348623157e308", "2.2250738585072011e-308", "0.000000000000000000000000000000000000001e39",
    "1.00000000000000011102230246251565404236316680908203125",
  ])
  func numbersAreTheNearestDoubles(text: String) throws {
    let value = try JSONParser.parse(text)
    let expected = try #require(Double(text))
    switch value {
    case .number(let number): #expect(number.bitPattern == expected.bitPattern)
    case .integer(let number): #expect(Double(number) == expected && Int(text) == number)
    default: Issue.record("\(value)")
    }
  }

  /// Short and long, small and large: what a product of doubles rounds, and what it does not.
  @Test func manyNumbersAreTheNearestDoubles() throws {
    var random = SplitMix(seed: 2026)
    for _ in 0..<100_000 {
      let digits = (0...random.index(below: 22)).map { _ in String(random.index(below: 10)) }
      let text = "\(digits[0]).\(digits.joined())e\(random.index(below: 90) - 45)"
      #expect(try JSONParser.parse(text) == .number(try #require(Double(text))), "\(text)")
    }
  }

  @Test func integersStayWhole() throws {
    for text in ["-9223372036854775808", "9223372036854775807", "0"] {
      #expect(try JSONParser.parse(text) == .integer(try #require(Int(text))))
    }
    #expect(try JSONParser.parse("9223372036854775808") == .unsigned(1 << 63))
    #expect(try JSONParser.parse("18446744073709551615") == .unsigned(.max))
    #expect(try JSONParser.parse("18446744073709551616") == .number(0x1p64))
    #expect(try JSONParser.parse("-9223372036854775809") == .number(-0x1p63))
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
