package import RunSchema

/// One value of a table or of a run's field: what it is, so that each format can print it its own way.
package enum Cell: Equatable, Sendable {
  case missing
  case text(String)
  /// Several texts, for example tags.
  case list([String])
  /// Several seeds in rising order; for people "1–15, 20".
  case seeds([UInt64])
  /// A small array; for people a few of them, rounded.
  case numbers([Double])
  case flag(Bool)
  case integer(Int)
  case unsigned(UInt64)
  /// For people rounded to `digits` significant digits.
  case number(Double, digits: Int = 5)
  case float(Float, digits: Int = 5)
  /// A part of a whole, 1 for all of it; for people in per cent.
  case fraction(Double)
  /// A relative change, 0 for none; for people in per cent with a sign.
  case change(Double)
  /// A length of time in seconds; for people in the unit that fits.
  case duration(Double)
  /// Room, or a mean of rooms, in bytes; for people in the unit that fits.
  case bytes(Double)
  /// A moment, in seconds since 1970-01-01T00:00:00Z; for people to the second in UTC.
  case instant(Double)
}

extension Cell {
  /// As people read it: rounded. Another's text stands in it as it is, not yet escaped.
  package var rounded: String {
    switch self {
    case .missing: "–"
    case .text(let text): text
    case .list(let texts): texts.joined(separator: ", ")
    case .seeds(let seeds): Self.stretches(seeds).joined(separator: ", ")
    case .numbers(let values): Self.short(values)
    case .flag(let flag): flag ? "yes" : "no"
    case .integer(let value): "\(value)"
    case .unsigned(let value): "\(value)"
    case .number(let value, let digits): Decimal(value).rounded(significant: digits)
    case .float(let value, let digits): Decimal(value).rounded(significant: digits)
    case .fraction(let value): Decimal(100 * value).rounded(places: 1) + " %"
    case .change(let value): (value > 0 ? "+" : "") + Decimal(100 * value).rounded(places: 2) + " %"
    case .duration(let seconds): Instant.words(forSeconds: seconds)
    case .bytes(let count): words(forBytes: count)
    case .instant(let seconds): Instant(seconds).description
    }
  }

  /// As programs read it: unrounded, the shortest digits that give the same number again.
  package var exact: String {
    switch self {
    case .missing: ""
    case .flag(let flag): flag ? "true" : "false"
    case .number(let value, _), .fraction(let value), .change(let value), .duration(let value): Decimal(value).exact
    case .float(let value, _): Decimal(value).exact
    case .bytes(let value): Self.whole(value).map(String.init) ?? Decimal(value).exact
    case .seeds(let seeds): seeds.map(String.init).joined(separator: ", ")
    case .numbers(let values): JSONValue.array(values.map { .number($0) }).compact
    case .text, .list, .integer, .unsigned, .instant: rounded
    }
  }

  /// As a value of a JSON document, unrounded.
  package var json: JSONValue {
    switch self {
    case .missing: .null
    case .text(let text): .text(text)
    case .list(let texts): .array(texts.map { .text($0) })
    case .seeds(let seeds): .array(seeds.map { .text(String($0)) })
    case .numbers: .text(exact)
    case .flag(let flag): .bool(flag)
    case .integer(let value): .integer(value)
    case .unsigned(let value): .unsigned(value)
    case .number(let value, _), .fraction(let value), .change(let value), .duration(let value): .number(value)
    case .float(let value, _): .float(value)
    case .bytes(let value): Self.whole(value).map { .integer($0) } ?? .number(value)
    case .instant: .text(rounded)
    }
  }

  /// Whether it is another's text, which formats must guard, rather than digits of ours.
  var isText: Bool {
    switch self {
    case .text, .list, .seeds, .numbers: true
    default: false
    }
  }

  /// What the number counts; nil where a column or row has to say it.
  var unit: String? {
    switch self {
    case .duration: "s"
    case .bytes: "bytes"
    default: nil
    }
  }

  private static func whole(_ value: Double) -> Int? { Int(exactly: value) }

  /// Up to four as they are; of more the first ones, or what all of them are.
  private static func short(_ values: [Double]) -> String {
    let words = values.map { Decimal($0).rounded(significant: 4) }
    if words.count <= 4 { return "[" + words.joined(separator: ", ") + "]" }
    if Set(words).count == 1 { return "\(words[0]), \(words.count) times" }
    return "[" + words.prefix(3).joined(separator: ", ") + ", and \(words.count - 3) more]"
  }

  /// Three seeds or more that follow one another as one stretch.
  private static func stretches(_ seeds: [UInt64]) -> [String] {
    var stretches: [(first: UInt64, last: UInt64)] = []
    for seed in seeds {
      if let last = stretches.last?.last, last < seed, seed - last == 1 {
        stretches[stretches.count - 1].last = seed
      } else {
        stretches.append((seed, seed))
      }
    }
    return stretches.flatMap { first, last in
      last - first < 2 ? Array(first...last).map(String.init) : ["\(first)–\(last)"]
    }
  }
}
