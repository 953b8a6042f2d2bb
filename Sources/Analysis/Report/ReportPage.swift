internal import RunSchema
internal import RunStore

/// A page of HTML that needs nothing but itself: no network, no script. What it is made of is another's data and is
/// escaped; a content security policy that allows its one style sheet alone stands behind that.
package struct ReportPage {
  /// What is cut where it is longer, so that a page stays below a megabyte whatever a run holds.
  private enum Limit {
    static let rows = 120
    static let explanations = 400
    static let cellCharacters = 240
    static let preformattedCharacters = 20_000
  }

  private let title: String
  private let theme: Theme
  private var contents: [(id: String, heading: String)] = []
  private var body = XMLWriter()
  private var chartCount = 0

  package init(title: String, theme: Theme) {
    self.title = title
    self.theme = theme
  }

  /// The whole document.
  package var html: String {
    let sheet = ReportStyle.sheet(theme)
    let digest = Base64.text(Digest.of(Array(sheet.utf8)).bytes)
    var page = XMLWriter()
    page.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
    page.raw(
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-\(digest)';"
        + " base-uri 'none'; form-action 'none'\">\n")
    page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
    page.raw("<meta name=\"referrer\" content=\"no-referrer\">\n")
    page.element("title", text: title)
    page.raw("<style>\(sheet)</style>\n</head>\n<body>\n<main>\n")
    page.element("h1", text: title)
    page.element("nav", [("aria-label", "contents")]) { page in
      for entry in contents { page.element("a", [("href", "#" + entry.id)], text: entry.heading) }
    }
    page.raw(body.text)
    page.raw("</main>\n</body>\n</html>\n")
    return page.text
  }

  // MARK: - What a page is made of

  package mutating func heading(_ text: String) {
    let id = "s\(contents.count + 1)"
    contents.append((id, text))
    body.element("h2", [("id", id)], text: text)
  }

  package mutating func subheading(_ text: String) { body.element("h3", text: text) }

  package mutating func paragraph(_ text: String) { body.element("p", text: text) }

  /// Lines as they are: recipes, commands.
  package mutating func preformatted(_ text: String) {
    let isCut = text.count > Limit.preformattedCharacters
    let shown = isCut ? String(text.prefix(Limit.preformattedCharacters)) : text
    // Line by line, so that line breaks stay and all else that is hidden is written out.
    let lines = shown.split(separator: "\n", omittingEmptySubsequences: false).map { XMLWriter.escape(String($0)) }
    body.raw("<pre>" + lines.joined(separator: "\n") + "</pre>\n")
    if isCut { paragraph("Cut after \(Limit.preformattedCharacters) characters.") }
  }

  package mutating func table(_ table: Table) {
    let (cut, leftOut) = Self.cut(table)
    body.raw("<div class=\"scroll\">\n" + cut.render(.html) + "</div>\n")
    if leftOut > 0 { paragraph("Left out in the middle: \(counted(leftOut, "row")).") }
  }

  /// Where the numbers of the tables above come from: to be unfolded.
  mutating func explanations(_ all: [Explanation]) {
    let cells = all.filter { !$0.value.cell.isText && !$0.value.cell.isMissing && $0.value.source != nil }
    if cells.isEmpty { return }
    body.raw("<details>\n<summary>Where these numbers come from</summary>\n<div class=\"scroll\">\n")
    body.raw(Array(cells.prefix(Limit.explanations)).shortTable.render(.html) + "</div>\n")
    let leftOut = cells.count - Limit.explanations
    if leftOut > 0 { paragraph("Left out: \(counted(leftOut, "number")).") }
    body.raw("</details>\n")
  }

  /// Names and values, two columns.
  package mutating func fields(_ fields: [Card.Field]) {
    body.element("dl", []) { body in
      for field in fields where field.cell != .missing && field.cell != .text("") && field.cell != .list([]) {
        body.element("dt", text: field.label)
        body.element("dd", text: Self.cut(field.cell).rounded)
      }
    }
  }

  /// A section of a run's card, without its heading.
  package mutating func card(_ section: Card.Section) {
    switch section.body {
    case .fields(let fields): self.fields(fields)
    case .table(let table): self.table(table)
    case .lines(let text): preformatted(text)
    }
  }

  package mutating func chart(_ chart: Chart) {
    picture { SVGPicture(chart, width: $0, theme: $1, use: .part(prefix: $2)).svg }
  }

  /// A picture in two widths, of which the style sheet shows the one that fits; made of width, theme and prefix of ids.
  mutating func picture(_ svg: (Int, Theme, String) -> String) {
    chartCount += 1
    let number = chartCount
    let theme = theme
    body.element("figure", []) { body in
      for (name, width) in [("wide", 780), ("narrow", 350)] {
        body.element("div", [("class", name)]) { $0.raw(svg(width, theme, "c\(number)\(name.prefix(1))")) }
      }
    }
  }

  private static func cut(_ cell: Cell) -> Cell {
    guard cell.isText else { return cell }
    let text = cell.rounded
    return text.count > Limit.cellCharacters ? .text(text.prefix(Limit.cellCharacters) + "…") : cell
  }

  /// The first and the last rows of a long table.
  private static func cut(_ table: Table) -> (Table, leftOut: Int) {
    let leftOut = max(0, table.rows.count - Limit.rows)
    var cut = Table(table.title, columns: table.columns)
    for (index, row) in table.rows.enumerated()
    where leftOut == 0 || index < Limit.rows / 2 || index >= table.rows.count - Limit.rows / 2 {
      cut.append(row.map { Self.cut($0) })
    }
    return (cut, leftOut)
  }
}

/// Bytes as text in the alphabet of RFC 4648.
enum Base64 {
  static func text(_ bytes: [UInt8]) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var text = ""
    for first in stride(from: 0, to: bytes.count, by: 3) {
      let three = (0..<3).map { first + $0 < bytes.count ? Int(bytes[first + $0]) : 0 }
      let bits = three[0] << 16 | three[1] << 8 | three[2]
      let known = min(3, bytes.count - first) + 1
      for place in 0..<4 { text.append(place < known ? letters[bits >> (18 - 6 * place) & 63] : "=") }
    }
    return text
  }
}
