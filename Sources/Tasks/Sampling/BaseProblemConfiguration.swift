extension TaskSet {
  /// The losg problems that others are made from (spec §4.5). "noise" is the deviation of what is added to each
  /// gradient component; 0 for none.
  package enum BaseProblem: Hashable, Sendable {
    case quadratic(dimension: Int, noise: Double)
    case bowl(condition: Double, angle: Double, noise: Double)
    case testFunction(TestFunction, noise: Double)
    case fullyConnected(features: Int, activation: Activation, samples: Samples, widths: [Int])
    case norm(dimension: Int, power: Double)
    case dependencyChain(dimension: Int, samples: Samples)
    case outwardSnake(dimension: Int, samples: Samples)
    case minMaxWell(dimension: Int, noise: Double)
    case sumOfQuadratics(dimension: Int, samples: Samples)
    case projectionQuadratic(dimension: Int, samples: Samples)

    package enum TestFunction: String, CaseIterable, Hashable, Sendable, Publishable {
      case ackley, beale, branin, logsumexp, matyas, michalewicz, rosenbrock
      case styblinskiTang = "StyblinskiTang"
    }

    /// How many examples there are, and how many go into a batch.
    package struct Samples: Hashable, Sendable {
      package let batchSize: Int
      package let count: Int

      init(_ counts: ClosedRange<Int>, from draws: inout TaskSetDraws) {
        batchSize = draws.logarithmic(1...200)
        count = draws.logarithmic(counts)
      }
    }

    /// The names, in the order in which a changed problem's base is drawn from them.
    enum Kind: String, CaseIterable {
      case quadratic, bowl, optimization_test_problems, fully_connected, norm, dependency_chain, outward_snake
      case min_max_well, sum_of_quadratics, projection_quadratic
    }

    init(from draws: inout TaskSetDraws) {
      self.init(draws.one(of: Kind.allCases), from: &draws)
    }

    init(_ kind: Kind, from draws: inout TaskSetDraws) {
      let manySamples = 100...20_000
      switch kind {
      case .quadratic:
        let noisy = draws.bool(probability: 0.5)
        self = .quadratic(dimension: draws.logarithmic(10...1000), noise: draws.noise(noisy))
      case .bowl:
        let noisy = draws.bool(probability: 0.5)
        self = .bowl(
          condition: draws.logarithmic(0.01, 100), angle: draws.one(of: [0, 0, Double.pi / 4, Double.pi / 3]),
          noise: draws.noise(noisy))
      case .optimization_test_problems:
        let noisy = draws.bool(probability: 0.5)
        self = .testFunction(draws.one(of: TestFunction.self), noise: draws.noise(noisy))
      case .fully_connected:
        self.init(fullyConnectedFrom: &draws)
      case .norm:
        self = .norm(dimension: draws.logarithmic(3...1000), power: draws.uniform(0.1, 5))
      case .dependency_chain:
        self = .dependencyChain(
          dimension: draws.logarithmic(3...100), samples: Samples(manySamples, from: &draws))
      case .outward_snake:
        self = .outwardSnake(dimension: draws.logarithmic(3...100), samples: Samples(manySamples, from: &draws))
      case .min_max_well:
        let noisy = draws.bool(probability: 0.5)
        self = .minMaxWell(dimension: draws.logarithmic(10...1000), noise: draws.noise(noisy))
      case .sum_of_quadratics:
        self = .sumOfQuadratics(
          dimension: draws.logarithmic(3...100), samples: Samples(manySamples, from: &draws))
      case .projection_quadratic:
        self = .projectionQuadratic(
          dimension: draws.logarithmic(3...100), samples: Samples(manySamples, from: &draws))
      }
    }

    private init(fullyConnectedFrom draws: inout TaskSetDraws) {
      let layers = draws.one(of: [2, 3, 4, 5])
      let sameWidth = draws.bool(probability: 0.5)
      let features = draws.logarithmic(1...16)
      let activation = Activation(from: &draws)
      let samples = Samples(1...30, from: &draws)
      let widths =
        sameWidth
        ? Array(repeating: draws.logarithmic(4...32), count: layers) : draws.logarithmic(4...32, count: layers)
      self = .fullyConnected(features: features, activation: activation, samples: samples, widths: widths)
    }
  }
}

extension TaskSetDraws {
  /// The deviation of gradient noise: exp U(ln 0.01, ln 10), or 0 without a draw.
  mutating func noise(_ noisy: Bool) -> Double { noisy ? logarithmic(0.01, 10) : 0 }
}

extension TaskSet.BaseProblem {
  var kind: Kind {
    switch self {
    case .quadratic: .quadratic
    case .bowl: .bowl
    case .testFunction: .optimization_test_problems
    case .fullyConnected: .fully_connected
    case .norm: .norm
    case .dependencyChain: .dependency_chain
    case .outwardSnake: .outward_snake
    case .minMaxWell: .min_max_well
    case .sumOfQuadratics: .sum_of_quadratics
    case .projectionQuadratic: .projection_quadratic
    }
  }

  var parameters: PublishedValue {
    switch self {
    case .quadratic(let dimension, let noise), .minMaxWell(let dimension, let noise):
      ["dim": dimension, "noise_stdev": noise]
    case .bowl(let condition, let angle, let noise): ["cond": condition, "angle": angle, "noise_stdev": noise]
    case .testFunction(let function, let noise): ["problem": function, "noise_stdev": noise]
    case .fullyConnected(let features, let activation, let samples, let widths):
      [
        "n_features": features, "n_classes": 2, "activation": activation, "bs": samples.batchSize,
        "n_samples": samples.count, "hidden_sizes": widths,
      ]
    case .norm(let dimension, let power): ["dim": dimension, "norm_power": power]
    case .dependencyChain(let dimension, let samples), .outwardSnake(let dimension, let samples),
      .sumOfQuadratics(let dimension, let samples), .projectionQuadratic(let dimension, let samples):
      ["dim": dimension, "bs": samples.batchSize, "n_samples": samples.count]
    }
  }
}

extension TaskSet.BaseProblem: Publishable {
  /// [name, parameters].
  package var published: PublishedValue { [kind.rawValue, parameters] }
}
