import RunSchema
package import Tasks
import Yams

/// The tasks on which optimizers are drawn side by side: draws of one family, at successive seeds.
package struct RaceTasks: Sendable {
  package let name: String
  package let seeds: [UInt64]
  package let tasks: [any Task]
  /// Whether all draws have the same loss and differ in their starts alone, so that one surface serves them all.
  package let areStartsOfOne: Bool

  /// Draws of a family as `runs tasks` makes them, of a test function, or of a fixed task.
  package init(_ name: String, seed: UInt64, count: Int) throws {
    let node: Node
    if TestFunction(rawValue: name) != nil {
      node = ["family": "test_function", "function": Node(name)]
    } else if FixedTask(named: name) != nil {
      node = ["fixed": [Node(name)]]
    } else if TaskRecipe.Family(rawValue: name) != nil {
      node = ["family": Node(name)]
    } else {
      let names = TaskRecipe.Family.allCases.map(\.rawValue) + TestFunction.allCases.map(\.rawValue)
      throw ExperimentError(
        .notFound, doing: "looking for the task \(name.shown)",
        problem: "there is none\(suggestion(for: name, among: names + FixedTask.all.map(\.name)))",
        advice: "there are \(names.joined(separator: ", ")), and the fixed tasks of runs tasks")
    }
    let recipe = try TaskRecipe(Fields(node, source: RecipeSource(name: "the task")))
    let shelf = DataShelf()
    let calibrations = try Calibration.calibrations(of: [recipe], from: shelf, .none) { _, _ in }
    let family = try recipe.makeFamily(calibrations: calibrations[0], from: shelf)
    self.init(of: family, recipe, name, seed: seed, count: count)
  }

  /// Draws of the first family that a run trains on, scaled as there.
  package init(of point: StatePoint, seed: UInt64, count: Int) {
    let recipe = point.experiment.recipe.tasks[0]
    let family = point.experiment.problem.tasks.members[0].family
    self.init(of: family, recipe, family.name, seed: seed, count: count)
  }

  private init(of family: any TaskFamily, _ recipe: TaskRecipe, _ name: String, seed: UInt64, count: Int) {
    precondition(count > 0, "\(count) tasks")
    let seeds = (0..<count).map { seed &+ UInt64($0) }
    self.name = name
    self.seeds = seeds
    tasks = seeds.map { family.task(seed: $0) }
    areStartsOfOne =
      switch recipe.kind {
      case .testFunction, .diagonalValley: true
      case .quadratic, .perceptron, .sampled, .fixed, .residualNetwork, .parametric: false
      }
  }
}
