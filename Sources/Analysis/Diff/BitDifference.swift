internal import RunSchema
internal import RunStore

/// How far two floating-point numbers lie apart in representable numbers; the sign of zero is a step of none.
enum UnitsInTheLastPlace {
  /// Nil where one is no number.
  static func between(_ a: Double, _ b: Double) -> UInt64? {
    a.isNaN || b.isNaN ? nil : distance(ordered(a.bitPattern, 63), ordered(b.bitPattern, 63))
  }

  /// Nil where one is no number.
  static func between(_ a: Float, _ b: Float) -> UInt64? {
    a.isNaN || b.isNaN ? nil : distance(ordered(UInt64(a.bitPattern), 31), ordered(UInt64(b.bitPattern), 31))
  }

  /// Sign and magnitude as one integer that rises with the number; both zeros are 0.
  private static func ordered(_ bits: UInt64, _ signBit: UInt64) -> Int64 {
    let magnitude = Int64(bits & (1 << signBit - 1))
    return bits >> signBit == 1 ? -magnitude : magnitude
  }

  private static func distance(_ a: Int64, _ b: Int64) -> UInt64 {
    a > b ? UInt64(bitPattern: a &- b) : UInt64(bitPattern: b &- a)
  }
}

/// Two values at one place whose bits are not the same.
package struct BitDifference: Equatable, Sendable {
  /// Digits that read back as the same bits; a NaN with its payload.
  package let left: String
  package let right: String
  /// Nil for what is no floating-point number.
  package let ulps: UInt64?

  /// The values at an index of arrays of one type.
  init(_ left: ArrayValues, _ right: ArrayValues, at index: Int) {
    self.left = left.exactText(at: index)
    self.right = right.exactText(at: index)
    ulps =
      switch (left, right) {
      case (.float32(let a), .float32(let b)): UnitsInTheLastPlace.between(a[index], b[index])
      case (.float64(let a), .float64(let b)): UnitsInTheLastPlace.between(a[index], b[index])
      default: nil
      }
  }

  var words: String { "\(left) / \(right)" + (ulps.map { " (\(Self.short($0)) ULP)" } ?? "") }

  /// Of what is far apart nobody counts the last digits.
  private static func short(_ ulps: UInt64) -> String {
    ulps < 10_000_000 ? "\(ulps)" : Decimal(Double(ulps)).rounded(significant: 2)
  }

  var json: [JSONValue.Member] {
    [
      .init("values", [.text(left), .text(right)]), .init("ulps", ulps.map { .unsigned($0) } ?? .null),
    ]
  }
}

extension ArrayValues {
  /// The first index at which bits differ, of arrays of one type; NaN payloads and signs of zero count. Where one is
  /// longer, its first element behind the other.
  func firstBitDifference(from other: ArrayValues) -> Int? {
    func first<Element>(_ a: [Element], _ b: [Element], _ same: (Element, Element) -> Bool) -> Int? {
      let common = min(a.count, b.count)
      for index in 0..<common where !same(a[index], b[index]) { return index }
      return a.count == b.count ? nil : common
    }
    return switch (self, other) {
    case (.float32(let a), .float32(let b)): first(a, b) { $0.bitPattern == $1.bitPattern }
    case (.float64(let a), .float64(let b)): first(a, b) { $0.bitPattern == $1.bitPattern }
    case (.int32(let a), .int32(let b)): first(a, b, ==)
    case (.int64(let a), .int64(let b)): first(a, b, ==)
    case (.uint32(let a), .uint32(let b)): first(a, b, ==)
    case (.uint64(let a), .uint64(let b)): first(a, b, ==)
    case (.uint8(let a), .uint8(let b)): first(a, b, ==)
    case (.text(let a), .text(let b)): first(a, b) { $0.utf8.elementsEqual($1.utf8) }
    default: 0
    }
  }

  /// One value in digits that read back as the same bits; a text in quotation marks.
  func exactText(at index: Int) -> String {
    switch self {
    case .float32(let values):
      values[index].isNaN ? "nan:0x" + String(values[index].bitPattern, radix: 16) : "\(values[index])"
    case .float64(let values):
      values[index].isNaN ? "nan:0x" + String(values[index].bitPattern, radix: 16) : "\(values[index])"
    case .int32(let values): "\(values[index])"
    case .int64(let values): "\(values[index])"
    case .uint32(let values): "\(values[index])"
    case .uint64(let values): "\(values[index])"
    case .uint8(let values): "\(values[index])"
    case .text(let values): JSONValue.text(values[index]).compact
    }
  }
}
