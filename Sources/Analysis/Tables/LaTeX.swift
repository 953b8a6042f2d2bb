internal import RunSchema

/// A table of LaTeX with the rules of the package booktabs; compiles under pdfLaTeX too, whatever the names.
struct LaTeXTable: TableRenderer {
  private static let replacements: [Unicode.Scalar: String] = [
    "\\": "\\textbackslash{}", "{": "\\{", "}": "\\}", "$": "\\$", "&": "\\&", "#": "\\#", "%": "\\%", "_": "\\_",
    "~": "\\textasciitilde{}", "^": "\\textasciicircum{}", "<": "\\textless{}", ">": "\\textgreater{}",
    "|": "\\textbar{}", "\"": "{\\char34}", "`": "{\\char96}", "'": "{\\char39}",
    // Behind the end of a row these would be its options.
    "[": "{[}", "]": "{]}", "*": "{*}",
    // Two in a row would become a dash, or marks of exclamation and question turn over.
    "-": "{-}", "!": "{!}", "?": "{?}",
    // What we write ourselves.
    "–": "--", "—": "---", "…": "\\ldots{}", "±": "\\ensuremath{\\pm}", "×": "\\ensuremath{\\times}",
    "σ": "\\ensuremath{\\sigma}", "θ": "\\ensuremath{\\theta}", "Δ": "\\ensuremath{\\Delta}",
    "≤": "\\ensuremath{\\leq}",
    "≥": "\\ensuremath{\\geq}", "→": "\\ensuremath{\\rightarrow}", "µ": "\\ensuremath{\\mu}",
  ]

  /// Letters beyond ASCII that every font encoding of LaTeX can build.
  private static let letters = Set<Unicode.Scalar>(
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝßàáâãäåæçèéêëìíîïñòóôõöøùúûüýÿŒœŠšŽžŁłĆćČčŘřŚśŹźŻż".unicodeScalars)

  func escape(_ text: String) -> String {
    var escaped = ""
    for scalar in text.shown.unicodeScalars {
      if let replacement = Self.replacements[scalar] {
        escaped += replacement
      } else if scalar.isASCII || Self.letters.contains(scalar) {
        escaped.unicodeScalars.append(scalar)
      } else {
        escaped += escape(scalar.escape)
      }
    }
    return escaped
  }

  func render(_ table: Table) -> String {
    var lines = ["% \\usepackage{booktabs}"]
    if let title = table.title { lines += ["\\begin{table}", "\\centering", "\\caption{\(escape(title))}"] }
    let alignments = table.columns.map { $0.alignment == .left ? "l" : "r" }.joined()
    lines += ["\\begin{tabular}{\(alignments)}", "\\toprule"]
    lines += [line(table.columns.map { escape($0.label) }), "\\midrule"]
    lines += table.rows.map { line($0.map(shown)) }
    lines += ["\\bottomrule", "\\end{tabular}"]
    if table.title != nil { lines.append("\\end{table}") }
    return lines.map { $0 + "\n" }.joined()
  }

  func verbatim(_ lines: [String]) -> String {
    let rows = lines.map { line in
      // A line of nothing could not be ended, and blanks at a line's start are none to TeX unless something stands before.
      "\\mbox{}" + indented(line, blank: "~", escape)
    }
    return "\\begin{flushleft}\\ttfamily\n" + rows.joined(separator: " \\\\\n") + "\n\\end{flushleft}\n"
  }

  /// A number stands in mathematics, where "-" is a minus.
  func shown(_ cell: Cell) -> String {
    switch cell {
    case .integer, .unsigned, .number, .float: number(cell.rounded)
    case .fraction, .change: "$\(cell.rounded.replacing(" %", with: "\\,\\%"))$"
    case .missing, .text, .list, .seeds, .numbers, .flag, .duration, .bytes, .instant:
      indented(cell.rounded, blank: "\\ ", escape)
    }
  }

  private func number(_ digits: String) -> String {
    guard let match = digits.wholeMatch(of: /(.*)e([+-])0*([0-9]+)/) else {
      return digits.last?.isNumber == true ? "$\(digits)$" : escape(digits)
    }
    return "$\(match.1)\\times10^{\(match.2 == "-" ? "-" : "")\(match.3)}$"
  }

  private func line(_ cells: [String]) -> String { cells.joined(separator: " & ") + " \\\\" }
}
