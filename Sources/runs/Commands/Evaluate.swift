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

      Tasks are drawn as in the run's recipe, or that of --suite, at addresses that outer training never uses. Losses are on
      the test split, normalised (1: start, 0: best). Each baseline has its best of 7 learning rates, chosen on these draws.
      """)

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
    output.json ? Output.print(json(report, recipe)) : Output.print(table(report, recipe), as: tableOptions)
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

  private func json(_ report: EvaluationReport, _ recipe: Recipe) -> JSONValue {
    func row(_ row: EvaluationReport.Row) -> JSONValue {
      [
        "optimizer": .text(row.name), "mean": .number(row.mean), "median": .number(row.median),
        "last": .number(row.last), "means": .array(row.scores.map { .number($0.mean) }),
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
