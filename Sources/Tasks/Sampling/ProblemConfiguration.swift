extension TaskSet {
  /// losg_tasks_family: small problems after Wichrowska et al. 2017, with the seed of the instance (spec §4.5).
  package struct SeededProblem: Hashable, Sendable {
    package let problem: Problem
    /// In 0 ..< 100,000.
    package let seed: Int

    init(from draws: inout TaskSetDraws) {
      problem = Problem(from: &draws)
      seed = Int(draws.uniform(0, 100_000))
    }
  }

  /// A base problem, a base problem changed in one way, or a sparse regression, which has no changed form.
  package enum Problem: Hashable, Sendable {
    case base(BaseProblem)
    case sparseSoftmaxRegression(features: Int, noise: Double, batchSize: Int, sampleCount: Int)
    /// Each gradient component is zero with that probability, else has the noise added.
    case sparse(BaseProblem, zeroProbability: Double, noise: Double)
    /// f(x / scale).
    case rescaled(BaseProblem, scale: Double)
    /// log(f + 1e-6) - log 1e-6.
    case logarithm(BaseProblem)

    /// The names, of which one is drawn.
    private enum Kind: String, CaseIterable {
      case quadratic, bowl, optimization_test_problems, fully_connected, norm, dependency_chain, outward_snake
      case min_max_well, sum_of_quadratics, projection_quadratic
      case sparse_softmax_regression, sparse_problems, rescale_problems, log_objective
    }

    init(from draws: inout TaskSetDraws) {
      let kind = draws.one(of: Kind.self)
      switch kind {
      case .sparse_softmax_regression:
        let noisy = draws.bool(probability: 0.5)
        self = .sparseSoftmaxRegression(
          features: draws.logarithmic(2...100), noise: draws.noise(noisy), batchSize: draws.logarithmic(1...50),
          sampleCount: draws.logarithmic(1...30))
      case .sparse_problems:
        let noisy = draws.bool(probability: 0.5)
        self = .sparse(
          BaseProblem(from: &draws), zeroProbability: draws.uniform(0.9, 0.99), noise: draws.noise(noisy))
      case .rescale_problems:
        self = .rescaled(BaseProblem(from: &draws), scale: draws.logarithmic(0.001, 1000))
      case .log_objective:
        self = .logarithm(BaseProblem(from: &draws))
      case .quadratic, .bowl, .optimization_test_problems, .fully_connected, .norm, .dependency_chain,
        .outward_snake, .min_max_well, .sum_of_quadratics, .projection_quadratic:
        guard let base = BaseProblem.Kind(rawValue: kind.rawValue) else {
          preconditionFailure("\(kind.rawValue) is not among the base problems")
        }
        self = .base(BaseProblem(base, from: &draws))
      }
    }
  }
}

extension TaskSet.SeededProblem: Publishable {
  /// [name, parameters, seed].
  package var published: PublishedValue { [problem.name, problem.parameters, seed] }
}

extension TaskSet.Problem {
  package var name: String {
    switch self {
    case .base(let base): base.kind.rawValue
    case .sparseSoftmaxRegression: Kind.sparse_softmax_regression.rawValue
    case .sparse: Kind.sparse_problems.rawValue
    case .rescaled: Kind.rescale_problems.rawValue
    case .logarithm: Kind.log_objective.rawValue
    }
  }

  fileprivate var parameters: PublishedValue {
    switch self {
    case .base(let base): base.parameters
    case .sparseSoftmaxRegression(let features, let noise, let batchSize, let sampleCount):
      [
        "n_features": features, "n_classes": 2, "noise_stdev": noise, "bs": batchSize, "n_samples": sampleCount,
      ]
    case .sparse(let base, let zeroProbability, let noise):
      ["base": base, "zero_probability": zeroProbability, "noise_stdev": noise]
    case .rescaled(let base, let scale): ["base": base, "scale": scale]
    case .logarithm(let base): ["base": base]
    }
  }
}
