import Numerics
import Tasks

/// The loss and its gradient alone, one thread, for each family that a recipe can name, with the recipe's defaults.
struct TaskBench {
  let budget: BenchBudget
  let peak: MachinePeak

  func run() throws -> [BenchFigure] {
    try TaskRecipe.Family.allCases.map { family in
      let recipe = try Recipe("tasks: [{family: \(family.rawValue)}]", name: "bench").tasks[0]
      let task = try recipe.makeFamily(calibrations: []).task(seed: 1)
      let workspace = Workspace()
      let parameters = task.initialParameters()
      var gradient = Tensors(zeros: task.parameters)
      var step = 0
      let timing = Timing(budget) {
        _ = task.loss(parameters, on: Batch(.train, step), gradient: &gradient, in: workspace)
        step += 1
      }
      return BenchFigure(
        "task", "\(family.rawValue), loss and gradient", timing, count: 1, unit: "batches/s",
        operations: UsefulWork.loss(of: task, recipe, withGradient: true), peak: peak)
    }
  }
}
