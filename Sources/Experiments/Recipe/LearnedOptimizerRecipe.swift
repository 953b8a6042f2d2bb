package import Optimizers

/// The learned optimizer of a recipe: which one, and its hyperparameters.
package struct LearnedOptimizerRecipe: Sendable {
  package enum Kind: String, CaseIterable, Sendable {
    case hierarchical, mlp
    case adafactorMLP = "adafactor_mlp"
  }

  package let kind: Kind
  package let optimizer: any LearnedOptimizer

  init(_ fields: Fields) throws(RecipeError) {
    kind = try fields.choice("kind", default: Kind.hierarchical)
    let stepMultiplier = try fields.number("step_multiplier", default: 0.001, in: .above(0))
    let magnitudeRate = try fields.number("magnitude_rate", default: 0.001, in: .above(0))
    switch kind {
    case .mlp:
      var configuration = MLPLearnedOptimizer.Configuration()
      configuration.stepMultiplier = stepMultiplier
      configuration.magnitudeRate = magnitudeRate
      configuration.hiddenSize = try fields.integer("hidden_size", default: configuration.hiddenSize, in: 1...1_024)
      optimizer = try fields.checked { () throws(OptimizersError) in try MLPLearnedOptimizer(configuration) }
    case .adafactorMLP:
      var configuration = AdafactorMLPLearnedOptimizer.Configuration()
      configuration.stepMultiplier = stepMultiplier
      configuration.magnitudeRate = magnitudeRate
      configuration.hiddenSize = try fields.integer("hidden_size", default: configuration.hiddenSize, in: 1...1_024)
      optimizer = try fields.checked { () throws(OptimizersError) in try AdafactorMLPLearnedOptimizer(configuration) }
    case .hierarchical:
      var configuration = HierarchicalConfiguration()
      configuration.stepMultiplier = stepMultiplier
      configuration.magnitudeRate = magnitudeRate
      try configuration.readSizes(fields)
      try configuration.readVariants(fields)
      optimizer = try fields.checked { () throws(OptimizersError) in try HierarchicalLearnedOptimizer(configuration) }
    }
  }
}

extension HierarchicalConfiguration {
  fileprivate mutating func readSizes(_ fields: Fields) throws(RecipeError) {
    let sizes = 1...1_024
    hiddenSize = try fields.integer("hidden_size", default: hiddenSize, in: sizes)
    lstmHiddenSize = try fields.integer("lstm_hidden_size", default: lstmHiddenSize, in: sizes)
    lstmToNetworkSize = try fields.integer("lstm_to_network_size", default: lstmToNetworkSize, in: sizes)
    fromLSTMSize = try fields.integer("from_lstm_size", default: fromLSTMSize, in: sizes)
    fromMLPSize = try fields.integer("from_mlp_size", default: fromMLPSize, in: sizes)
  }

  /// The points on which the sources disagree (spec §10, D1 to D6).
  fileprivate mutating func readVariants(_ fields: Fields) throws(RecipeError) {
    stepEmbedding = try fields.choice("step_embedding", default: stepEmbedding)
    normalizer = try fields.choice("normalizer", default: normalizer)
    gradientClip = try fields.choice("gradient_clip", default: gradientClip)
    lossDecays = try fields.choice("loss_decays", default: lossDecays)
    let lag = try fields.integer("older_parameters", default: 0, in: 0...10_000)
    olderParameters = lag > 0 ? .lag(steps: lag) : .absent
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
