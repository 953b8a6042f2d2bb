internal import RunSchema

/// Values between commas, as RFC 4180 has them; unrounded, the columns' keys in the first line, for programs.
struct CSVTable: TableRenderer {
  /// What a spreadsheet takes for the start of a formula; the wide forms too.
  private static let formula = Set<Unicode.Scalar>("=+-@＝＋－＠".unicodeScalars)

  /// Text that a spreadsheet would compute gets an apostrophe in front; a text that is a number does not.
  func escape(_ text: String) -> String {
    let shown = text.shown
    // Not Character: "=" with an accent on it still starts a formula.
    let isFormula = shown.unicodeScalars.first { $0 != " " }.map(Self.formula.contains) ?? false
    return quote(isFormula && !isNumber(shown) ? "'" + shown : shown)
  }

  func render(_ table: Table) -> String {
    let head = table.columns.map { quote($0.key) }
    let rows = table.rows.map { row in row.map { $0.isText ? escape($0.exact) : quote($0.exact) } }
    return ([head] + rows).map { $0.joined(separator: ",") + "\r\n" }.joined()
  }

  private func isNumber(_ text: String) -> Bool {
    text.wholeMatch(of: /[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?/) != nil
  }

  private func quote(_ text: String) -> String {
    let needsQuotes =
      text.unicodeScalars.contains { $0 == "\"" || $0 == "," } || text.hasPrefix(" ") || text.hasSuffix(" ")
    guard needsQuotes else { return text }
    var quoted = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" { quoted += "\"" }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }
}
