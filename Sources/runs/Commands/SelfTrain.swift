import ArgumentParser
import Experiments
import RunSchema
import RunStore

struct SelfTrain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lets a frozen learned optimizer train a freshly initialised one.",
    discussion: """
      Examples:
        runs self-train --from latest
        runs self-train --from first@best --generations 3 --iterations 500
        runs self-train --from first --baseline

      The optimizer in the checkpoint takes Adam's place as the outer optimizer: it sees the clipped gradient, the outer
      loss and the number of the outer iteration, and has no hyperparameters. --baseline also runs the same recipe, seed and
      noise under Adam.
      """.flowing)

  @Option(help: ArgumentHelp("The checkpoint whose optimizer trains.", valueName: "checkpoint"), completion: .run)
  var from: String

  @Option(
    help: ArgumentHelp("The recipe of the new generation; the parent's unless given.", valueName: "recipe"),
    completion: .recipe)
  var recipe: String?

  @Option(help: ArgumentHelp("Generations in a row, each trained by the one before.", valueName: "n"))
  var generations = 1

  @Flag(help: "Also run the same recipe, seed and noise under Adam, for comparison.")
  var baseline = false

  @OptionGroup var options: NewRunOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (1...1_000).contains(generations) else { throw ValidationError("--generations takes 1 to 1000") }
  }

  func run() throws {
    let watch = InterruptionWatch()
    let store = self.store.opened
    var point = try store.statePoint(CheckpointReference(from), threads: try options.threads.count)
    let recipe = try givenRecipe(point)
    let seed = options.seed ?? point.experiment.seed
    var outcomes: [Outcome] = []
    for generation in 0..<generations {
      let name = generations == 1 ? options.name : options.name.map { "\($0)-\(generation + 1)" }
      let session = try Session.generation(
        point, recipe: recipe.selfTrained(by: point.experiment.recipe), seed: seed, in: store,
        try options.settings(name: name, output))
      output.tell("run \(session.id): generation \(point.generation + 1), trained by \(point.name)")
      outcomes.append(try train(session, until: recipe.iterations, watch: watch, output))
      if generation < generations - 1 {
        point = try store.statePoint(.run(session.id.text, .last), threads: try options.threads.count)
      }
    }
    if baseline { outcomes.append(try trainBaseline(recipe, seed: seed, in: store, watch)) }
    show(outcomes)
  }

  /// The recipe of the new generation before the outer optimizer is put in.
  private func givenRecipe(_ point: StatePoint) throws -> Recipe {
    let overrides = try options.recipeOverrides()
    if let recipe { return try RecipeLibrary.recipe(recipe, overrides: overrides) }
    return try point.experiment.recipe.changed(by: overrides)
  }

  private func trainBaseline(
    _ recipe: Recipe, seed: UInt64, in store: Store, _ watch: InterruptionWatch
  ) throws -> Outcome {
    let name = options.name.map { "\($0)-adam" }
    let session = try Session.new(
      try recipe.underAdam(), seed: seed, in: store, try options.settings(name: name, output))
    output.tell("run \(session.id): the same under Adam")
    return try train(session, until: recipe.iterations, watch: watch, output)
  }

  /// One document or text a run; with several, a list of them, the last one last.
  private func show(_ outcomes: [Outcome]) {
    guard output.json, outcomes.count > 1 else { return outcomes.forEach(output.show) }
    guard case .object(let members) = outcomes[baseline ? outcomes.count - 2 : outcomes.count - 1].json else { return }
    Output.print(.object(members + [.init("runs", .array(outcomes.map(\.json)))]))
  }
}
