package import RunSchema
import Tasks

/// What there is to train on: the families that recipes name, and those of TaskSet.
package enum TaskCatalogue {
  /// A family in a list.
  package struct Entry: Sendable {
    package enum Kind: String, Sendable {
      /// Recipes can name it.
      case recipe
      /// Its configurations are drawn as TaskSet publishes them.
      case taskSet = "taskset"
      /// One of TaskSet's tasks with a name of its own; recipes can name it in `fixed`.
      case fixed
    }

    package let name: String
    package let kind: Kind
    package let summary: String
  }

  package static var entries: [Entry] {
    TaskRecipe.Family.allCases.map { Entry(name: $0.rawValue, kind: .recipe, summary: $0.summary) }
      + TaskSetFamily.allCases.map { Entry(name: $0.rawValue, kind: .taskSet, summary: $0.summary) }
      + FixedTask.all.map { Entry(name: $0.name, kind: .fixed, summary: $0.summary) }
  }

  /// The entries in which each of the words occurs, whatever its case.
  package static func entries(with words: [String]) -> [Entry] {
    entries.filter { entry in
      let text = "\(entry.name) \(entry.kind.rawValue) \(entry.summary)".lowercased()
      return words.allSatisfy { text.contains($0.lowercased()) }
    }
  }

  /// The entry of a name.
  package static func entry(_ name: String) throws(ExperimentError) -> Entry {
    if let entry = entries.first(where: { $0.name == name }) { return entry }
    let names = entries.map(\.name)
    throw ExperimentError(
      .notFound, doing: "looking for the task \(name.shown)",
      problem: "there is none\(suggestion(for: name, among: names))", advice: "see runs tasks for all of them")
  }

  /// The configuration that TaskSet publishes for a seed of a family.
  package static func configuration(of family: String, seed: UInt64) throws(ExperimentError) -> JSONValue {
    guard let family = TaskSetFamily(rawValue: family) else {
      throw ExperimentError(.usage, doing: "drawing a configuration", problem: "\(family.shown) is none of TaskSet's")
    }
    guard let seed = Int(exactly: seed), family.seeds.contains(seed) else {
      throw ExperimentError(
        .usage, doing: "drawing a configuration of \(family.rawValue)",
        problem: "there is none for seed \(seed)", advice: "give 0 to \(family.seeds.upperBound)")
    }
    return JSONValue(family.configuration(seed: seed))
  }
}

extension JSONValue {
  /// A published configuration; whole numbers stay apart from others.
  init(_ value: PublishedValue) {
    self =
      switch value {
      case .null: .null
      case .bool(let flag): .bool(flag)
      case .integer(let integer): .integer(integer)
      case .number(let number): .number(number)
      case .text(let text): .text(text)
      case .array(let values): .array(values.map { JSONValue($0) })
      case .object(let members): .object(members.map { .init($0.name, JSONValue($0.value)) })
      }
  }
}

extension TaskRecipe.Family {
  fileprivate var summary: String {
    switch self {
    case .quadratic: "bowls over a 4x3 and a 3 tensor, from a drawn start"
    case .noisyQuadratic: "the same bowls from starts of scale 0.05 to 2, with noise on the gradient"
    case .quadratic10: "bowls of ten parameters"
    case .testFunction: "a test function of two parameters: Rosenbrock unless the recipe says another"
    case .diagonalValley: "a valley along the diagonal of two parameters, f = (x - y)^2 / 2"
    case .digitsMLP: "a perceptron on 8x8 handwritten digits (bundled)"
    case .mlp: "a perceptron on the data set that the recipe names (here the digits)"
    case .taskSetQuadratic: "TaskSet's quadratic_family"
    case .taskSetMLP: "TaskSet's mlp_family, on the digits"
    case .losg: "TaskSet's losg_tasks_family: fourteen kinds of small problems"
    case .byteLanguageModel: "TaskSet's char_rnn_language_model_family, on the bytes of the King James text (bundled)"
    case .wordLanguageModel: "TaskSet's word_rnn_language_model_family, on its words"
    case .textClassifier: "TaskSet's rnn_text_classification_family: verses by their kind of book"
    case .autoencoder: "TaskSet's mlp_ae_family, on the digits"
    case .variationalAutoencoder: "TaskSet's mlp_vae_family, on the digits"
    case .convolutionsThenMLP: "TaskSet's conv_fc_family, on the digits"
    case .convolutionsThenPooling: "TaskSet's conv_pooling_family, on the digits"
    case .maskedAutoregressiveFlow: "TaskSet's maf_family, on the digits"
    case .realNVP: "TaskSet's nvp_family, on the digits"
    case .fixed: "TaskSet's tasks with names of their own, those that the recipe lists"
    case .residualNetwork: "a ResNetV2 of 14 or 35 layers with batch norm, on the digits"
    case .imageMLP: "LO's parametric image_mlp: perceptrons on the digits at sizes of 4 to 32"
    case .imageConvolutions: "LO's image_conv: convolutions on the digits"
    case .imageAutoencoder: "LO's image_mlp_ae, on the digits"
    case .imageVariationalAutoencoder: "LO's image_mlp_vae, on the digits"
    case .imageResidualNetwork: "LO's image_resnet: residual networks of four groups, on the digits"
    case .visionTransformer: "LO's vit: vision transformers on the digits"
    case .learnedOptimizerTraining: "LO's lopt: a learned optimizer's weights, by the image_mlp trainings it leads"
    case .recurrentLanguageModel: "LO's lm_rnn: recurrent language models of the King James text, by bytes or words"
    case .transformerLanguageModel: "LO's lm_transformer: causal transformers on the same"
    }
  }
}

extension FixedTask {
  fileprivate var summary: String {
    data.name.map { "\(group.rawValue), on \($0)" } ?? group.rawValue
  }
}

extension TaskSetFamily {
  fileprivate var summary: String {
    switch self {
    case .mlp: "perceptrons on images"
    case .autoencoder: "perceptrons that encode and decode images"
    case .variationalAutoencoder: "variational autoencoders on images"
    case .convolutionsThenMLP: "convolutions, then a perceptron, on images"
    case .convolutionsThenPooling: "convolutions, then pooling, on images"
    case .byteLanguageModel: "recurrent language models by bytes"
    case .wordLanguageModel: "recurrent language models by subwords"
    case .textClassifier: "recurrent classifiers of text"
    case .maskedAutoregressiveFlow: "masked autoregressive flows on images"
    case .realNVP: "real NVP flows on images"
    case .quadratic: "quadratic losses with drawn matrices, noise and distortions"
    case .problem: "problems made of simple losses, with noise, scales and sums"
    }
  }
}
