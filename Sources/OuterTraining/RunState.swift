package import Numerics

/// What inner training has reached: a task's parameters, the optimizer's state for them, and the task's model state.
package struct InnerState: Equatable, Sendable {
  package var parameters: Tensors
  package var optimizer: Tensors
  /// Running statistics and the like; empty for most tasks.
  package var modelState: Tensors

  package init(parameters: Tensors, optimizer: Tensors, modelState: Tensors) {
    self.parameters = parameters
    self.optimizer = optimizer
    self.modelState = modelState
  }
}

/// One task in training between two unrolls. Which task it is and when it ends follow from where it was drawn.
package struct Episode: Equatable, Sendable {
  /// The outer iteration at which the task was drawn: with the particle's index, its address.
  package var drawnAt: Int
  /// Inner steps taken.
  package var innerStep: Int
  /// Where the unroll with theta + perturbation stands. Truncated ES starts both of its unrolls here (spec §3.2, D20).
  package var positive: InnerState
  /// Where the unroll with theta - perturbation stands; nil for an estimator that carries one state only.
  package var negative: InnerState?

  package init(drawnAt: Int, innerStep: Int, positive: InnerState, negative: InnerState?) {
    self.drawnAt = drawnAt
    self.innerStep = innerStep
    self.positive = positive
    self.negative = negative
  }
}

/// A slot for one antithetic pair, which persists from one outer iteration to the next.
package struct Particle: Equatable, Sendable {
  /// The task in training; nil where the next unroll draws a new one.
  package var episode: Episode?
  /// The sum of this task's perturbations (spec §3.6); nil for an estimator that keeps none.
  package var accumulator: Tensors?

  package init(episode: Episode? = nil, accumulator: Tensors? = nil) {
    self.episode = episode
    self.accumulator = accumulator
  }
}

/// Everything that decides how a run goes on, and nothing else. A checkpoint is this written down.
package struct RunState: Equatable, Sendable {
  /// Outer iterations done.
  package var outerIteration: Int
  package var theta: Tensors
  package var outerOptimizer: Tensors
  package var particles: [Particle]

  package init(outerIteration: Int, theta: Tensors, outerOptimizer: Tensors, particles: [Particle]) {
    self.outerIteration = outerIteration
    self.theta = theta
    self.outerOptimizer = outerOptimizer
    self.particles = particles
  }
}
