internal import RunStore

/// How a run did on each task family: early and late.
enum FamilyTable {
  private struct Sum {
    var total = 0.0
    var count = 0
    var mean: Double? { count == 0 ? nil : total / Double(count) }
    mutating func add(_ value: Double) {
      total += value
      count += 1
    }
  }

  /// A row a family; the first and the last tenth of the records, ten at least where there are so many.
  static func table(_ run: Run) throws -> Table {
    let families = TaskFamilies([run])
    let tenth = max(min(10, run.recordCount / 2), run.recordCount / 10)
    var pairs = families.names.map { _ in 0 }
    var nonfinite = pairs
    var (early, late) = (families.names.map { _ in Sum() }, families.names.map { _ in Sum() })
    let names = ["task_family", "last_task_family", "positive_loss", "negative_loss"].map { ColumnName("pairs", $0) }
    try RunReading(run: run, abscissa: .iterations).forEachPart(names) { part in
      for record in part.x.indices {
        let columns = names.indices.map { Array(part.values($0, of: record)) }
        for pair in columns[0].indices {
          let family = families.place(of: columns[0][pair], in: run.id)
          pairs[family] += 1
          let loss = columns[2][pair] / 2 + columns[3][pair] / 2
          guard loss.isFinite else {
            nonfinite[family] += 1
            continue
          }
          guard columns[0][pair] == columns[1][pair] else { continue }
          if part.firstRecord + record < tenth { early[family].add(loss) }
          if part.firstRecord + record >= run.recordCount - tenth { late[family].add(loss) }
        }
      }
    }
    var table = Table(columns: [
      .init("task family"), .init("pairs", alignment: .right),
      .init("first \(counted(tenth, "iteration"))", alignment: .right),
      .init("last \(counted(tenth, "iteration"))", alignment: .right), .init("change", alignment: .right),
      .init("no finite loss", alignment: .right),
    ])
    for family in families.names.indices where pairs[family] > 0 {
      let (first, last) = (early[family].mean, late[family].mean)
      var change = Cell.missing
      if let first, let last, first != 0 { change = .change((last - first) / abs(first)) }
      table.append([
        .text(families.names[family]), .integer(pairs[family]), Cell(first), Cell(last), change,
        .integer(nonfinite[family]),
      ])
    }
    return table
  }
}
