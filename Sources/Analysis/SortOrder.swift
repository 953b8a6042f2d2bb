/// An order as people ask for it: a name, with "-" in front for the greatest first. What has no value comes last, whichever the
/// direction.
package struct SortOrder: Sendable {
  /// A field, or a column's heading.
  package let key: String
  private let isDescending: Bool

  package init(parsing text: String) {
    isDescending = text.hasPrefix("-")
    key = isDescending ? String(text.dropFirst()) : text
  }

  /// Whether one value stands before another; `ifEqual` where neither does by itself.
  func precedes(_ a: Cell?, _ b: Cell?, ifEqual: @autoclosure () -> Bool) -> Bool {
    let (a, b) = (a?.sortKey, b?.sortKey)
    guard let a else { return b == nil && ifEqual() }
    guard let b else { return true }
    if a == b { return ifEqual() }
    return isDescending ? b < a : a < b
  }
}

/// What cells are ordered by: numbers before texts.
private enum SortKey: Equatable, Comparable {
  case number(Double)
  case text(String)
}

extension Cell {
  /// The number, of cells that are one.
  var comparable: Double? {
    if case .number(let number)? = sortKey { number } else { nil }
  }

  /// Nil for what has no place in an order: nothing, and what is no number.
  fileprivate var sortKey: SortKey? {
    switch self {
    case .missing: nil
    case .text, .list, .seeds, .numbers: .text(rounded)
    case .flag(let flag): .number(flag ? 1 : 0)
    case .integer(let value): .number(Double(value))
    case .unsigned(let value): .number(Double(value))
    case .float(let value, _): value.isNaN ? nil : .number(Double(value))
    case .number(let value, _), .fraction(let value), .change(let value), .duration(let value), .bytes(let value),
      .instant(let value):
      value.isNaN ? nil : .number(value)
    }
  }
}
