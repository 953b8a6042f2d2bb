import Tasks

extension Augmentation.Probabilities {
  /// How often a recipe's tasks are changed in each way. What is not said is as in VeLO's first phase.
  init(_ fields: Fields) throws(RecipeError) {
    self.init()
    let within = Bounds.within(0, 1)
    reparametrizedWeights = try fields.double("reparametrized_weights", default: reparametrizedWeights, in: within)
    esGradients = try fields.double("es_gradients", default: esGradients, in: within)
    reducedBatch = try fields.double("reduced_batch", default: reducedBatch, in: within)
    bfloat16 = try fields.double("bfloat16", default: bfloat16, in: within)
    normalizedGradients = try fields.double("normalized_gradients", default: normalizedGradients, in: within)
    subsampledDirections = try fields.double("subsampled_directions", default: subsampledDirections, in: within)
    delayedGradients = try fields.double("delayed_gradients", default: delayedGradients, in: within)
  }
}
