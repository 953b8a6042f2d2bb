import Numerics
package import Optimizers

/// What turns gradients into changes of theta: a hand-designed rule, or a learned optimizer that is frozen.
package struct OuterOptimizerRecipe: Sendable {
  package enum Kind: String, CaseIterable {
    case adam, sgd, momentum, learned
    case rmsProp = "rmsprop"
  }

  package enum Rule: Sendable {
    case handDesigned(any HandDesignedOptimizer)
    /// Its theta lies beside the recipe: in the run's file.
    case learned(LearnedOptimizerRecipe)
  }

  package let rule: Rule
  /// Each component of the gradient is held within ± this; nil for no clip.
  package let gradientClip: Float?

  init(_ fields: Fields) throws(RecipeError) {
    let kind = try fields.choice("kind", default: Kind.adam)
    if kind == .learned {
      rule = .learned(
        try fields.section("learned_optimizer") { fields throws(RecipeError) in try LearnedOptimizerRecipe(fields) })
    } else {
      rule = .handDesigned(try Self.handDesigned(kind, fields))
    }
    let clip = try fields.number("gradient_clip", default: 0.1, in: .atLeast(0))
    gradientClip = clip > 0 ? clip : nil
  }

  private static func handDesigned(
    _ kind: Kind, _ fields: Fields
  ) throws(RecipeError) -> any HandDesignedOptimizer {
    let rate = try fields.number("learning_rate", default: kind == .adam ? 0.001 : 0.01, in: .above(0))
    let warmUp = try fields.integer("warm_up", default: 0, in: 0...Int(UInt32.max))
    let learningRate: LearningRate = warmUp > 0 ? .afterWarmUp(rate, zeroSteps: warmUp) : .constant(rate)
    switch kind {
    case .sgd:
      return SGD(learningRate: learningRate)
    case .momentum:
      return Momentum(
        learningRate: learningRate, decay: try fields.double("decay", default: 0.9, in: .from(0, below: 1)))
    case .rmsProp:
      return RMSProp(
        learningRate: learningRate, decay: try fields.double("decay", default: 0.9, in: .from(0, below: 1)),
        epsilon: try fields.double("epsilon", default: 1e-8, in: .above(0)))
    case .adam, .learned:
      return Adam(
        learningRate: learningRate, beta1: try fields.double("beta1", default: 0.9, in: .from(0, below: 1)),
        beta2: try fields.double("beta2", default: 0.999, in: .from(0, below: 1)),
        epsilon: try fields.double("epsilon", default: 1e-8, in: .atLeast(0)))
    }
  }
}
