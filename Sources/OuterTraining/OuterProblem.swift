package import Numerics
package import Optimizers

/// All that is fixed about a run: what is trained, on which tasks, and how. With a state it decides every bit to come.
package struct OuterProblem: Sendable {
  package var learned: any LearnedOptimizer
  package var tasks: TaskDistribution
  package var estimator: any GradientEstimator
  /// Antithetic pairs an outer iteration, one a particle.
  package var pairs: Int
  /// Standard deviation of the perturbations of theta.
  package var sigma: Float
  package var outerLoss: OuterLoss
  /// Each component of the gradient is held within ± this; nil for no clip (spec §3.4).
  package var gradientClip: Float?
  package var outerOptimizer: any Optimizer
  /// True where each particle's first task ends after a random part of its horizon, so that not all end at once.
  package var staggersFirstTasks: Bool
  package var randomness: Randomness

  package init(
    learned: any LearnedOptimizer, tasks: TaskDistribution, estimator: any GradientEstimator, pairs: Int, sigma: Float,
    outerLoss: OuterLoss, gradientClip: Float?, outerOptimizer: any Optimizer, staggersFirstTasks: Bool,
    randomness: Randomness
  ) {
    precondition(pairs > 0 && sigma > 0, "\(pairs) pairs with sigma \(sigma)")
    precondition(
      estimator.horizon.minimum >= estimator.truncation?.maximum ?? 1, "an unroll would see more than two tasks")
    self.learned = learned
    self.tasks = tasks
    self.estimator = estimator
    self.pairs = pairs
    self.sigma = sigma
    self.outerLoss = outerLoss
    self.gradientClip = gradientClip
    self.outerOptimizer = outerOptimizer
    self.staggersFirstTasks = staggersFirstTasks
    self.randomness = randomness
  }

  /// The state before the first outer iteration: theta drawn afresh, or given.
  package func initialState(theta: Tensors? = nil) -> RunState {
    RunState(
      outerIteration: 0, theta: theta ?? learned.initialTheta(randomness),
      outerOptimizer: outerOptimizer.initialState(), particles: Array(repeating: Particle(), count: pairs))
  }

  /// Those of all pairs of an outer iteration, in their order.
  func perturbations(outerIteration: Int) -> [Perturbation] {
    (0..<pairs).map { perturbation(outerIteration: outerIteration, particle: $0) }
  }

  func perturbation(outerIteration: Int, particle: Int) -> Perturbation {
    let address = Address(.perturbation, outerIteration: outerIteration, particle: particle)
    return Perturbation(seed: randomness.seed(address), sigma: sigma)
  }

  package func draw(drawnAt: Int, particle: Int) -> TaskDistribution.Draw {
    tasks.draw(outerIteration: drawnAt, particle: particle, randomness)
  }

  /// The inner step at which the task drawn there ends.
  func horizon(drawnAt: Int, particle: Int) -> Int {
    let address = Address(.horizon, outerIteration: drawnAt, particle: particle)
    let horizon = estimator.horizon.length(at: address, randomness)
    guard staggersFirstTasks, drawnAt == 0, let least = estimator.truncation?.maximum else { return horizon }
    return least
      + randomness.integer(below: horizon - least + 1, Address(.offset, outerIteration: drawnAt, particle: particle))
  }

  /// Inner steps of the unrolls of a pair.
  func unrollLength(outerIteration: Int, particle: Int) -> Int {
    guard let truncation = estimator.truncation else { return horizon(drawnAt: outerIteration, particle: particle) }
    return truncation.length(
      at: Address(.truncation, outerIteration: outerIteration, particle: particle), randomness)
  }
}

extension OuterProblem {
  /// The layouts of the inner state of the task drawn there: of its parameters, of the optimizer's state for them, and of its
  /// model state.
  package func innerLayouts(
    drawnAt: Int, particle: Int, theta: Tensors
  ) -> (parameters: Layout, optimizer: Layout, modelState: Layout) {
    let task = tasks.task(draw(drawnAt: drawnAt, particle: particle))
    let optimizer = learned.optimizer(theta: theta, for: task.parameters)
    return (task.parameters, optimizer.initialState().layout, task.modelState)
  }
}
