package import Numerics

/// How the gradient of the outer loss is estimated: which unrolls an outer iteration needs, and what follows from them.
///
/// Both functions are pure. Between them unrolls may run anywhere, in any order.
package protocol GradientEstimator: Sendable {
  /// How many inner steps an unroll takes; nil where it takes the task's whole horizon.
  var truncation: LengthSchedule? { get }

  /// How many inner steps a task is trained for before a new one takes its place.
  var horizon: LengthSchedule { get }

  /// True where a pair's gradient multiplies the sum of its task's perturbations, which a particle then keeps.
  var accumulates: Bool { get }

  /// The particle after an unroll, all but its accumulator.
  func next(_ positive: UnrollResult, _ negative: UnrollResult) -> Particle
}

/// What an estimator makes of an outer iteration's unrolls.
package struct GradientEstimate {
  package var gradient: Tensors
  /// Its Euclidean norm.
  package var gradientNorm: Double
  package var particles: [Particle]
  package var pairs: [PairRecord]
  package var outerLoss: Double
  package var innerSteps: Int
  package var nonFiniteSteps: Int
}

extension GradientEstimator {
  /// Two unrolls a particle, the positive one first.
  func unrolls(
    from state: RunState, in problem: OuterProblem, along perturbations: [PairPerturbation]
  ) -> [Unroll] {
    state.particles.indices.flatMap { particle in
      let episode = state.particles[particle].episode
      return AntitheticSign.allCases.map { sign in
        Unroll(
          problem: problem, theta: state.theta, outerIteration: state.outerIteration, particle: particle, sign: sign,
          perturbation: perturbations[particle],
          steps: problem.unrollLength(outerIteration: state.outerIteration, particle: particle),
          start: episode.map { .init($0, sign) })
      }
    }
  }

  /// The gradient, the next particles and the record, from the results in the order of `unrolls`.
  func gather(
    _ results: [UnrollResult], of unrolls: [Unroll], from state: RunState, in problem: OuterProblem,
    on executor: some UnrollExecutor
  ) -> GradientEstimate {
    var particles: [Particle] = []
    var pairs: [PairRecord] = []
    for particle in state.particles.indices {
      let (positive, negative) = (results[2 * particle], results[2 * particle + 1])
      particles.append(next(positive, negative))
      pairs.append(pairRecord(positive, negative, of: particle, from: state, in: problem))
    }
    var history = PerturbationHistory(accumulates: accumulates, accumulators: state.particles.map(\.accumulator))
    let (gradient, norm) = executor.alone { workspace in
      history.gradient(
        of: pairs.map(\.difference), scale: PerturbationHistory.scale(sigma: problem.sigma, pairs: pairs.count),
        layout: state.theta.layout, in: workspace
      ) { pair in unrolls[2 * pair].perturbation.values }
    }
    for particle in particles.indices { particles[particle].accumulator = history.accumulators[particle] }
    return GradientEstimate(
      gradient: gradient, gradientNorm: norm, particles: particles, pairs: pairs,
      outerLoss: results.reduce(0) { $0 + $1.meanLoss } / Double(results.count),
      innerSteps: results.reduce(0) { $0 + $1.steps },
      nonFiniteSteps: results.reduce(0) { $0 + $1.nonFiniteSteps })
  }

  private func pairRecord(
    _ positive: UnrollResult, _ negative: UnrollResult, of particle: Int, from state: RunState, in problem: OuterProblem
  ) -> PairRecord {
    let episode = state.particles[particle].episode
    let first = problem.draw(drawnAt: episode?.drawnAt ?? state.outerIteration, particle: particle)
    let last = problem.draw(drawnAt: positive.drawnAt, particle: particle)
    return PairRecord(
      seed: problem.perturbation(outerIteration: state.outerIteration, particle: particle).seed,
      taskFamily: first.family, taskSeed: first.seed, lastTaskFamily: last.family, lastTaskSeed: last.seed,
      innerStep: episode?.innerStep ?? 0, truncation: positive.steps,
      positiveLoss: positive.meanLoss, negativeLoss: negative.meanLoss,
      difference: PairDifference(positive, negative))
  }
}

extension Unroll.Start {
  /// Where one member of the pair goes on: where an episode keeps one state, both from it.
  init(_ episode: Episode, _ sign: AntitheticSign) {
    drawnAt = episode.drawnAt
    innerStep = episode.innerStep
    state = sign == .positive ? episode.positive : episode.negative ?? episode.positive
  }
}
