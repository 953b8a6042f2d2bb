internal import RunSchema

/// Columns between blanks, for a terminal or a pipe.
struct TextTable: TableRenderer {
  func escape(_ text: String) -> String { text.shown }

  func render(_ table: Table) -> String {
    let heads = table.columns.map { escape($0.label) }
    let rows = table.rows.map { $0.map(shown) }
    let widths = heads.indices.map { column in
      ([heads[column]] + rows.map { $0[column] }).map(\.displayWidth).max() ?? 0
    }
    var lines: [String] = []
    if let title = table.title { lines.append(escape(title)) }
    lines.append(line(heads, table, widths))
    lines.append(widths.map { String(repeating: "─", count: $0) }.joined(separator: "  "))
    lines += rows.map { line($0, table, widths) }
    return lines.map { $0 + "\n" }.joined()
  }

  private func line(_ cells: [String], _ table: Table, _ widths: [Int]) -> String {
    let padded = cells.indices.map { cells[$0].padded(to: widths[$0], table.columns[$0].alignment) }
    var line = padded.joined(separator: "  ")
    while line.last == " " { line.removeLast() }
    return line
  }
}
