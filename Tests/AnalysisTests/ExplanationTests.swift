// What `--explain` says, and the comments that say what a table was made from.

import Analysis
import RunSchema
import RunStore
import Testing

@Suite struct Explanations {
  let folder: TemporaryFolder
  let store: Store

  init() throws {
    folder = try TemporaryFolder()
    store = Store(in: folder)
  }

  private func comparison(_ runs: [Synthetic]) throws -> Comparison {
    try Comparison(runs.map { try $0.run(in: store) }, metrics: [], along: .iterations)
  }

  @Test func aCellIsNamedByRowAndColumnInEitherOrderByAnyName() throws {
    let comparison = try comparison([Synthetic(name: "a"), Synthetic(records: 50, name: "b")])
    let id = comparison.runs[1].id.text
    for cell in ["best_smoothed:b", "b:best_smoothed", "best smoothed:b", "Best  Smoothed:\(id)"] {
      let found = try comparison.explanations.named(cell)
      #expect(found.count == 1, "\(cell)")
      #expect(found.first?.json["value"] == .number(comparison.values("outcome", "best_smoothed")[1]), "\(cell)")
      #expect(found.first?.json["from"]?["dataset"] == "run/records/outer_loss", "\(cell)")
      #expect(found.first?.json["files"] == [.text("\(store.path)/\(id)/run.h5")], "\(cell)")
    }
    // Both values, and their change.
    #expect(try comparison.explanations.named("best_smoothed").count == 3)
    #expect(throws: AnalysisError.self) { try comparison.explanations.named("best_smoothed:c") }
    #expect(throws: AnalysisError.self) { try comparison.explanations.named("") }
  }

  /// Comparisons of every form: two runs, many, a fork, groups; of columns and of numbers made of them.
  private func comparisons() throws -> [(what: String, comparison: Comparison)] {
    var other = Synthetic(seed: 2, records: 50, name: "other")
    other.recipe = other.recipe.replacing("\"pairs\": 2", with: "\"pairs\": 2, \"sigma\": 0.5")
    other.families = ["quadratic", "mlp"]
    other.family = { $1 }
    let two = try [Synthetic(), other].map { try $0.run(in: store) }
    let parent = two[0].id.text
    let fork = try Synthetic(
      records: 30, firstIteration: 40, lineage: [Lineage(run: parent, iteration: 40, contents: Digest.of([]))]
    ).run(in: store)
    let settings = try (UInt64(0)..<12).map { index in
      var run = Synthetic(seed: index / 3, records: 20, group: "g\(index % 3)")
      run.loss = { 1 / Double($0) + Double(index * 7 % 5) / 10 }
      run.families = index % 2 == 0 ? ["quadratic", "mlp"] : ["quadratic"]
      run.family = { index % 2 == 0 ? $1 : 0 }
      return try run.run(in: store)
    }
    let metrics = try ["outer_loss", "sd(gradient_norm)", "outer_loss@7", "seconds"].map { try Metric(parsing: $0) }
    var cut = try Comparison([two[0], ComparedRun(two[1].id, in: store, through: 30)], metrics: [], along: .iterations)
    cut.add(two.map { ComparedState($0, after: 30, label: "s", Synthetic().arrays(after: 30), source: "stored") })
    return [
      ("two", try Comparison(two, metrics: metrics, along: .iterations)), ("a moment", cut),
      ("a fork", try Comparison([two[0], fork], metrics: [], along: .innerSteps)),
      ("many", try Comparison(settings, metrics: metrics, along: .seconds)),
    ]
      + (try [nil, "group", "estimator.pairs"].map { field in
        let groups = try RunGroup.groups(of: settings, by: field)
        return ("groups by \(field ?? "setting")", try Comparison(groups: groups, metrics: metrics, along: .iterations))
      })
  }

  @Test func everyNumberOfEveryTableIsExplainedByTheWordsThatItStandsUnder() throws {
    for (what, comparison) in try comparisons() {
      var count = 0
      for part in comparison.presentation.parts {
        for row in part.table?.rows ?? [] {
          for (column, cell) in zip(part.table?.columns ?? [], row).dropFirst() {
            switch cell {
            case .missing, .text, .list: continue
            default: count += 1
            }
            let name = "\(row[0].rounded):\(column.label)"
            let found = try comparison.explanations.named(name)
            #expect(found.contains { $0.value.cell == cell && $0.value.source != nil }, "\(what): \(name)")
          }
        }
      }
      #expect(count > 20, "\(what): \(count) numbers")
      for cell in try comparison.explanations.named("all") where cell.json["value"] != .null {
        #expect(cell.json["from"] != .null, "\(what): \(cell.json["key"] ?? .null) has no source")
        let name = try #require(cell.part.findings.first { $0.label == "cell" }).words
        #expect(
          try comparison.explanations.named(name).contains { $0.value.cell == cell.value.cell }, "\(what): \(name)")
      }
    }
  }

  @Test func whatAnExplanationSaysGivesTheNumberAgain() throws {
    var (again, others) = (0, Set<String>())
    for (what, comparison) in try comparisons() {
      let retracing = Retracing(comparison)
      for cell in try comparison.explanations.named("all") {
        guard let value = Double(cell.value.cell.exact), let source = cell.value.source else { continue }
        guard let made = try retracing.value(of: source) else {
          others.insert(source.formula)
          continue
        }
        again += 1
        let words = "\(what), \(cell.json["key"] ?? .null): \(made) instead of \(value) by \(source.formula)"
        #expect(abs(made - value) <= 1e-12 * max(1, abs(value)), "\(words)")
      }
    }
    #expect(again > 800)
    // What resampling, tests and states come to is tested elsewhere; nothing else may be left.
    let known = [
      "quantile of", "signed rank test", "(W+ - W-)", "(t(0.975", "the value", "field ", "theta", "arrays", "sizes",
    ]
    #expect(others.filter { formula in !known.contains { formula.contains($0) } }.isEmpty)
  }

  @Test func commentsCannotBeLeft() {
    let made = Provenance(
      command: "runs list 'name=-->\\end{x}\n% \u{1B}[31m'", program: "runs 1", sources: ["run a --> <script>"])
    #expect(
      made.comment(.markdown)
        == "<!--\nmade by runs 1: runs list 'name=--&gt;\\end{x}\\u{A}% \\u{1B}[31m'\nrun a --&gt; <script&gt;\n-->\n")
    #expect(made.comment(.html) == made.comment(.markdown))
    for format in [TableFormat.latex, .csv, .text] {
      let lines = made.comment(format).split(separator: "\n")
      #expect(lines.count == 2 && lines.allSatisfy { $0.hasPrefix(format == .latex ? "% " : "# ") })
    }
    #expect(made.comment(.json).isEmpty)
    #expect(made.json["sources"] == ["run a --> <script>"])
  }

  @Test func aCutRunIsComparedUpToItsMoment() throws {
    let (a, b) = (try Synthetic(name: "a").write(in: store), try Synthetic(name: "b").write(in: store))
    let runs = try ComparedRun.all([(a, 30), (b, nil)], in: store)
    #expect(runs.map(\.label) == ["a@30", "b"] && runs.map(\.lastIteration) == [30, 100])
    #expect(runs[0].recordsDigest == nil && runs[1].recordsDigest != nil)
    let comparison = try Comparison(runs, metrics: [], along: .iterations)
    #expect(comparison.values("cost", "inner_steps") == [1_500, 5_000])
    #expect(comparison.values("outcome", "raw_final") == [1.0 / 30, 0.01])
    #expect(throws: AnalysisError.self) { try ComparedRun(a, in: store, through: 101) }
  }
}

extension Comparison {
  /// The numbers of a quantity, in the order of the subjects.
  fileprivate func values(_ section: String, _ key: String) -> [Double] {
    let quantity = sections.first { $0.key == section }?.quantities.first { $0.key == key }
    return (quantity?.values ?? []).compactMap { Double($0.cell.exact) }
  }
}
