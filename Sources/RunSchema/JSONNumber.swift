/// A number as JSON writes it, and its value: an integer as it stands, any other the nearest double.
struct JSONNumber {
  private let literal: ArraySlice<UInt8>
  private let isNegative: Bool
  private var isInteger = true
  /// All digits, without the point.
  private var significand: UInt64 = 0
  /// The power of ten that the significand is multiplied with.
  private var exponent = 0
  /// Whether the two above hold all that was written.
  private var isWhole = true

  /// Nil for what is no number by JSON's grammar: -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?
  init?(_ literal: ArraySlice<UInt8>) {
    self.literal = literal
    var rest = literal
    isNegative = rest.first == UInt8(ascii: "-")
    if isNegative { rest.removeFirst() }
    let startsWithZero = rest.first == UInt8(ascii: "0")
    let count = takeDigits(of: &rest)
    guard count == 1 || count > 1 && !startsWithZero else { return nil }
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      isInteger = false
      exponent = -takeDigits(of: &rest)
      guard exponent < 0 else { return nil }
    }
    if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
      rest.removeFirst()
      isInteger = false
      guard takeExponent(of: &rest) else { return nil }
    }
    guard rest.isEmpty else { return nil }
  }

  private static func digit(_ byte: UInt8?) -> UInt8? {
    guard let byte, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
    return byte - UInt8(ascii: "0")
  }

  /// Puts digits behind the significand's; how many.
  private mutating func takeDigits(of rest: inout ArraySlice<UInt8>) -> Int {
    let start = rest.startIndex
    while let digit = Self.digit(rest.first) {
      let (tens, isTooLarge) = significand.multipliedReportingOverflow(by: 10)
      let (sum, isOver) = tens.addingReportingOverflow(UInt64(digit))
      if isTooLarge || isOver { isWhole = false }
      significand = sum
      rest.removeFirst()
    }
    return rest.startIndex - start
  }

  private mutating func takeExponent(of rest: inout ArraySlice<UInt8>) -> Bool {
    let isBelow = rest.first == UInt8(ascii: "-")
    if isBelow || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
    let start = rest.startIndex
    var power = 0
    while let digit = Self.digit(rest.first) {
      // Beyond a thousand its size no longer matters, and must not overflow.
      if power < 1_000 { power = 10 * power + Int(digit) } else { isWhole = false }
      rest.removeFirst()
    }
    exponent += isBelow ? -power : power
    return rest.startIndex > start
  }

  /// Nil where it is beyond the doubles.
  var value: JSONValue? {
    if isInteger, isWhole {
      if isNegative, significand <= Int.min.magnitude { return .integer(Int(truncatingIfNeeded: 0 &- significand)) }
      if !isNegative { return Int(exactly: significand).map { .integer($0) } ?? .unsigned(significand) }
    }
    if let number = roundedOnce { return .number(isNegative ? -number : number) }
    guard let number = Double(String(decoding: literal, as: UTF8.self)), number.isFinite else { return nil }
    return .number(number)
  }

  /// 10⁰ to 10²², which are all doubles.
  private static let powers: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
  ]

  /// The size where significand and power of ten are doubles: then one product or quotient rounds once, to the nearest
  /// (Clinger, How to read floating point numbers accurately, PLDI 1990). Nil elsewhere.
  private var roundedOnce: Double? {
    guard isWhole, significand <= 1 << 53, Self.powers.indices.contains(abs(exponent)) else { return nil }
    let power = Self.powers[abs(exponent)]
    return exponent < 0 ? Double(significand) / power : Double(significand) * power
  }
}
