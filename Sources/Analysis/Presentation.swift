internal import RunSchema

/// Words and tables one below the other, in any format of tables.
package struct Presentation: Sendable {
  package struct Part: Sendable {
    package var heading: String
    package var sentences: [String]
    package var table: Table?
    /// Short lines, each under a label; an empty label goes on with the one before.
    package var findings: [(label: String, words: String)]
    /// Lines that stand as they are, as a recipe's.
    package var lines: [String]

    package init(
      _ heading: String, sentences: [String] = [], table: Table? = nil, findings: [(label: String, words: String)] = [],
      lines: [String] = []
    ) {
      self.heading = heading
      self.sentences = sentences
      self.table = table
      self.findings = findings
      self.lines = lines
    }

    /// The table; the findings as one where there is none.
    fileprivate var anyTable: Table? {
      if table != nil || findings.isEmpty { return table }
      var lines = Table(columns: [.init("what"), .init("found")])
      for finding in findings { lines.append([.text(finding.label), .text(finding.words)]) }
      return lines
    }
  }

  package var parts: [Part]

  package init(_ parts: [Part]) { self.parts = parts }

  /// The report in a format for people.
  /// - Parameter width: columns that text may take; tables that need more stand as a list. Nil for as many as they need.
  package func render(_ format: TableFormat, width: Int? = nil) -> String {
    if format == .text { return text(width) }
    return parts.map { part in
      switch format {
      case .text: ""
      case .markdown: part.paragraphs(MarkdownTable(), .markdown, heading: { "## \($0)\n\n" }) { "\($0)\n" }
      case .latex: part.paragraphs(LaTeXTable(), .latex, heading: { "\\paragraph{\($0)}\n" }) { "\($0)\n" }
      case .html: part.paragraphs(HTMLTable(), .html, heading: { "<h2>\($0)</h2>\n" }) { "<p>\($0)</p>\n" }
      case .csv, .json: part.anyTable.map { $0.render(format) } ?? ""
      }
    }.filter { !$0.isEmpty }.joined(separator: "\n")
  }
}

extension Presentation {
  /// Parts with a blank line between them; none between two that take a line each.
  private func text(_ width: Int?) -> String {
    let parts = parts.map { $0.text(width) }
    var text = ""
    for (index, part) in parts.enumerated() {
      let isBelowLine = index > 0 && [part, parts[index - 1]].allSatisfy { $0.filter { $0 == "\n" }.count == 1 }
      text += (index > 0 && !isBelowLine ? "\n" : "") + part
    }
    return text
  }
}

extension Presentation.Part {
  fileprivate func paragraphs(
    _ renderer: some TableRenderer, _ format: TableFormat, heading: (String) -> String, sentence: (String) -> String
  ) -> String {
    var untitled = anyTable
    untitled?.title = nil
    var blocks = sentences.map { sentence(renderer.escape($0)) }
    if let untitled { blocks.append(untitled.render(format)) }
    if !lines.isEmpty { blocks.append(renderer.verbatim(lines)) }
    return heading(renderer.escape(self.heading)) + blocks.joined(separator: "\n")
  }

  fileprivate func text(_ width: Int?) -> String {
    let heading = self.heading.shown
    let width = width.map { max(20, $0) }
    // One short sentence and nothing else stands on the heading's line.
    if table == nil, findings.isEmpty, lines.isEmpty, sentences.count == 1,
      (heading + sentences[0].shown).displayWidth + 2 <= width ?? 80,
      !heading.isEmpty
    {
      return "\(heading): \(sentences[0].shown)\n"
    }
    var text = heading.isEmpty ? "" : heading.wrapped(to: width).map { $0 + "\n" }.joined()
    if var table {
      table.title = nil
      text += table.text(within: width).split(separator: "\n", omittingEmptySubsequences: false).map {
        $0.isEmpty ? "" : "  " + $0
      }
      .joined(separator: "\n")
    }
    let widest = findings.map(\.label.shown.displayWidth).max() ?? 0
    for finding in findings {
      let lines = finding.words.shown.wrapped(to: width.map { max(12, $0 - widest - 4) }, breakingWords: true)
      for (index, line) in lines.enumerated() {
        text += "  " + (index == 0 ? finding.label.shown : "").padded(to: widest, .left) + "  " + line + "\n"
      }
    }
    for line in lines { text += line.isEmpty ? "\n" : "  " + line.shown + "\n" }
    for sentence in sentences {
      text += sentence.shown.wrapped(to: width.map { $0 - 2 }, breakingWords: true).map { "  " + $0 + "\n" }.joined()
    }
    return text
  }
}

extension Table {
  /// As text with columns, or, where they are too wide, with a line for each value below the row's first.
  fileprivate func text(within width: Int?) -> String {
    let plain = render(.text)
    guard let width, plain.split(separator: "\n").contains(where: { String($0).displayWidth + 2 > width }) else {
      return plain
    }
    let labels = columns.dropFirst().map(\.label.shown)
    let widest = min(labels.map(\.displayWidth).max() ?? 0, max(8, width / 2 - 6))
    return rows.map { row in
      var lines = row[0].rounded.shown.wrapped(to: width - 2, breakingWords: true)
      for (label, cell) in zip(labels, row.dropFirst()) where !cell.rounded.isEmpty {
        let words = cell.rounded.shown.wrapped(to: max(12, width - widest - 6), breakingWords: true)
        for (index, line) in words.enumerated() {
          lines.append("  " + (index == 0 ? label : "").padded(to: widest, .left) + "  " + line)
        }
      }
      return lines.map { $0 + "\n" }.joined()
    }.joined()
  }
}

extension String {
  /// Lines of a width, broken at blanks; a word that is longer stands alone, unless words are broken too.
  package func wrapped(to width: Int?, breakingWords: Bool = false) -> [String] {
    guard let width, displayWidth > width else { return [self] }
    var lines: [String] = []
    var line = ""
    for word in split(separator: " ", omittingEmptySubsequences: false) {
      var word = String(word)
      if !line.isEmpty, line.displayWidth + 1 + word.displayWidth > width {
        lines.append(line)
        line = ""
      }
      while breakingWords, word.displayWidth > width {
        var head = ""
        while let next = word.first, (head + String(next)).displayWidth <= width || head.isEmpty {
          head.append(word.removeFirst())
        }
        lines.append(head)
      }
      line += line.isEmpty ? word : " " + word
    }
    return lines + [line]
  }
}
