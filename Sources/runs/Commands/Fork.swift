import ArgumentParser
import Experiments
import RunStore

struct Fork: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "A new run that starts from a checkpoint of another, with its lineage.",
    discussion: """
      Examples:
        runs fork first@300 --set outer_optimizer.learning_rate=0.0001
        runs fork first@best --theta-only --recipe finetune

      Without --theta-only the fork goes on from the whole state, at the same outer iteration: with no change it gives its
      parent's bits. With it, only theta is taken, and all else begins anew at outer iteration 0.
      """.flowing)

  @Argument(help: "The checkpoint: ID, ID@300, ID@best, or a checkpoint file's path.", completion: .run)
  var checkpoint: String

  @Option(help: ArgumentHelp("A recipe instead of the parent's.", valueName: "recipe"), completion: .recipe)
  var recipe: String?

  @Flag(help: "Take theta only, and begin anew at outer iteration 0.")
  var thetaOnly = false

  @OptionGroup var options: NewRunOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let watch = InterruptionWatch()
    let store = self.store.opened
    let point = try store.statePoint(CheckpointReference(checkpoint), threads: try options.threads.count)
    let overrides = try options.recipeOverrides()
    let recipe =
      try self.recipe.map { (name: String) throws(RecipeError) in
        try RecipeLibrary.recipe(name, overrides: overrides)
      } ?? point.experiment.recipe.changed(by: overrides)
    let seed = options.seed ?? point.experiment.seed
    let session =
      thetaOnly
      ? try Session.forkTheta(point, recipe: recipe, seed: seed, in: store, try options.settings(output))
      : try Session.fork(point, recipe: recipe, seed: seed, in: store, try options.settings(output))
    output.tell("run \(session.id): forked from \(point.name)")
    output.show(try train(session, until: max(recipe.iterations, session.outerIteration), watch: watch, output))
  }
}
