internal import RunSchema

/// A table element, without any style or script of its own: a page gives it one by the classes.
struct HTMLTable: TableRenderer {
  func escape(_ text: String) -> String {
    var escaped = ""
    for scalar in text.shown.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  func render(_ table: Table) -> String {
    var lines = ["<table class=\"runs\">"]
    if let title = table.title { lines.append("<caption>\(escape(title))</caption>") }
    let heads = table.columns.map { "<th scope=\"col\"\(attribute($0))>\(escape($0.label))</th>" }
    lines += ["<thead>", "<tr>" + heads.joined() + "</tr>", "</thead>", "<tbody>"]
    for row in table.rows {
      let cells = zip(table.columns, row).map { "<td\(attribute($0))>\(shown($1))</td>" }
      lines.append("<tr>" + cells.joined() + "</tr>")
    }
    lines += ["</tbody>", "</table>"]
    return lines.map { $0 + "\n" }.joined()
  }

  func shown(_ cell: Cell) -> String { indented(cell.rounded, blank: "\u{A0}", escape) }

  func verbatim(_ lines: [String]) -> String { "<pre>" + lines.map(escape).joined(separator: "\n") + "</pre>\n" }

  private func attribute(_ column: Table.Column) -> String { column.alignment == .right ? " class=\"number\"" : "" }
}
