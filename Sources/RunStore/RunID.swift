/// The name of a run's folder: `[a-z0-9][a-z0-9-]{0,63}`, made by the store, in the order of time.
public struct RunID: Hashable, Sendable, CustomStringConvertible {
  /// The id's letters.
  public let text: String

  /// The id of these letters; nil unless they fit the pattern.
  public init?(_ text: String) {
    let letters = text.utf8
    guard let first = letters.first, letters.count <= 64, Self.isLetterOrDigit(first),
      letters.allSatisfy({ Self.isLetterOrDigit($0) || $0 == UInt8(ascii: "-") })
    else { return nil }
    self.text = text
  }

  /// A new id: seven digits to the base 32 for the seconds since 1970, a hyphen, four for chance. Sorted as text,
  /// ids stand in the order of their seconds until the year 3058.
  public static func make(in environment: StoreEnvironment) -> RunID {
    let seconds = UInt64(max(0, environment.secondsSince1970()))
    let text = base32(seconds, digits: 7) + "-" + base32(environment.randomBits(), digits: 4)
    return RunID(unchecked: text)
  }

  /// The id's letters.
  public var description: String { text }

  private init(unchecked text: String) { self.text = text }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  /// The lowest digits of a number to the base 32, in letters that nobody mistakes for each other and that sort as
  /// the numbers do.
  private static func base32(_ number: UInt64, digits: Int) -> String {
    let letters = Array("0123456789abcdefghjkmnpqrstvwxyz")
    return String((0..<digits).reversed().map { letters[Int((number >> (5 * UInt64($0))) & 31)] })
  }
}

extension RunID: Comparable {
  /// Earlier runs stand before later ones.
  public static func < (left: RunID, right: RunID) -> Bool { left.text < right.text }
}
