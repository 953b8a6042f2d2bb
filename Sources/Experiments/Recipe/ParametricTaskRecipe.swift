package import Tasks

/// One of LO's parametric families in a recipe (spec §4.8), on the data that come with the program or on others that it names.
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
  private let data: Data

  /// The names of data sets.
  private enum Data: Sendable {
    case images(String)
    case texts(bytes: String, words: String)
  }

  init(_ family: Family, _ fields: Fields) throws(RecipeError) {
    self.family = family
    for field in ["calibration_steps", "configurations"] where fields.has(field) {
      throw fields.failure(
        field,
        "\(family.rawValue) has no list of configurations, and its losses are mapped as LO maps them; TaskSet's"
          + " sampled families have one")
    }
    // The smallest transformer has 70,000 parameters, and few are below 100,000.
    let parameters = family == .transformerLanguageModel ? 200_000 : 50_000
    limits = try SamplingLimits(fields, maximumParameters: parameters)
    maximumLength = family.readsText ? try fields.integer("maximum_length", default: 32, in: 2...512) : 0
    data =
      family.readsText
      ? .texts(
        bytes: try fields.otherDataSet("bytes", than: .verseBytes),
        words: try fields.otherDataSet("words", than: .verseWords))
      : .images(try fields.otherDataSet("data", than: .digits))
  }

  /// The names of the data sets that it draws from.
  var dataNames: [String] {
    switch data {
    case .images(let images): [images]
    case .texts(let bytes, let words): [bytes, words]
    }
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
    switch data {
    case .images(let images): try made(on: shelf.images(images))
    case .texts(let bytes, let words):
      try made(
        on: ParametricText(
          bytes: shelf.corpus(bytes), words: shelf.corpus(words), maximumLength: maximumLength))
    }
  }

  private func made(on images: TaskSetImages) -> ParametricFamily? {
    switch family {
    case .imageMLP: .imageMLP(on: images, limits: limits)
    case .imageConvolutions: .imageConvolutions(on: images, limits: limits)
    case .imageAutoencoder: .imageAutoencoder(on: images, limits: limits)
    case .imageVariationalAutoencoder: .imageVariationalAutoencoder(on: images, limits: limits)
    case .imageResidualNetwork: .imageResidualNetwork(on: images, limits: limits)
    case .visionTransformer: .visionTransformer(on: images, limits: limits)
    case .learnedOptimizerTraining: .learnedOptimizerTraining(on: images, limits: limits)
    case .recurrentLanguageModel, .transformerLanguageModel: preconditionFailure("\(family.rawValue) sees no images")
    }
  }

  private func made(on text: ParametricText) -> ParametricFamily? {
    family == .recurrentLanguageModel
      ? .recurrentLanguageModel(on: text, limits: limits) : .transformerLanguageModel(on: text, limits: limits)
  }
}
