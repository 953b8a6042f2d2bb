package import Optimizers

/// The learned optimizer of a recipe: which one, and its hyperparameters.
package struct LearnedOptimizerRecipe: Sendable {
  package enum Kind: String, CaseIterable, Sendable {
    case mlp
  }

  package let kind: Kind
  package let optimizer: any LearnedOptimizer

  init(_ fields: Fields) throws(RecipeError) {
    kind = try fields.choice("kind", default: Kind.mlp)
    let stepMultiplier = try fields.number("step_multiplier", default: 0.001, in: .above(0))
    let magnitudeRate = try fields.number("magnitude_rate", default: 0.001, in: .above(0))
    switch kind {
    case .mlp:
      var configuration = MLPLearnedOptimizer.Configuration()
      configuration.stepMultiplier = stepMultiplier
      configuration.magnitudeRate = magnitudeRate
      configuration.hiddenSize = try fields.integer("hidden_size", default: configuration.hiddenSize, in: 1...1_024)
      optimizer = try fields.checked { () throws(OptimizersError) in try MLPLearnedOptimizer(configuration) }
    }
  }
}

extension Fields {
  /// A learned optimizer whose hyperparameters go together; where they do not, the error names this section.
  func checked<Value>(_ make: () throws(OptimizersError) -> Value) throws(RecipeError) -> Value {
    do {
      return try make()
    } catch {
      throw failure("kind", "\(error)")
    }
  }
}
