/// Which runs are meant: conditions on their fields, as `runs list` takes them.
///
/// ```
/// filter      = alternative { "|" alternative }            any of them
/// alternative = term { term }                              all of them
/// term        = [ "-" ] field operator value               "-": not
/// operator    = "=" | "!=" | "<" | "<=" | ">" | ">=" | ":"
/// value       = characters without blank, "|" and quotation mark, or "any \"text\""
/// ```
///
/// `field:value` holds if the field is the value or a list with it. `since:7d` and `before:2026-11-24` compare the
/// field `created`; a name of several words joined by "_" is also known by their initials, as `pes` for `persistent_es`; a time is a date, or a number of s, min, h, d or w ago. Letters' case matters. A field that is
/// missing fulfils `!=` and what is led by "-", and nothing else.
package struct Filter: Equatable, Sendable {
  /// All of these hold.
  package typealias Alternative = [Term]

  package struct Term: Equatable, Sendable {
    package let isNegated: Bool
    package let field: String
    package let comparison: Comparison
    package let value: Value
  }

  package enum Comparison: String, CaseIterable, Sendable {
    // Longer ones first: so they are looked for.
    case notEqual = "!="
    case atMost = "<="
    case atLeast = ">="
    case equal = "="
    case below = "<"
    case above = ">"
    case has = ":"
  }

  package enum Value: Equatable, Sendable {
    /// As written; compared as a number with fields that are numbers.
    case text(String)
    case moment(Instant)
    case ago(seconds: Double)
  }

  package let alternatives: [Alternative]

  /// The fields that are asked for, in order of their first use: to be checked against those that there are.
  package var fields: [String] {
    var fields: [String] = []
    for term in alternatives.joined() where !fields.contains(term.field) { fields.append(term.field) }
    return fields
  }

  /// Whether it holds for a run of these fields, `now` being the time that "ago" counts from. No terms hold for all.
  package func matches(now: Instant, _ field: (String) -> Cell?) -> Bool {
    alternatives.isEmpty || alternatives.contains { $0.allSatisfy { $0.matches(now: now, field($0.field)) } }
  }
}

extension Filter.Term {
  fileprivate func matches(now: Instant, _ cell: Cell?) -> Bool {
    holds(now, cell ?? .missing) != isNegated
  }

  private func holds(_ now: Instant, _ cell: Cell) -> Bool {
    switch value {
    case .moment(let moment): return compare(cell, with: moment.seconds)
    case .ago(let seconds): return compare(cell, with: now.seconds - seconds)
    case .text(let text):
      switch comparison {
      case .equal, .has: return equals(cell, text)
      case .notEqual: return !equals(cell, text)
      case .below, .atMost, .above, .atLeast: return Double(text).map { compare(cell, with: $0) } ?? false
      }
    }
  }

  private func equals(_ cell: Cell, _ text: String) -> Bool {
    switch cell {
    case .missing: false
    case .text(let value): value == text || Self.abbreviation(of: value) == text
    case .list(let values): comparison == .has ? values.contains(text) : values == [text]
    case .seeds(let values): values.map(String.init).contains(text)
    case .numbers: cell.exact == text
    case .flag(let value): text == (value ? "true" : "false") || text == (value ? "yes" : "no")
    case .integer(let value): Int(text).map { $0 == value } ?? (Double(text) == Double(value))
    case .unsigned(let value): UInt64(text).map { $0 == value } ?? (Double(text) == Double(value))
    // As floats, since the digits written are those of a float.
    case .float(let value, _): Float(text).map { $0 == value || $0.isNaN && value.isNaN } ?? false
    case .number(let value, _), .fraction(let value), .change(let value), .duration(let value), .bytes(let value),
      .instant(let value):
      Double(text).map { $0 == value || $0.isNaN && value.isNaN } ?? false
    }
  }

  /// "pes" for "persistent_es": initials, and the last word. Nil for a single word.
  private static func abbreviation(of name: String) -> String? {
    let words = name.split(separator: "_")
    guard words.count > 1, let last = words.last else { return nil }
    return words.dropLast().compactMap { $0.first.map(String.init) }.joined() + last
  }

  private func compare(_ cell: Cell, with bound: Double) -> Bool {
    guard let value = cell.number else { return false }
    return switch comparison {
    case .below: value < bound
    case .atMost: value <= bound
    case .above: value > bound
    case .atLeast: value >= bound
    case .equal, .has: value == bound
    case .notEqual: value != bound
    }
  }
}

extension Cell {
  /// The number to compare by; nil for what is none.
  fileprivate var number: Double? {
    switch self {
    case .missing, .text, .list, .seeds, .numbers, .flag: nil
    case .integer(let value): Double(value)
    case .unsigned(let value): Double(value)
    case .float(let value, _): Double(value)
    case .number(let value, _), .fraction(let value), .change(let value), .duration(let value), .bytes(let value),
      .instant(let value):
      value
    }
  }
}
