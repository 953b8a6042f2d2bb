/// A table as values: what is shown, before anyone knows in which format.
package struct Table: Equatable, Sendable {
  package enum Alignment: Equatable, Sendable { case left, right }

  package struct Column: Equatable, Sendable {
    /// As people read it; may be another's text, for example a run's name.
    package var heading: String
    /// In brackets behind the heading; nil for a number without unit.
    package var unit: String?
    package var alignment: Alignment
    /// The column's name for programs, lower_snake_case.
    package var key: String

    /// `key` is made from the heading where it is not given.
    package init(_ heading: String, unit: String? = nil, alignment: Alignment = .left, key: String? = nil) {
      self.heading = heading
      self.unit = unit
      self.alignment = alignment
      self.key = key ?? Self.key(for: heading)
    }

    /// Heading and unit, as formats for people print them.
    package var label: String { unit.map { "\(heading) [\($0)]" } ?? heading }

    /// ASCII letters and digits in lower case, all else as single underscores; never empty, never led by a digit.
    package static func key(for heading: String) -> String {
      var key = ""
      for character in heading {
        if character.isASCII, character.isLetter || character.isNumber {
          key += character.lowercased()
        } else if !key.isEmpty, key.last != "_" {
          key += "_"
        }
      }
      while key.last == "_" { key.removeLast() }
      return key.isEmpty || key.first?.isNumber == true ? "column" + (key.isEmpty ? "" : "_" + key) : key
    }
  }

  package var title: String?
  package private(set) var columns: [Column]
  package private(set) var rows: [[Cell]] = []

  /// Keys that occur twice get a number: "loss", "loss_2".
  package init(_ title: String? = nil, columns: [Column]) {
    self.title = title
    self.columns = columns
    var taken: Set<String> = []
    for index in columns.indices {
      var key = columns[index].key
      var number = 2
      while !taken.insert(key).inserted {
        key = "\(columns[index].key)_\(number)"
        number += 1
      }
      self.columns[index].key = key
    }
  }

  /// Adds a row of as many cells as there are columns.
  package mutating func append(_ row: [Cell]) {
    precondition(row.count == columns.count, "a row of \(row.count) cells in a table of \(columns.count) columns")
    rows.append(row)
  }

  /// Takes some rows in an order.
  mutating func arrange(_ order: [Int]) { rows = order.map { rows[$0] } }

  /// The table in a format. Whatever the cells hold, the result is well formed and shows control characters.
  package func render(_ format: TableFormat) -> String { format.renderer.render(self) }
}

/// The formats of tables, as the command line names them.
package enum TableFormat: String, CaseIterable, Sendable {
  case text, markdown, csv, latex, json, html

  fileprivate var renderer: any TableRenderer {
    switch self {
    case .text: TextTable()
    case .markdown: MarkdownTable()
    case .csv: CSVTable()
    case .latex: LaTeXTable()
    case .json: JSONTable()
    case .html: HTMLTable()
    }
  }
}

/// How a table becomes text; a format is one of these and a case of `TableFormat`.
protocol TableRenderer {
  /// Another's text, so that it can neither leave its place nor hide.
  func escape(_ text: String) -> String

  /// The whole table, its last line ended.
  func render(_ table: Table) -> String

  /// Lines that stand as they are, blanks at their starts included; the last one ended.
  func verbatim(_ lines: [String]) -> String
}

extension TableRenderer {
  /// A cell as people read it, escaped.
  func shown(_ cell: Cell) -> String { escape(cell.rounded) }

  /// A text whose blanks at its start a format would drop: each as `blank`.
  func indented(_ text: String, blank: String, _ escaped: (String) -> String) -> String {
    let count = text.prefix { $0 == " " }.count
    return String(repeating: blank, count: count) + escaped(String(text.dropFirst(count)))
  }

  func verbatim(_ lines: [String]) -> String { lines.map { escape($0) + "\n" }.joined() }
}
