/// The twelve families from which TaskSet draws tasks, by their published names (spec §4.4).
package enum TaskSetFamily: String, CaseIterable, Hashable, Sendable {
  case mlp = "mlp_family"
  case autoencoder = "mlp_ae_family"
  case variationalAutoencoder = "mlp_vae_family"
  case convolutionsThenMLP = "conv_fc_family"
  case convolutionsThenPooling = "conv_pooling_family"
  case byteLanguageModel = "char_rnn_language_model_family"
  case wordLanguageModel = "word_rnn_language_model_family"
  case textClassifier = "rnn_text_classification_family"
  case maskedAutoregressiveFlow = "maf_family"
  case realNVP = "nvp_family"
  case quadratic = "quadratic_family"
  case problem = "losg_tasks_family"

  /// What is added to a seed before it seeds the generator, so that families do not draw alike (spec §4.2).
  package var seedOffset: Int {
    switch self {
    case .mlp: 99_123_491
    case .maskedAutoregressiveFlow: 6_123_348
    case .realNVP: 123_919_936
    default: 0
    }
  }

  /// The seeds for which there is a configuration; TaskSet publishes those of 0 ..< 1000.
  package var seeds: ClosedRange<Int> { 0...Int(UInt32.max) - seedOffset }

  /// The configuration of a seed.
  package func draw(seed: Int) -> TaskSetConfiguration {
    precondition(seeds.contains(seed), "seed \(seed) of \(rawValue) is outside \(seeds)")
    var draws = TaskSetDraws(seed: UInt32(seed + seedOffset))
    return switch self {
    case .mlp: .mlp(TaskSet.MLP(from: &draws))
    case .autoencoder: .autoencoder(TaskSet.Autoencoder(from: &draws))
    case .variationalAutoencoder: .variationalAutoencoder(TaskSet.VariationalAutoencoder(from: &draws))
    case .convolutionsThenMLP: .convolutionsThenMLP(TaskSet.ConvolutionsThenMLP(from: &draws))
    case .convolutionsThenPooling: .convolutionsThenPooling(TaskSet.ConvolutionsThenPooling(from: &draws))
    case .byteLanguageModel: .languageModel(TaskSet.LanguageModel(of: .bytes, from: &draws))
    case .wordLanguageModel: .languageModel(TaskSet.LanguageModel(of: .subwords, from: &draws))
    case .textClassifier: .textClassifier(TaskSet.TextClassifier(from: &draws))
    case .maskedAutoregressiveFlow: .maskedAutoregressiveFlow(TaskSet.Flow(from: &draws))
    case .realNVP: .realNVP(TaskSet.Flow(from: &draws))
    case .quadratic: .quadratic(TaskSet.Quadratic(from: &draws))
    case .problem: .problem(TaskSet.SeededProblem(from: &draws))
    }
  }

  /// The configuration of a seed in TaskSet's own form.
  package func configuration(seed: Int) -> PublishedValue { draw(seed: seed).published }
}

/// A drawn configuration of one of the families.
package enum TaskSetConfiguration: Hashable, Sendable {
  case mlp(TaskSet.MLP)
  case autoencoder(TaskSet.Autoencoder)
  case variationalAutoencoder(TaskSet.VariationalAutoencoder)
  case convolutionsThenMLP(TaskSet.ConvolutionsThenMLP)
  case convolutionsThenPooling(TaskSet.ConvolutionsThenPooling)
  /// By bytes or by subwords, as its data set says.
  case languageModel(TaskSet.LanguageModel)
  case textClassifier(TaskSet.TextClassifier)
  case maskedAutoregressiveFlow(TaskSet.Flow)
  case realNVP(TaskSet.Flow)
  case quadratic(TaskSet.Quadratic)
  case problem(TaskSet.SeededProblem)
}

extension TaskSetConfiguration {
  /// The images that it names; nil for those that read text or need no data.
  package var images: TaskSet.ImageDataSet.Name? {
    switch self {
    case .mlp(let configuration): configuration.dataSet.name
    case .autoencoder(let configuration): configuration.dataSet.name
    case .variationalAutoencoder(let configuration): configuration.dataSet.name
    case .convolutionsThenMLP(let configuration): configuration.dataSet.name
    case .convolutionsThenPooling(let configuration): configuration.dataSet.name
    case .maskedAutoregressiveFlow(let configuration), .realNVP(let configuration): configuration.dataSet.name
    case .languageModel, .textClassifier, .quadratic, .problem: nil
    }
  }
}

extension TaskSetConfiguration: Publishable {
  package var published: PublishedValue {
    switch self {
    case .mlp(let configuration): configuration.published
    case .autoencoder(let configuration): configuration.published
    case .variationalAutoencoder(let configuration): configuration.published
    case .convolutionsThenMLP(let configuration): configuration.published
    case .convolutionsThenPooling(let configuration): configuration.published
    case .languageModel(let configuration): configuration.published
    case .textClassifier(let configuration): configuration.published
    case .maskedAutoregressiveFlow(let configuration), .realNVP(let configuration): configuration.published
    case .quadratic(let configuration): configuration.published
    case .problem(let configuration): configuration.published
    }
  }
}
