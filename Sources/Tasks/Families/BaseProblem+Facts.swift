/// What is known of losg's problems before one is made.
extension TaskSet.BaseProblem {
  var samples: Samples? {
    switch self {
    case .fullyConnected(_, _, let samples, _), .outwardSnake(_, let samples), .sumOfQuadratics(_, let samples),
      .projectionQuadratic(_, let samples):
      samples
    // The chain publishes samples and does not use them.
    case .quadratic, .bowl, .testFunction, .norm, .dependencyChain, .minMaxWell: nil
    }
  }

  /// The deviation of the noise on each component of the gradient.
  var noise: Double {
    switch self {
    case .quadratic(_, let noise), .bowl(_, _, let noise), .testFunction(_, let noise), .minMaxWell(_, let noise):
      noise
    default: 0
    }
  }

  /// The least value, or a lower bound of the expected loss; nil where none is known.
  var minimum: Double? {
    switch self {
    case .testFunction(let name, _): name.function.minimum
    case .outwardSnake: nil
    default: 0
    }
  }

  var cost: Cost {
    var cost = Cost()
    switch self {
    case .quadratic(let dimension, _), .norm(let dimension, _):
      // The matrix is a constant; it is counted with the parameters, since a draw makes it.
      cost.addMatrix(dimension, dimension, times: 1)
    case .bowl, .testFunction: cost.addTable(1, 2)
    case .fullyConnected(let features, _, let samples, let widths):
      cost.addLayers([features] + widths + [2], times: samples.batchSize)
    case .dependencyChain(let dimension, _), .minMaxWell(let dimension, _): cost.addTable(1, dimension)
    case .outwardSnake(let dimension, let samples), .sumOfQuadratics(let dimension, let samples),
      .projectionQuadratic(let dimension, let samples):
      cost.addMatrix(1, dimension, hasBias: false, times: samples.batchSize)
    }
    return cost
  }
}

extension TaskSet.BaseProblem.TestFunction {
  var function: TestFunction {
    switch self {
    case .ackley: .ackley
    case .beale: .beale
    case .branin: .branin
    case .logsumexp: .logSumExp
    case .matyas: .matyas
    case .michalewicz: .michalewicz
    case .rosenbrock: .rosenbrock
    case .styblinskiTang: .styblinskiTang
    }
  }
}

extension TaskSet.Problem {
  var cost: Cost {
    switch self {
    case .base(let base), .sparse(let base, _, _), .rescaled(let base, _), .logarithm(let base): return base.cost
    case .sparseSoftmaxRegression(let features, _, let batchSize, _):
      var cost = Cost()
      cost.addMatrix(2, features, hasBias: false, times: batchSize)
      cost.addMatrix(features, 2, times: batchSize)
      return cost
    }
  }
}
