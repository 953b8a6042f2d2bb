internal import RunSchema

/// Tables in the width of a terminal.
extension Table {
  /// The table without the columns that a width has no room for, and the headings of those left out. First those go
  /// that hold nothing, then from the last column on; the first one stays.
  package func fitted(to width: Int) -> (table: Table, leftOut: [String]) {
    var widths = columns.indices.map { column in
      ([columns[column].label] + rows.map { $0[column].rounded }).map(\.shown.displayWidth).max() ?? 0
    }
    var kept = Array(columns.indices)
    var leftOut: [String] = []
    func total() -> Int { kept.reduce(0) { $0 + widths[$1] } + 2 * max(0, kept.count - 1) }
    while kept.count > 1, total() > width {
      let empty = kept.dropFirst().last { column in rows.allSatisfy { $0[column].isNothing } }
      let going = empty ?? kept.last!
      if empty == nil { leftOut.insert(columns[going].heading, at: 0) }
      kept.removeAll { $0 == going }
      widths[going] = 0
    }
    return (keeping(kept), leftOut)
  }

  /// The table without a column.
  package func without(_ key: String) -> Table { keeping(columns.indices.filter { columns[$0].key != key }) }

  private func keeping(_ kept: [Int]) -> Table {
    var table = Table(title, columns: kept.map { columns[$0] })
    for row in rows { table.append(kept.map { row[$0] }) }
    return table
  }
}

extension Cell {
  /// Whether it says nothing.
  fileprivate var isNothing: Bool {
    switch self {
    case .missing: true
    case .text(let text): text.isEmpty
    case .list(let texts): texts.isEmpty
    default: false
    }
  }
}
