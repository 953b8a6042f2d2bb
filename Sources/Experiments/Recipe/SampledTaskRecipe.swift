import DataSets
package import Tasks

/// One of TaskSet's sampled families in a recipe: which of its thousand configurations may be drawn. The data are those that
/// come with the program, in the place of those that the configurations name; the family's name says which.
package struct SampledTaskRecipe: Sendable {
  package let family: TaskSetFamily
  package let limits: SamplingLimits
  /// The most tokens of a window, for families that read text.
  package let maximumLength: Int

  init(_ family: TaskSetFamily, _ fields: Fields) throws(RecipeError) {
    self.family = family
    // The smallest word model has 20,000 parameters, and few are below 50,000.
    let parameters = family == .wordLanguageModel ? 200_000 : 50_000
    limits = SamplingLimits(
      maximumParameters: try fields.integer("maximum_parameters", default: parameters, in: 1...100_000_000),
      maximumWork: try fields.integer("maximum_work", default: 20_000_000, in: 1...100_000_000_000))
    switch family {
    case .byteLanguageModel, .wordLanguageModel, .textClassifier:
      maximumLength = try fields.integer("maximum_length", default: 32, in: 2...256)
    default: maximumLength = 0
    }
  }

  /// The one configuration of a seed, without limits.
  init(_ family: TaskSetFamily, configurationOf seed: Int) {
    self.family = family
    limits = SamplingLimits(seeds: seed..<seed + 1, maximumParameters: .max, maximumWork: .max)
    maximumLength = 256
  }

  /// The family on the data that stand in.
  func makeFamily() throws(ExperimentError) -> any TaskFamily {
    if let made = try configured() { return made }
    if limits.seeds.count == 1 {
      throw ExperimentError(
        .usage, doing: "making the configuration of seed \(limits.seeds.lowerBound) of \(family.rawValue)",
        problem: "its strides and crops leave nothing of the images that stand in")
    }
    throw ExperimentError(
      .usage, doing: "drawing configurations of \(family.rawValue)",
      problem: "none has at most \(limits.maximumParameters) parameters and \(limits.maximumWork) multiply-adds a loss",
      advice: "raise maximum_parameters or maximum_work of the recipe's task")
  }

  private func configured() throws(ExperimentError) -> (any TaskFamily)? {
    switch family {
    case .mlp: SampledFamily(perceptronsOn: try BundledData.digitImages(), limits: limits)
    case .autoencoder: SampledFamily(autoencodersOn: try BundledData.digitImages(), limits: limits)
    case .variationalAutoencoder:
      SampledFamily(variationalAutoencodersOn: try BundledData.digitImages(), limits: limits)
    case .convolutionsThenMLP: SampledFamily(convolutionsThenMLPOn: try BundledData.digitImages(), limits: limits)
    case .convolutionsThenPooling:
      SampledFamily(convolutionsThenPoolingOn: try BundledData.digitImages(), limits: limits)
    case .byteLanguageModel:
      SampledFamily(
        languageModels: .bytes, of: Verses.bytes(of: try BundledData.verses()), maximumLength: maximumLength,
        limits: limits)
    case .wordLanguageModel:
      SampledFamily(
        languageModels: .subwords, of: Verses.words(of: try BundledData.verses()), maximumLength: maximumLength,
        limits: limits)
    case .textClassifier:
      SampledFamily(
        classifiersOf: Verses.words(of: try BundledData.verses()), maximumLength: maximumLength, limits: limits)
    case .maskedAutoregressiveFlow:
      SampledFamily(maskedAutoregressiveFlowsOn: try BundledData.digitImages(), limits: limits)
    case .realNVP: SampledFamily(realNVPOn: try BundledData.digitImages(), limits: limits)
    case .quadratic: SampledFamily(quadratics: limits)
    case .problem: SampledFamily(problems: limits)
    }
  }
}
