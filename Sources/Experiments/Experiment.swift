package import Numerics
package import OuterTraining
import Optimizers
import Tasks

/// All that fixes a run: a recipe and a seed, and the numbers that these alone do not hold.
package struct Experiment: Sendable {
  package let recipe: Recipe
  package let seed: UInt64
  /// For each task entry of the recipe what a baseline reached on its tasks; none where a lower bound serves.
  package let calibrations: [[TaskCalibration]]
  /// For each entry the counted operations of an inner step on its tasks; empty in recipes of one entry, and in runs that were made
  /// before it was counted.
  package let stepWork: [Double]
  /// The outer optimizer's theta, where that is a learned one.
  package let frozenTheta: Tensors?
  /// Theta before the first outer iteration.
  package let initialTheta: Tensors
  package let problem: OuterProblem
  /// Where its tasks' examples come from.
  let data: DataShelf

  /// An experiment of known parts.
  /// - Parameters:
  ///   - stepWork: nil to count it.
  ///   - initialTheta: nil to draw it.
  package init(
    recipe: Recipe, seed: UInt64, calibrations: [[TaskCalibration]], stepWork: [Double]? = nil,
    data: DataShelf = DataShelf(),
    frozenTheta: Tensors? = nil, initialTheta: Tensors? = nil
  ) throws {
    let randomness = Randomness(key: seed)
    let learned = recipe.learnedOptimizer.optimizer
    self.recipe = recipe
    self.seed = seed
    self.calibrations = calibrations
    self.data = data
    self.frozenTheta = frozenTheta
    self.initialTheta = initialTheta ?? learned.initialTheta(randomness)
    let families = try zip(recipe.tasks, calibrations).map { try $0.makeFamily(calibrations: $1, from: data) }
    let counts = families.count > 1
    self.stepWork =
      stepWork ?? (counts ? StepWork.means(of: families, under: learned, recipe.outerLoss.outerLoss) : [])
    problem = OuterProblem(
      learned: learned, tasks: Self.distribution(recipe, families, self.stepWork),
      estimator: recipe.estimator.estimator, pairs: recipe.estimator.pairs, sigma: recipe.estimator.sigma,
      outerLoss: recipe.outerLoss.outerLoss, gradientClip: recipe.outerOptimizer.gradientClip,
      outerOptimizer: try Self.outerOptimizer(recipe.outerOptimizer, frozenTheta, for: learned.thetaLayout),
      staggersFirstTasks: recipe.estimator.staggersFirstTasks, randomness: randomness)
  }

  /// A new experiment: what a baseline reaches on its tasks is measured now, unless it was before.
  /// - Parameter measuring: told how far that is.
  package init(
    recipe: Recipe, seed: UInt64, data: DataShelf = DataShelf(), measured known: KnownCalibrations = .none,
    frozenTheta: Tensors? = nil, initialTheta: Tensors? = nil, measuring: @escaping MeasuringProgress = { _, _ in }
  ) throws {
    let calibrations = try Calibration.calibrations(of: recipe.tasks, from: data, known, progress: measuring)
    try self.init(
      recipe: recipe, seed: seed, calibrations: calibrations, data: data, frozenTheta: frozenTheta,
      initialTheta: initialTheta)
  }

  /// The data sets that it draws from, by name, with their digests.
  func dataSets() throws -> [(name: String, digest: String)] {
    try Set(recipe.tasks.flatMap(\.dataNames)).sorted().map { ($0, try data.data($0).digest) }
  }

  package var initialState: RunState { problem.initialState(theta: initialTheta) }

  /// The names of the task families, in the order that records count them by.
  package var familyNames: [String] { problem.tasks.members.map(\.family.name) }

  /// The families with the weights by which they are drawn. A draw trains as many steps whatever its family, so that a family's
  /// share of the work is proportional to its weight and its work a step.
  private static func distribution(
    _ recipe: Recipe, _ families: [any TaskFamily], _ stepWork: [Double]
  ) -> TaskDistribution {
    TaskDistribution(
      families.indices.map { index in
        let weight = recipe.tasks[index].weight
        let isDivided = recipe.share == .work && families.count > 1
        return .init(families[index], weight: isDivided ? weight / stepWork[index] : weight)
      })
  }

  private static func outerOptimizer(
    _ recipe: OuterOptimizerRecipe, _ frozenTheta: Tensors?, for layout: Layout
  ) throws(ExperimentError) -> any Optimizer {
    switch recipe.rule {
    case .handDesigned(let rule):
      return rule.optimizer(for: layout)
    case .learned(let learned):
      guard let frozenTheta else {
        throw ExperimentError(
          .usage, doing: "outer_optimizer.kind", problem: "a learned outer optimizer needs the theta of a checkpoint",
          advice: "use runs self-train --from CKPT")
      }
      guard frozenTheta.layout == learned.optimizer.thetaLayout else {
        throw ExperimentError(
          .malformed, doing: "outer_optimizer",
          problem: "the checkpoint's theta is not that of a \(learned.kind.rawValue)")
      }
      return learned.optimizer.optimizer(theta: frozenTheta, for: layout)
    }
  }
}
