import Numerics
package import Optimizers

/// Hand-designed optimizers over their grids of learning rates: the competition.
package enum Baseline: String, CaseIterable, Sendable {
  case adam, momentum, rmsProp = "rmsprop", sgd

  /// Seven rates, half a decade apart.
  package static let learningRates: [Float] = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1]

  package func rule(_ learningRate: Float) -> any HandDesignedOptimizer {
    switch self {
    case .adam: Adam(learningRate: .constant(learningRate))
    case .momentum: Momentum(learningRate: .constant(learningRate))
    case .rmsProp: RMSProp(learningRate: .constant(learningRate))
    case .sgd: SGD(learningRate: .constant(learningRate))
    }
  }

  /// A contestant for each rate.
  package var contestants: [Evaluation.Contestant] {
    Self.learningRates.map { rate in
      let rule = rule(rate)
      return .init("\(rawValue) \(rate)") { rule.optimizer(for: $0) }
    }
  }
}
