package import Tasks

/// One of LO's parametric families in a recipe (spec §4.8), on the data that come with the program.
package struct ParametricTaskRecipe: Sendable {
  package enum Family: String, CaseIterable, Sendable {
    case imageMLP = "image_mlp"
    case imageConvolutions = "image_conv"
    case imageAutoencoder = "image_mlp_ae"
    case imageVariationalAutoencoder = "image_mlp_vae"
    case imageResidualNetwork = "image_resnet"
    case visionTransformer = "vit"
    case learnedOptimizerTraining = "lopt"
    case recurrentLanguageModel = "lm_rnn"
    case transformerLanguageModel = "lm_transformer"

    fileprivate var readsText: Bool { self == .recurrentLanguageModel || self == .transformerLanguageModel }
  }

  package let family: Family
  package let limits: SamplingLimits
  /// The most tokens of a sequence, for families that read text.
  package let maximumLength: Int

  init(_ family: Family, _ fields: Fields) throws(RecipeError) {
    self.family = family
    // The smallest transformer has 70,000 parameters, and few are below 100,000.
    let parameters = family == .transformerLanguageModel ? 200_000 : 50_000
    limits = try SamplingLimits(fields, maximumParameters: parameters)
    maximumLength = family.readsText ? try fields.integer("maximum_length", default: 32, in: 2...512) : 0
  }

  /// The names of the data sets that it draws from.
  var dataNames: [String] {
    (family.readsText ? [BundledData.verseBytes, .verseWords] : [.digits]).map(\.rawValue)
  }

  func makeFamily(from shelf: DataShelf) throws -> any TaskFamily {
    if let made = try made(from: shelf) { return made }
    throw ExperimentError(
      .usage, doing: "drawing configurations of \(family.rawValue)",
      problem:
        "hardly one has at most \(limits.maximumParameters) parameters and \(limits.maximumWork) multiply-adds a loss",
      advice: "raise maximum_parameters or maximum_work of the recipe's task")
  }

  private func made(from shelf: DataShelf) throws -> ParametricFamily? {
    let images = { try shelf.images(BundledData.digits.rawValue) }
    return switch family {
    case .imageMLP: .imageMLP(on: try images(), limits: limits)
    case .imageConvolutions: .imageConvolutions(on: try images(), limits: limits)
    case .imageAutoencoder: .imageAutoencoder(on: try images(), limits: limits)
    case .imageVariationalAutoencoder: .imageVariationalAutoencoder(on: try images(), limits: limits)
    case .imageResidualNetwork: .imageResidualNetwork(on: try images(), limits: limits)
    case .visionTransformer: .visionTransformer(on: try images(), limits: limits)
    case .learnedOptimizerTraining: .learnedOptimizerTraining(on: try images(), limits: limits)
    case .recurrentLanguageModel: .recurrentLanguageModel(on: try text(from: shelf), limits: limits)
    case .transformerLanguageModel: .transformerLanguageModel(on: try text(from: shelf), limits: limits)
    }
  }

  private func text(from shelf: DataShelf) throws -> ParametricText {
    ParametricText(
      bytes: try shelf.corpus(BundledData.verseBytes.rawValue),
      words: try shelf.corpus(BundledData.verseWords.rawValue),
      maximumLength: maximumLength)
  }
}
