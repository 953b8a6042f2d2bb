// Runs of several seeds: grouping, pairing, and what is said of few.

import Analysis
import RunSchema
import RunStore
import Testing

@Suite struct Groups {
  let folder: TemporaryFolder
  let store: Store

  init() throws {
    folder = try TemporaryFolder()
    store = Store(in: folder)
  }

  /// Runs of two settings whose loss is `base` and a tenth of the seed.
  private func runs(_ seeds: ClosedRange<UInt64>, kind: String = "full_es", base: Double = 1) throws -> [ComparedRun] {
    try seeds.map { seed in
      var run = Synthetic(seed: seed, records: 10)
      run.recipe = run.recipe.replacing("full_es", with: kind)
      run.loss = { _ in base + Double(seed) / 10 }
      return try run.run(in: store)
    }
  }

  private func compare(_ runs: [ComparedRun], by field: String? = nil) throws -> Comparison {
    try Comparison(groups: RunGroup.groups(of: runs, by: field), metrics: [], along: .iterations)
  }

  private func cell(_ comparison: Comparison, _ section: String, _ key: String, _ index: Int = 0) throws -> Cell {
    let section = try #require(comparison.sections.first { $0.key == section })
    return try #require(section.quantities.first { $0.key == key }).values[index].cell
  }

  private func sentences(_ comparison: Comparison) throws -> String {
    try #require(comparison.sections.first { $0.key == "against_first" }).sentences.joined(separator: " ")
  }

  @Test func runsThatDifferByTheSeedAloneAreAGroup() throws {
    let all = try runs(1...3) + runs(1...2, kind: "truncated_es")
    #expect(RunGroup.isCalledFor(by: all))
    #expect(!RunGroup.isCalledFor(by: Array(all.prefix(2))))
    let groups = try RunGroup.groups(of: all, by: nil)
    #expect(groups.map(\.letter) == ["A", "B"] && groups.map(\.count) == [3, 2])
    #expect(groups.map(\.words) == ["estimator.kind = full_es", "estimator.kind = truncated_es"])
  }

  @Test func runsAreGroupedByAnyField() throws {
    let all = try runs(1...3) + runs(1...2, kind: "truncated_es")
    #expect(try RunGroup.groups(of: all, by: "seed").map(\.count) == [1, 1, 1])
    #expect(try RunGroup.groups(of: all, by: "estimator.pairs").map(\.count) == [3])
    #expect(throws: AnalysisError.self) { try RunGroup.groups(of: all, by: "estimator.pears") }
  }

  @Test func aSeedCountsOnce() throws {
    let all = try runs(1...2) + runs(2...3)
    let group = try RunGroup.groups(of: all, by: nil)[0]
    #expect(group.runs.map(\.seed) == [1, 2, 3] && group.repetitions.count == 1)
  }

  @Test func aGroupIsSummedUp() throws {
    let comparison = try compare(runs(1...4))
    #expect(try cell(comparison, "groups", "n") == .integer(4))
    guard case .number(let iqm, _) = try cell(comparison, "groups", "interquartile_mean"),
      case .number(let mean, _) = try cell(comparison, "groups", "mean")
    else { return #expect(Bool(false)) }
    #expect(abs(iqm - 1.25) < 1e-12 && abs(mean - 1.25) < 1e-12)
  }

  @Test func thereIsNoPValueBelowFourPairs() throws {
    let comparison = try compare(runs(1...3) + runs(1...3, kind: "truncated_es", base: 0.5))
    #expect(try cell(comparison, "against_first", "p_value") == .missing)
    #expect(try cell(comparison, "against_first", "share_lower") == .fraction(1))
    #expect(try sentences(comparison).contains("no p-value for n = 3, since even if all seeds agree"))
    #expect(try sentences(comparison).contains("p = 0.25"))
  }

  @Test func fourPairsAreToldThatFivePerCentIsOutOfReach() throws {
    let comparison = try compare(runs(1...4) + runs(1...4, kind: "truncated_es", base: 0.5))
    #expect(try cell(comparison, "against_first", "p_value") == .number(0.125, digits: 4))
    #expect(try sentences(comparison).contains("5 % cannot be reached"))
  }

  @Test func sixPairsThatAgreeAreAFinding() throws {
    let comparison = try compare(runs(1...6) + runs(1...6, kind: "truncated_es", base: 0.5))
    #expect(try cell(comparison, "against_first", "p_value") == .number(0.03125, digits: 4))
    #expect(try sentences(comparison).contains("B is lower for this recipe"))
    #expect(try sentences(comparison).contains("Paired runs met the same tasks in every iteration."))
  }

  @Test func withoutSharedSeedsNothingIsPaired() throws {
    let comparison = try compare(runs(1...4) + runs(5...8, kind: "truncated_es", base: 0.55))
    #expect(try cell(comparison, "against_first", "n") == .integer(0))
    #expect(try cell(comparison, "against_first", "mean_difference") == .missing)
    #expect(try sentences(comparison).contains("share no seed"))
    #expect(try cell(comparison, "against_first", "probability_of_improvement") == .fraction(0.625))
  }

  @Test func severalComparisonsAreAdjusted() throws {
    let comparison = try compare(
      runs(1...6) + runs(1...6, kind: "b", base: 0.5) + runs(1...6, kind: "c", base: 0.7))
    #expect(try cell(comparison, "against_first", "p_value_holm", 1) == .number(0.0625, digits: 4))
  }

  @Test func everyNumberSaysItsRuns() throws {
    let comparison = try compare(runs(1...6) + runs(1...6, kind: "truncated_es", base: 0.5))
    let pairs = try #require(comparison.sections.first { $0.key == "against_first" })
    for quantity in pairs.quantities where quantity.key != "n" {
      for value in quantity.values where value.cell != .missing { #expect(value.source?.runs.count == 12) }
    }
    #expect(throws: Never.self) { try JSONParser.parse(comparison.json().pretty) }
  }
}
