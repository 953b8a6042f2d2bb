internal import RunSchema

/// A table of GitHub's Markdown.
struct MarkdownTable: TableRenderer {
  /// Characters that mean something anywhere in a line; a backslash before punctuation takes the meaning away.
  private static let special = Set("\\`*_{}[]()#+!|~$".unicodeScalars)

  func escape(_ text: String) -> String {
    var escaped = ""
    // Scalar by scalar: a mark that stands over a "|" does not take its meaning away.
    for scalar in text.shown.unicodeScalars {
      switch scalar {
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "&": escaped += "&amp;"
      // It names people, on GitHub.
      case "@": escaped += "&#64;"
      default:
        if Self.special.contains(scalar) { escaped += "\\" }
        escaped.unicodeScalars.append(scalar)
      }
    }
    // Addresses become links without any mark-up: take that away too.
    return escaped.replacing("://", with: "\\://").replacing("www.", with: "www\\.")
  }

  func render(_ table: Table) -> String {
    var lines: [String] = []
    if let title = table.title { lines += ["**\(escape(title))**", ""] }
    lines.append(line(table.columns.map { escape($0.label) }))
    lines.append("|" + table.columns.map { $0.alignment == .left ? "---|" : "---:|" }.joined())
    lines += table.rows.map { line($0.map(shown)) }
    return lines.map { $0 + "\n" }.joined()
  }

  /// Four blanks in front make a block in which nothing means anything.
  func verbatim(_ lines: [String]) -> String { lines.map { $0.isEmpty ? "\n" : "    " + $0.shown + "\n" }.joined() }

  /// Digits of ours need no escapes.
  func shown(_ cell: Cell) -> String {
    cell.isText ? indented(cell.rounded, blank: "\u{A0}", escape) : cell.rounded
  }

  private func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
}
