internal import RunSchema

/// A filter that cannot be read: where, what was expected, and what stands there.
package struct FilterError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Counted in characters from 1.
  package let position: Int
  package let expected: String
  package let found: String

  package var description: String { "filter, character \(position): expected \(expected), found \(found)" }
}

extension Filter {
  /// The filter that `text` says; the words of a command line are joined with blanks before.
  package init(parsing text: String) throws(FilterError) {
    var parser = FilterParser(text)
    alternatives = try parser.alternatives()
  }
}

private struct FilterParser {
  private let characters: [Character]
  private var position = 0

  init(_ text: String) { characters = Array(text) }

  private var next: Character? { position < characters.count ? characters[position] : nil }

  mutating func alternatives() throws(FilterError) -> [Filter.Alternative] {
    skipBlanks()
    if next == nil { return [] }
    var alternatives: [Filter.Alternative] = []
    repeat {
      if !alternatives.isEmpty { position += 1 }
      alternatives.append(try alternative())
    } while next == "|"
    return alternatives
  }

  private mutating func alternative() throws(FilterError) -> Filter.Alternative {
    var terms: [Filter.Term] = []
    skipBlanks()
    repeat {
      terms.append(try term())
      skipBlanks()
    } while next != nil && next != "|"
    return terms
  }

  private mutating func term() throws(FilterError) -> Filter.Term {
    let isNegated = next == "-"
    if isNegated { position += 1 }
    guard next?.isLetter == true else { throw failure("a field's name") }
    let field = take { $0.isLetter || $0.isNumber || "_.-".contains($0) }
    guard let comparison = takeComparison() else {
      throw failure("one of = != < <= > >= : behind \"\(field.shown)\"")
    }
    let start = position
    let text = try takeValue()
    if comparison == .has, field == "since" || field == "before" {
      guard let time = Self.time(text) else {
        throw failure("a date as 2026-11-24 or a time ago as 90s, 15min, 6h, 7d, 2w", at: start)
      }
      return .init(
        isNegated: isNegated, field: "created", comparison: field == "since" ? .atLeast : .below, value: time)
    }
    if [.below, .atMost, .above, .atLeast].contains(comparison) {
      if let number = Double(text), !number.isNaN {
        return .init(isNegated: isNegated, field: field, comparison: comparison, value: .text(text))
      }
      guard let date = Self.date(text) else { throw failure("a number or a date as 2026-11-24", at: start) }
      return .init(isNegated: isNegated, field: field, comparison: comparison, value: .moment(date))
    }
    return .init(isNegated: isNegated, field: field, comparison: comparison, value: .text(text))
  }

  private mutating func takeComparison() -> Filter.Comparison? {
    for comparison in Filter.Comparison.allCases where characters[position...].starts(with: comparison.rawValue) {
      position += comparison.rawValue.count
      return comparison
    }
    return nil
  }

  private mutating func takeValue() throws(FilterError) -> String {
    guard next == "\"" else {
      let text = take { !$0.isWhitespace && $0 != "|" && $0 != "\"" }
      guard !text.isEmpty else { throw failure("a value") }
      if let next, next == "\"" { throw failure("a blank, \"|\" or the end") }
      return text
    }
    let start = position
    position += 1
    var text = ""
    while let character = next, character != "\"" {
      position += 1
      if character == "\\", let escaped = next {
        text.append(escaped)
        position += 1
      } else {
        text.append(character)
      }
    }
    guard next == "\"" else { throw failure("a quotation mark that closes this one", at: start) }
    position += 1
    guard next.map({ $0.isWhitespace || $0 == "|" }) ?? true else { throw failure("a blank, \"|\" or the end") }
    return text
  }

  private mutating func take(while isPart: (Character) -> Bool) -> String {
    let start = position
    while let next, isPart(next) { position += 1 }
    return String(characters[start..<position])
  }

  private mutating func skipBlanks() { _ = take { $0.isWhitespace } }

  private func failure(_ expected: String, at place: Int? = nil) -> FilterError {
    let place = place ?? position
    let rest = String(characters[place...].prefix(20)).shown
    return FilterError(position: place + 1, expected: expected, found: rest.isEmpty ? "the end" : "\"\(rest)\"")
  }

  private static func time(_ text: String) -> Filter.Value? {
    if let date = date(text) { return .moment(date) }
    guard let match = text.wholeMatch(of: /([0-9]{1,9})(s|min|h|d|w)/), let count = Double(match.1) else { return nil }
    let seconds: [Substring: Double] = ["s": 1, "min": 60, "h": 3600, "d": 86400, "w": 7 * 86400]
    return seconds[match.2].map { .ago(seconds: count * $0) }
  }

  private static func date(_ text: String) -> Instant? {
    guard let match = text.wholeMatch(of: /([0-9]{4})-([0-9]{2})-([0-9]{2})/), let year = Int(match.1),
      let month = Int(match.2), let day = Int(match.3)
    else { return nil }
    return Instant(year: year, month: month, day: day)
  }
}
