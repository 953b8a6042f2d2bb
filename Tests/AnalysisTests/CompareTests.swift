// Runs held against each other: numbers that can be worked out by hand, and words.

import Analysis
import RunSchema
import RunStore
import Testing

@Suite struct Comparisons {
  let folder: TemporaryFolder
  let store: Store

  init() throws {
    folder = try TemporaryFolder()
    store = Store(in: folder)
  }

  private func compare(
    _ runs: [Synthetic], _ metrics: [String] = [], along alignment: Alignment = .iterations
  ) throws -> Comparison {
    try Comparison(
      runs.map { try $0.run(in: store) }, metrics: metrics.map { try Metric(parsing: $0) }, along: alignment)
  }

  private func values(_ comparison: Comparison, _ section: String, _ quantity: String) throws -> [Cell] {
    let section = try #require(comparison.sections.first { $0.key == section })
    return try #require(section.quantities.first { $0.key == quantity }).values.map(\.cell)
  }

  @Test func milestonesAreSharesOfTheShorterRun() throws {
    let comparison = try compare([Synthetic(records: 80), Synthetic(records: 40)])
    for (key, iteration) in [("10", 4), ("25", 10), ("50", 20), ("100", 40)] {
      #expect(
        try values(comparison, "outcome", "raw_at_\(key)_percent")
          == [.number(1 / Double(iteration)), .number(1 / Double(iteration))])
    }
    #expect(try values(comparison, "outcome", "raw_final") == [.number(1.0 / 80), .number(1.0 / 40)])
  }

  @Test func smoothingIsTheMovingAverageFromTheFirstValueOn() throws {
    var run = Synthetic(records: 3)
    run.loss = { [8, 4, .nan][$0 - 1] }
    let comparison = try compare([run, Synthetic(records: 3)])
    // 0.9 * 8 + 0.1 * 4; the NaN is passed over.
    #expect(try values(comparison, "outcome", "smoothed_final")[0] == .number(0.9 * 8 + (1 - 0.9) * 4))
    #expect(try values(comparison, "outcome", "best_iteration")[0] == .unsigned(2))
  }

  @Test func areaIsThatOfTheTrapezoids() throws {
    var run = Synthetic(records: 3)
    run.loss = { [1, 3, 4][$0 - 1] }
    let comparison = try compare([run, Synthetic(records: 3)])
    #expect(try values(comparison, "outcome", "area")[0] == .number(2 + 3.5))
    let alongSteps = try compare([run, Synthetic(records: 3)], along: .innerSteps)
    #expect(try values(alongSteps, "outcome", "area")[0] == .number(50 * 5.5))
  }

  @Test func familiesAreMeansOverThePairsOfTheLastTenth() throws {
    var run = Synthetic()
    run.families = ["quadratic", "mlp"]
    run.family = { $1 }
    run.positive = { iteration, pair in iteration > 90 ? Double(pair) : 1_000 }
    let comparison = try compare([run, Synthetic()])
    #expect(try values(comparison, "task_families", "quadratic")[0] == .number(0.5))
    #expect(try values(comparison, "task_families", "mlp") == [.number(1.5), .missing])
  }

  @Test func costsAreSums() throws {
    let comparison = try compare([Synthetic(), Synthetic(records: 50)])
    #expect(try values(comparison, "cost", "inner_steps") == [.integer(5_000), .integer(2_500)])
    #expect(try values(comparison, "cost", "seconds") == [.duration(25), .duration(12.5)])
    #expect(try values(comparison, "cost", "cpu_seconds") == [.duration(50), .duration(25)])
    #expect(try values(comparison, "cost", "peak_memory") == [.bytes(1_100), .bytes(1_050)])
  }

  @Test func onlyWhatDiffersIsShown() throws {
    var other = Synthetic(seed: 2)
    other.recipe = other.recipe.replacing("\"pairs\": 2", with: "\"pairs\": 3").replacing(
      "\"summary\": \"s\", ", with: "")
    let comparison = try compare([Synthetic(), other])
    let recipe = try #require(comparison.sections.first { $0.key == "recipe" })
    #expect(recipe.quantities.map(\.key) == ["summary", "estimator.pairs"])
    #expect(recipe.quantities.map(\.change) == [.missing, .change(0.5)])
    let text = comparison.presentation.render(.text)
    #expect(text.contains("Numerics: (no difference)\n") && text.contains("(not set)"))
    #expect(!text.contains("host"))
  }

  @Test func metricsAreColumnsAndSmallExpressions() throws {
    let comparison = try compare(
      [Synthetic(), Synthetic(records: 50)], ["min outer_loss as best", "outer_loss@7", "max gradient_norm", "seconds"])
    let outcomes = comparison.sections.filter { $0.key == "outcome" }
    #expect(outcomes[0].quantities[0].label == "best")
    #expect(outcomes[0].quantities[0].values.map(\.cell) == [.number(1.0 / 50), .number(1.0 / 50)])
    #expect(outcomes[1].quantities[0].values.map(\.cell) == [.number(1.0 / 7), .number(1.0 / 7)])
    #expect(outcomes[2].quantities[0].values.map(\.cell) == [.number(100), .number(100)])
    #expect(outcomes[3].quantities.count > 5)
    for text in ["", "least outer_loss", "outer_loss@x", "a b c", "min outer_loss@3"] {
      #expect(throws: AnalysisError.self) { try Metric(parsing: text) }
    }
    #expect(throws: AnalysisError.self) { try compare([Synthetic(), Synthetic()], ["no_such_column"]) }
  }

  @Test func everyNumberOfTheOutcomeSaysWhereItComesFrom() throws {
    let comparison = try compare([Synthetic(), Synthetic(records: 50)])
    let outcome = try #require(comparison.json()["sections"]?["outcome"])
    guard case .array(let quantities)? = outcome["quantities"] else { return #expect(Bool(false)) }
    for quantity in quantities {
      guard case .array(let sources)? = quantity["from"] else { return #expect(Bool(false)) }
      #expect(sources.allSatisfy { $0["dataset"] == "run/records/outer_loss" && $0["rows"] != nil })
    }
    #expect(comparison.json()["schema"] == "runs/compare/1")
    #expect(throws: Never.self) { try JSONParser.parse(comparison.json().pretty) }
  }

  @Test func noTableIsWiderThanTheTerminal() throws {
    var other = Synthetic(seed: 2, name: String(repeating: "n", count: 64))
    other.recipe = other.recipe.replacing("\"s\"", with: "\"\(String(repeating: "long words ", count: 30))\"")
    let comparison = try compare([Synthetic(), other])
    for width in [40, 60, 80, 120] {
      let text = comparison.presentation.render(.text, width: width)
      for line in text.split(separator: "\n") { #expect(String(line).displayWidth <= width, "\(width): \(line)") }
    }
  }

  @Test func manyRunsStandInRows() throws {
    let comparison = try compare((1...6).map { Synthetic(seed: $0, records: 20) })
    let outcome = try #require(comparison.sections.first { $0.key == "outcome" }?.table)
    #expect(outcome.rows.count == 6)
    #expect(comparison.longTable.rows.count > 6 * 10)
  }
}
