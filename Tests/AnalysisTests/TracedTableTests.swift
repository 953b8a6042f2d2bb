// Tables of lists, of diffs and of reports: each number says where it comes from, and comes out again from there.

import Analysis
import RunSchema
import RunStore
import Testing

@Suite struct TracedTables {
  let folder: TemporaryFolder
  let store: Store

  init() throws {
    folder = try TemporaryFolder()
    store = Store(in: folder)
  }

  /// Six runs of two settings and two lengths, of two task families, one with losses that are no numbers.
  private func runs() throws -> [ComparedRun] {
    try (0..<6).map { index in
      var run = Synthetic(seed: UInt64(index / 2), records: 30 + index % 3, name: "run\(index)", group: "g\(index % 2)")
      run.families = ["quadratic", "mlp"]
      run.family = { $1 }
      run.loss = { 1 / Double($0) + Double(index * 7 % 5) / 10 }
      run.positive = { index == 3 && $0 == 5 ? .nan : Double($0 + $1 + index) }
      if index > 3 { run.recipe = run.recipe.replacing("full_es", with: "persistent_es") }
      return try run.run(in: store)
    }
  }

  private func list() throws -> RunList {
    try RunList(
      try RunOverview.all(in: store), matching: Filter(parsing: ""), sort: nil, limit: nil, now: Instant(1_900_000_000))
  }

  /// What stands in a table, and what is said of it: each value has a source, and is found by its words alone.
  private func check(_ table: Table, _ cells: [Explanation], _ rowName: (Int) -> String, _ what: String) throws {
    for (index, row) in table.rows.enumerated() {
      for (column, cell) in zip(table.columns, row) where cell != .missing && cell != .text("(varies)") {
        let found = try cells.named("\(rowName(index)):\(column.heading)")
        #expect(found.contains { $0.value.cell == cell }, "\(what), \(column.heading): \(cell)")
        #expect(found.allSatisfy { $0.value.source != nil }, "\(what), \(column.heading) has no source")
      }
    }
  }

  /// Computes again what can be; gives how many, and the formulas of the rest.
  private func retrace(_ cells: [Explanation], _ runs: [ComparedRun], _ what: String) throws -> (Int, Set<String>) {
    let retracing = Retracing(runs)
    var (again, others) = (0, Set<String>())
    for cell in cells {
      guard let source = cell.value.source, let value = Double(cell.value.cell.exact) else { continue }
      guard let made = try retracing.value(of: source) else {
        others.insert(source.formula)
        continue
      }
      again += 1
      let words = "\(what), \(cell.json["key"] ?? .null): \(made) instead of \(value) by \(source.formula)"
      #expect(abs(made - value) <= 1e-12 * max(1, abs(value)), "\(words)")
    }
    return (again, others)
  }

  @Test func everyCellOfAListIsTraced() throws {
    let runs = try runs()
    let (list, reader) = (try list(), RunReader(store))
    let now = Instant(1_900_000_000)
    let cells = try list.explanations(now: now, reader)
    try check(list.table(now: now).withoutEmptyLists, cells, { list.runs[$0].labels.name ?? "" }, "list")
    let (again, others) = try retrace(cells, runs, "list")
    #expect(again >= 6 * 4, "\(again)")
    #expect(others.allSatisfy { $0.contains("the value") || $0.contains("field ") || $0 == "the value" }, "\(others)")
  }

  @Test func everyCellOfColumnsAndGroupsIsTraced() throws {
    let runs = try runs()
    let reader = RunReader(store)
    let each =
      "name,seed,estimator.kind,estimator,best,best_iteration,iterations,outer_loss,outer_loss@7,gradient_norm,"
      + "first(theta_norm),last(theta_norm),min(outer_loss),max(outer_loss),mean(outer_loss),median(outer_loss),"
      + "sum(inner_steps),sd(outer_loss)"
    let grouped =
      "mean(best),sd(best),median(outer_loss),min(best),max(best),sum(iterations),first(best),last(best),"
      + "mean(min(outer_loss)),mean(outer_loss@7),estimator.pairs,seed"
    for (columns, fields, least) in [
      (each, [], 6 * 13), (grouped, ["estimator.kind"], 2 * 9), (grouped, ["seed", "group"], 18),
    ] {
      for sort in [nil, "-best_iteration", "-sum(iterations)"] where sort == nil || columns.contains(sort!.dropFirst())
      {
        let made = try RunTable(
          try list(), columns: try ListColumn.columns(parsing: columns), groupedBy: fields, sort: sort, limit: nil,
          reader: reader)
        let cells = try made.explanations(reader)
        let names = made.table.columns.firstIndex { $0.key == "name" }
        try check(
          made.table, cells,
          { row in fields.isEmpty ? made.table.rows[row][names!].exact : "row \(row + 1)" }, "\(fields)")
        let (again, others) = try retrace(cells, runs, "\(fields)")
        #expect(again >= least, "\(fields): \(again)")
        let known = ["the value", "field ", "number of runs"]
        #expect(others.filter { other in !known.contains { other.hasPrefix($0) } }.isEmpty, "\(others)")
      }
    }
  }

  @Test func everyCellOfADiffIsTraced() throws {
    var right = Synthetic(name: "b")
    right.positive = { $0 >= 42 && $1 == 1 ? 7 : Double($0 + $1) }
    right.state = { $0 > 41 ? [Float($0), -1, 0.75] : [Float($0), -1, 0.5] }
    let (a, b) = (try Synthetic(name: "a").run(in: store), try right.run(in: store))
    let diff = try RunDiff(a, b)
    let cells = diff.explanations
    // The record: the dataset and the row hold the value.
    for run in [a, b] {
      let cell = try #require(try cells.named("first_record:\(run.label)").first)
      let source = try #require(cell.value.source)
      let rows: Range<Int> = try #require(source.rows)
      let value = try #require(try run.run.column("pairs", "positive_loss", rows: rows).doubles?.first)
      #expect(source.dataset == "run/pairs/positive_loss" && cell.value.cell == .text("\(value)"))
    }
    let table = diff.tensors.table("Tensors that differ")
    #expect(!table.rows.isEmpty)
    try check(table, cells + cells.naming(table), { table.rows[$0][0].exact }, "diff")
    // The files hold the tensors, and these give the numbers.
    let files = try #require(try cells.named("theta/w:mean_difference").first?.json["files"])
    #expect(
      files == .array([a, b].map { .text("\($0.run.path)/checkpoints/000000050.h5") }), "\(files)")
    let state = CheckpointDiff(
      try #require(try ComparedState(a, storedAfter: 50)), try #require(try ComparedState(b, storedAfter: 50)))
    #expect(state.explanations.count == cells.count - 2)
    let computed = CheckpointDiff(
      ComparedState(a, after: 51, label: "a@51", Synthetic().arrays(after: 51), source: "computed from 50"),
      ComparedState(b, after: 51, label: "b@51", right.arrays(after: 51), source: "computed from 50"))
    #expect(computed.explanations.first?.json["files"] == ["a@51: computed from 50", "b@51: computed from 50"])
  }

  @Test func everyNumberOfACardIsTraced() throws {
    let runs = try runs()
    let parent = runs[0].id.text
    let fork = try Synthetic(
      records: 5, firstIteration: 10, lineage: [Lineage(run: parent, iteration: 10, contents: Digest.of([]))]
    ).run(in: store)
    for run in runs + [fork] {
      let whole = try RunCard(run.run, run.labels, now: Instant(1_900_000_000))
      let card = try whole.card()
      let cells = whole.explanations(of: card)
      for section in card.sections {
        switch section.body {
        case .fields(let fields):
          for field in fields where Double(field.cell.exact) != nil {
            let found = try cells.named("\(field.key):\(run.label)")
            #expect(found.contains { $0.value.cell == field.cell && $0.value.source != nil }, "\(field.key)")
          }
        case .table(let table):
          for (index, row) in table.rows.enumerated() {
            for (column, cell) in zip(table.columns, row) where Double(cell.exact) != nil {
              let name = section.key == "task_families" ? row[0].exact : "\(section.heading) \(index + 1)"
              let found = try cells.named("\(name):\(column.heading)")
              #expect(found.contains { $0.value.cell == cell }, "\(section.heading), \(column.heading)")
            }
          }
        case .lines: break
        }
      }
      let (again, others) = try retrace(cells, runs + [fork], run.label)
      #expect(again >= 9, "\(again)")
      let known = ["the value", "the last", "field ", "quotient", "0 no", "\(Instant(1_900_000_000)) less"]
      #expect(others.filter { other in !known.contains { other.hasPrefix($0) } }.isEmpty, "\(others)")
    }
  }

  @Test func theTablesOfAReportAreTraced() throws {
    let runs = try runs()
    for run in runs {
      let lineage = LineageTree(of: [run.id], in: try RunOverview.all(in: store))
      let report = try Report(run.run, run.labels, lineage, now: Instant(1_900_000_000))
      let (again, others) = try retrace(try report.explanations, runs, run.label)
      // Five numbers at each of six milestones; seven of a family, of the other, no pair of which ends with it, four.
      #expect(again == 6 * 5 + 7 + 4 && others.isEmpty, "\(again) \(others)")
      #expect(try report.html(theme: .light).contains("<summary>Where these numbers come from</summary>"))
    }
  }
}

extension Table {
  /// Lists of nothing, such as the tags of a run without any, as missing.
  fileprivate var withoutEmptyLists: Table {
    var table = Table(columns: columns)
    for row in rows { table.append(row.map { $0 == .list([]) ? .missing : $0 }) }
    return table
  }
}

extension [Explanation] {
  /// The first column of a table, which names its rows, is no number: it explains itself.
  fileprivate func naming(_ table: Table) -> [Explanation] {
    table.rows.map { row in
      Explanation(
        in: "", .init(table.columns[0].key, table.columns[0].heading), of: .init(row[0].exact, row[0].exact),
        Traced(row[0], Source(runs: [], dataset: row[0].exact, formula: "the name")))
    }
  }
}
