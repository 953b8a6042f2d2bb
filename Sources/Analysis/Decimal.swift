/// A number as decimal digits: the shortest that give the same bits again, and how people want them rounded.
///
/// Made from `description`, which is the same on every system; nothing here depends on a locale.
struct Decimal {
  private let isNegative: Bool
  /// 0 to 9 each, the first not 0 unless the number is.
  private let digits: [UInt8]
  /// The number is 0.d0d1d2... times ten to this.
  private let exponent: Int
  /// "nan", "inf" and "-inf"; nil for a finite number.
  private let special: String?
  /// The shortest digits that give the same number again: "0.1", "1e-07", "nan", "inf", "-inf".
  let exact: String

  init(_ value: Double) {
    self.init(value.description, isNaN: value.isNaN, isInfinite: value.isInfinite, isNegative: value.sign == .minus)
  }

  init(_ value: Float) {
    self.init(value.description, isNaN: value.isNaN, isInfinite: value.isInfinite, isNegative: value.sign == .minus)
  }

  private init(_ description: String, isNaN: Bool, isInfinite: Bool, isNegative: Bool) {
    self.isNegative = isNegative
    special = isNaN ? "nan" : isInfinite ? (isNegative ? "-inf" : "inf") : nil
    exact = special ?? description
    var digits: [UInt8] = []
    var exponent = 0
    var isBehindPoint = false
    if special == nil {
      let parts = description.split(separator: "e")
      for byte in parts[0].utf8 {
        if byte == UInt8(ascii: ".") { isBehindPoint = true }
        guard (0x30...0x39).contains(byte) else { continue }
        if !isBehindPoint { exponent += 1 }
        digits.append(byte - 0x30)
      }
      if parts.count == 2 { exponent += Int(parts[1]) ?? 0 }
    }
    let leading = digits.prefix { $0 == 0 }.count
    digits.removeFirst(leading)
    while digits.last == 0 { digits.removeLast() }
    self.digits = digits
    self.exponent = digits.isEmpty ? 1 : exponent - leading
  }

  /// Rounded, halves away from zero, to so many significant digits. An exact number of fewer digits is not filled up, so
  /// that one sees which are rounded. From 0.0001 to below ten million without an exponent of ten, and then all digits
  /// before the point are shown.
  func rounded(significant count: Int) -> String {
    if let special { return special }
    let plain = -3...7 ~= exponent
    let kept = plain ? max(count, exponent) : count
    let (rounded, exponent) = Self.round(digits, exponent, keeping: kept)
    let sign = isNegative ? "-" : ""
    if plain { return sign + Self.layOut(rounded, exponent, places: max(0, rounded.count - exponent)) }
    let mantissa = Self.layOut(rounded, 1, places: max(0, rounded.count - 1))
    let power = exponent - 1
    return "\(sign)\(mantissa)e\(power < 0 ? "-" : "+")\(abs(power) < 10 ? "0" : "")\(abs(power))"
  }

  /// Rounded, halves away from zero, to so many places behind the point, and filled up to them.
  func rounded(places: Int) -> String {
    if let special { return special }
    // What would fill a line with digits no one reads.
    guard exponent <= 15 else { return rounded(significant: 5) }
    let (rounded, exponent) = Self.round(digits, exponent, keeping: exponent + places)
    let isZero = rounded.allSatisfy { $0 == 0 }
    return (isNegative && !isZero ? "-" : "") + Self.layOut(rounded, exponent, places: places)
  }

  /// The first `count` digits, rounded by the next; one more in front if the carry needs it.
  private static func round(_ digits: [UInt8], _ exponent: Int, keeping count: Int) -> ([UInt8], Int) {
    guard count < digits.count else { return (digits, exponent) }
    guard count >= 0 else { return ([], exponent) }
    var kept = Array(digits[..<count])
    guard digits[count] >= 5 else { return (kept, exponent) }
    var index = count - 1
    while index >= 0 {
      if kept[index] < 9 {
        kept[index] += 1
        return (kept, exponent)
      }
      kept[index] = 0
      index -= 1
    }
    kept.insert(1, at: 0)
    return (count == 0 ? kept : Array(kept.dropLast()), exponent + 1)
  }

  private static func layOut(_ digits: [UInt8], _ exponent: Int, places: Int) -> String {
    func digit(_ position: Int) -> String { digits.indices.contains(position) ? "\(digits[position])" : "0" }
    let whole = exponent > 0 ? (0..<exponent).map(digit).joined() : "0"
    if places == 0 { return whole }
    return whole + "." + (exponent..<exponent + places).map(digit).joined()
  }
}
