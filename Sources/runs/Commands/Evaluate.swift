import Analysis
import ArgumentParser
import Experiments
import RunSchema
import RunStore

struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Trains held-out tasks with a learned optimizer, and with tuned hand-designed ones.",
    discussion: """
      Examples:
        runs evaluate latest
        runs evaluate first@best --draws 64 --steps 50 --baselines adam
        runs evaluate first --suite quadratic --format markdown
        runs evaluate first --explain learned:mean

      Tasks are drawn as in the run's recipe, or that of --suite, at addresses that outer training never uses. Losses are on
      the test split, normalised (1: start, 0: best). Each baseline has its best of 7 learning rates, chosen on these draws.
      """.flowing)

  @Argument(help: "The checkpoint: ID, ID@300, ID@best, or a checkpoint file's path.", completion: .run)
  var checkpoint: String

  @Option(
    help: ArgumentHelp("A recipe whose tasks are used instead of the run's own.", valueName: "recipe"),
    completion: .recipe)
  var suite: String?

  @Option(help: ArgumentHelp("Held-out draws.", valueName: "n"))
  var draws = 64

  @Option(
    help: ArgumentHelp(
      "Inner steps for each; the longest horizon of the recipe, 200 at most, unless given.", valueName: "n"))
  var steps: Int?

  @Option(help: ArgumentHelp("The key of the held-out draws.", valueName: "n"))
  var seed: UInt64 = 0

  @Option(parsing: .upToNextOption, help: ArgumentHelp("Baselines: adam, momentum, rmsprop, sgd.", valueName: "names"))
  var baselines: [Baseline] = [.adam, .momentum, .rmsProp]

  @Option(
    help: ArgumentHelp(
      "Say of which draws, and how, a number is made, and nothing else: OPTIMIZER:COLUMN, COLUMN, or all.",
      valueName: "cell"))
  var explain: String?

  @OptionGroup var tableOptions: TableOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (1...100_000).contains(draws) else { throw ValidationError("--draws takes 1 to 100000") }
    guard steps.map((1...1_000_000).contains) ?? true else { throw ValidationError("--steps takes 1 to 1000000") }
  }

  func run() throws {
    let point = try Store(at: store.path).statePoint(CheckpointReference(checkpoint), threads: try threads.count)
    let recipe = try suite.map { name in try RecipeLibrary.recipe(name) } ?? point.experiment.recipe
    let report = try point.evaluate(
      on: recipe, baselines: baselines, draws: draws,
      steps: steps ?? min(200, recipe.estimator.estimator.horizon.maximum), seed: seed, threads: try threads.count)
    let sources = [
      "checkpoint \(report.point): state_sha256 \(point.state.arrays.digest.hex)",
      "held-out draws of recipe \(recipe.name), key \(seed)",
    ]
    if let explain {
      let cells = try explanations(report, table(report, recipe)).named(explain)
      return Output.print(cells, tableOptions, output, .ofThisCall(sources))
    }
    Output.print(table(report, recipe), tableOptions, output, from: sources, json: json(report, recipe))
  }

  private func table(_ report: EvaluationReport, _ recipe: Recipe) -> Table {
    let title = "\(report.draws) held-out draws of \(recipe.name), \(report.steps) inner steps, normalised test loss"
    let rows = [report.learned] + report.baselines
    var table = Table(
      title,
      columns: [
        .init("optimizer"), .init("mean", alignment: .right), .init("median", alignment: .right),
        .init("last step", alignment: .right), .init("learned wins", alignment: .right),
      ])
    for (index, row) in rows.enumerated() {
      table.append([
        .text(row.name), .number(row.mean), .number(row.median), .number(row.last),
        index == 0 ? .missing : .fraction(report.winShare(over: row)),
      ])
    }
    return table
  }

  /// Where each number of the table comes from: the draws' own numbers, which stand in no file.
  private func explanations(_ report: EvaluationReport, _ table: Table) -> [Explanation] {
    let mean = "a part is the mean over \(report.steps) steps of a held-out draw's normalised test loss"
    let formulas = [
      "mean": "mean of the parts; \(mean)", "median": "median of the parts; \(mean)",
      "last_step": "mean of the parts; a part is a held-out draw's normalised test loss after step \(report.steps)",
      "learned_wins":
        "share of draws in which the learned optimizer's part is below the other's, in this order; \(mean)",
    ]
    func parts(_ numbers: [Double]) -> [Source.Part] {
      numbers.enumerated().map { .init(of: "draw \($0)", value: .number($1)) }
    }
    return zip([report.learned] + report.baselines, table.rows).enumerated().flatMap { index, pair in
      let (row, cells) = pair
      return zip(table.columns, cells).dropFirst().filter { $0.1 != .missing }.map { column, cell in
        let own = parts(column.key == "last_step" ? row.scores.map(\.last) : row.scores.map(\.mean))
        let source = Source(
          runs: [report.point], dataset: "", formula: formulas[column.key] ?? "",
          parts: column.key == "learned_wins" ? parts(report.learned.scores.map(\.mean)) + own : own)
        return Explanation(
          in: table.title ?? "", .init(column.key, column.heading),
          of: index == 0 ? .init("learned", row.name) : .init(row.name, row.name), Traced(cell, source))
      }
    }
  }

  private func json(_ report: EvaluationReport, _ recipe: Recipe) -> JSONValue {
    func row(_ row: EvaluationReport.Row) -> JSONValue {
      [
        "optimizer": .text(row.name), "mean": .number(row.mean), "median": .number(row.median),
        "last": .number(row.last), "means": .array(row.scores.map { .number($0.mean) }),
        "lasts": .array(row.scores.map { .number($0.last) }),
      ]
    }
    return [
      "schema": "runs/evaluate/1", "checkpoint": .text(report.point), "suite": .text(recipe.name),
      "draws": .integer(report.draws), "steps": .integer(report.steps), "seed": .unsigned(seed),
      "learned": row(report.learned), "baselines": .array(report.baselines.map(row)),
    ]
  }
}

extension Baseline: ExpressibleByArgument {}
