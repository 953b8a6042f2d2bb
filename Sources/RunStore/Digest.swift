/// The 32 bytes of a SHA-256.
public struct Digest: Hashable, Sendable, CustomStringConvertible {
  /// The 32 bytes, first one first.
  public let bytes: [UInt8]

  /// The digest of these 32 bytes; nil when there are more or fewer.
  public init?(bytes: some Sequence<UInt8>) {
    let bytes = Array(bytes)
    guard bytes.count == 32 else { return nil }
    self.bytes = bytes
  }

  /// The digest written as 64 hexadecimal digits; nil when it is not.
  public init?(hex: String) {
    let digits = hex.utf8.compactMap { UInt8(String(UnicodeScalar($0)), radix: 16) }
    guard hex.utf8.count == 64, digits.count == 64 else { return nil }
    bytes = (0..<32).map { digits[2 * $0] << 4 | digits[2 * $0 + 1] }
  }

  /// 64 lower-case hexadecimal digits.
  public var hex: String {
    let letters = Array("0123456789abcdef")
    return String(bytes.flatMap { [letters[Int($0 >> 4)], letters[Int($0 & 15)]] })
  }

  /// 64 lower-case hexadecimal digits.
  public var description: String { hex }

  /// The SHA-256 of some bytes.
  public static func of(_ bytes: some Sequence<UInt8>) -> Digest {
    var hash = SHA256()
    hash.update(Array(bytes))
    return hash.finish()
  }
}
