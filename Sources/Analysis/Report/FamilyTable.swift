internal import RunSchema
internal import RunStore

/// How a run did on each task family, early and late, and what share of its inner steps and of its work went there.
struct FamilyTable {
  let table: Table
  /// Where each number of the table comes from.
  let explanations: [Explanation]

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
  init(_ run: Run) throws {
    let families = TaskFamilies([run])
    let tenth = max(min(10, run.recordCount / 2), run.recordCount / 10)
    var pairs = families.names.map { _ in 0 }
    var nonfinite = pairs
    var (steps, work) = (families.names.map { _ in 0.0 }, families.names.map { _ in 0.0 })
    let stepWork = run.identity[IdentityNames.stepWork]?.values.doubles
    var (early, late) = (families.names.map { _ in Sum() }, families.names.map { _ in Sum() })
    let names = ["task_family", "last_task_family", "positive_loss", "negative_loss", "truncation"]
      .map { ColumnName("pairs", $0) }
    try RunReading(run: run, abscissa: .iterations).forEachPart(names) { part in
      for record in part.x.indices {
        // Columns of one table, whose slices have the same indices.
        let columns = names.indices.map { part.values($0, of: record) }
        for pair in columns[0].indices {
          let family = families.place(of: columns[0][pair], in: run.id)
          pairs[family] += 1
          steps[family] += columns[4][pair]
          if let cost = stepWork?.at(columns[0][pair]) { work[family] += columns[4][pair] * cost }
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
      .init("of all steps", alignment: .right, key: "steps_share"),
      .init("of all work", alignment: .right, key: "work_share"),
      .init("first \(counted(tenth, "iteration"))", alignment: .right, key: "first"),
      .init("last \(counted(tenth, "iteration"))", alignment: .right, key: "last"),
      .init("change", alignment: .right), .init("no finite loss", alignment: .right),
    ])
    var explanations: [Explanation] = []
    for family in families.names.indices where pairs[family] > 0 {
      let row = Row(
        run: run, name: families.names[family], number: families.number(of: families.names[family], in: run.id),
        tenth: tenth)
      let (first, last) = (row.mean(early[family].mean, isEarly: true), row.mean(late[family].mean, isEarly: false))
      let cells = [
        row.count(pairs[family], "number of rows"),
        row.share(steps[family], of: steps.reduce(0, +), "share of the sum"),
        row.share(
          work[family], of: work.reduce(0, +),
          "share of the sum, each times run/identity/\(IdentityNames.stepWork) of its task_family,"),
        first, last, row.change(first, last),
        row.count(nonfinite[family], "number of rows without two finite losses"),
      ]
      table.append([.text(row.name)] + cells.map(\.cell))
      explanations += zip(table.columns.dropFirst(), cells).filter { !$1.cell.isMissing }.map { column, value in
        Explanation(
          in: "Task families", .init(column.key, column.heading), of: .init(row.name, row.name), value,
          files: [run.recordFiles])
      }
    }
    (self.table, self.explanations) = (table, explanations)
  }

  /// A family's numbers, each with where it comes from.
  private struct Row {
    let run: Run
    let name: String
    /// What task_family holds for it; nil for numbers without a name.
    let number: Int?
    let tenth: Int

    private var pairs: Int { run.tables.first { $0.name == "pairs" }?.rowsPerRecord ?? 1 }
    private var which: String { number.map { "task_family \($0)" } ?? "a task_family without a name" }

    private func source(_ dataset: String, _ records: Range<Int>, _ formula: String, _ parts: [Source.Part] = [])
      -> Source
    {
      Source(
        runs: [run.id.text], dataset: "run/pairs/\(dataset)",
        rows: records.lowerBound * pairs..<records.upperBound * pairs,
        formula: formula, parts: parts)
    }

    func count(_ count: Int, _ words: String) -> Traced {
      Traced(.integer(count), source("task_family", 0..<run.recordCount, "\(words) with \(which)"))
    }

    /// Both unrolls of a pair count for the family that they began with.
    func share(_ part: Double, of whole: Double, _ words: String) -> Traced {
      guard whole > 0 else { return .missing }
      return Traced(
        .fraction(part / whole), source("truncation", 0..<run.recordCount, "\(words) of the rows with \(which)"))
    }

    func mean(_ mean: Double?, isEarly: Bool) -> Traced {
      let records = isEarly ? 0..<min(tenth, run.recordCount) : max(0, run.recordCount - tenth)..<run.recordCount
      return Traced(
        Cell(mean),
        source(
          "{positive_loss, negative_loss}", records,
          "mean of both losses over the pairs that began and ended with \(which)"))
    }

    func change(_ first: Traced, _ last: Traced) -> Traced {
      guard let a = first.cell.magnitude, let b = last.cell.magnitude, a != 0 else { return .missing }
      let parts = [first, last].map { Source.Part(of: run.id.text, rows: $0.source?.rows, value: $0.cell) }
      return Traced(
        .change((b - a) / abs(a)),
        source(
          "{positive_loss, negative_loss}", 0..<run.recordCount, "(second - first) / |first| of the parts", parts))
    }
  }
}
