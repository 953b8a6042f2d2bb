import Analysis
import ArgumentParser
import Experiments
import RunStore

struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Meta-trains a learned optimizer: a new run.",
    discussion: """
      Examples:
        runs train
        runs train quadratic --seed 7 --name first
        runs train --iterations 50 --set estimator.pairs=16 --set outer_optimizer.learning_rate=0.003

      A recipe is a name (see runs recipes) or the path of a YAML file. Without one: default.
      """.flowing)

  @Argument(help: "The recipe: a name, or a file's path.", completion: .recipe)
  var recipe = "default"

  @OptionGroup var options: NewRunOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let watch = InterruptionWatch()
    let recipe = try RecipeLibrary.recipe(self.recipe, overrides: try options.recipeOverrides())
    let session = try Session.new(
      recipe, seed: options.seed ?? 0, in: store.opened, try options.settings(output))
    output.tell(warningAbout: store.opened)
    output.tell(
      "run \(session.id): recipe \(recipe.name), seed \(options.seed ?? 0), \(counted(session.threads, "thread"))")
    output.show(try train(session, until: recipe.iterations, watch: watch, output))
  }
}
