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

  private var groups: Comparison {
    get throws {
      let runs = try (1...4).map { try Synthetic(seed: $0, group: "g\($0 % 2)").run(in: store) }
      return try Comparison(groups: RunGroup.groups(of: runs, by: "group"), metrics: [], along: .iterations)
    }
  }

  @Test func aCellIsNamedByRowAndColumnInEitherOrderByAnyName() throws {
    let comparison = try comparison([Synthetic(name: "a"), Synthetic(records: 50, name: "b")])
    let id = comparison.runs[1].id.text
    for cell in ["best_smoothed:b", "b:best_smoothed", "best smoothed:b", "Best  Smoothed:\(id)"] {
      let found = try comparison.explain(cell)
      #expect(found.count == 1, "\(cell)")
      #expect(found.first?.json["value"] == .number(comparison.values("outcome", "best_smoothed")[1]), "\(cell)")
      #expect(found.first?.json["from"]?["dataset"] == "run/records/outer_loss", "\(cell)")
      #expect(found.first?.json["files"] == [.text("\(store.path)/\(id)/run.h5")], "\(cell)")
    }
    #expect(try comparison.explain("best_smoothed").count == 2)
    #expect(throws: AnalysisError.self) { try comparison.explain("best_smoothed:c") }
    #expect(throws: AnalysisError.self) { try comparison.explain("") }
  }

  @Test func everyNumberOfEveryComparisonSaysWhereItComesFrom() throws {
    var other = Synthetic(seed: 2, records: 50)
    other.recipe = other.recipe.replacing("\"pairs\": 2", with: "\"pairs\": 2, \"sigma\": 0.5")
    for comparison in [try comparison([Synthetic(), other]), try groups] {
      let all = try comparison.explain("all")
      #expect(all.count > 30)
      for cell in all where cell.json["value"] != .null {
        #expect(cell.json["from"] != .null, "\(cell.json["key"] ?? .null) has no source")
      }
    }
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
