/// One of the 109 tasks that TaskSet publishes under names of their own (spec §4.6): its configuration stands in a table, a
/// draw has its own start and batches.
///
/// Networks, losses and starts are those of the published code. Its random numbers are TensorFlow's and are not ours; where
/// the published data set is not at hand, another stands in and the family's name says so.
package struct FixedTask: Sendable {
  package enum Group: String, CaseIterable, Hashable, Sendable {
    case twoDimensional = "2-D"
    case perceptron = "MLP"
    case autoencoder = "MLP autoencoder"
    case variationalAutoencoder = "MLP VAE"
    case pooledConvolutions = "conv, pooled"
    case flattenedConvolutions = "conv, flattened"
    case convolutionalAutoencoder = "conv autoencoder"
    case convolutionalVariationalAutoencoder = "conv VAE"
    case languageModel = "language model"
    case maskedAutoregressiveFlow = "MAF"
    case realNVP = "NVP"
    case textClassifier = "text RNN"
    case associativeRecall = "associative recall"
    case copy = "copy"
  }

  package let name: String
  package let group: Group
  /// What one would not expect of the name; kept as published.
  package let quirks: [FixedQuirk]
  private let model: any FixedModel

  init(_ name: String, _ group: Group, _ model: any FixedModel, quirks: [FixedQuirk] = []) {
    self.name = name
    self.group = group
    self.model = model
    self.quirks = quirks + model.quirks
  }

  /// All of them, in the order of the groups.
  package static let all: [FixedTask] =
    twoDimensional + perceptrons + autoencoders + variationalAutoencoders + pooledConvolutions + flattenedConvolutions
    + convolutionalAutoencoders + convolutionalVariationalAutoencoders + languageModels + maskedAutoregressiveFlows
    + realNVPs + textClassifiers + associativeRecalls + copies

  /// The task of that name.
  package init?(named name: String) {
    guard let task = Self.all.first(where: { $0.name == name }) else { return nil }
    self = task
  }

  /// The configuration as a value to show.
  package var configuration: PublishedValue { model.published }

  /// What it learns from.
  package var data: FixedData { model.data }

  /// The name of the task on the material: with the stand-in's name where one stands in.
  package func name(on material: FixedMaterial) -> String {
    material.standIn(for: model.data).map { "\(name)(\($0))" } ?? name
  }

  /// A draw.
  package func task(on material: FixedMaterial, seed: UInt64) -> any Task {
    model.problem(on: material).task(seed: seed)
  }

  /// What a batch costs on the material.
  package func operations(on material: FixedMaterial) -> StepOperations { model.problem(on: material).operations }
}

/// What is known of a fixed task beyond its name.
protocol FixedModel: Publishable, Sendable {
  var data: FixedData { get }
  /// Those that follow from the configuration.
  var quirks: [FixedQuirk] { get }

  func problem(on material: FixedMaterial) -> PlannedProblem
}

extension FixedModel {
  var data: FixedData { .none }
  var quirks: [FixedQuirk] { [] }
}

/// Where the published code does something else than a name says, or than one expects of what it says.
package enum FixedQuirk: Hashable, Sendable, CustomStringConvertible {
  /// Batch norm runs with is_training false: it divides by its first moments, 0 and 1, and never learns others.
  case frozenBatchNorm
  /// Batch norm runs with is_training true on every split: it never uses running moments.
  case batchStatisticsOnEverySplit
  /// Units are dropped on every split.
  case dropoutOnEverySplit
  case dataSet(named: String, inFact: String)
  case batchSize(named: Int, inFact: Int)
  case widths(named: String, inFact: String)

  package var description: String {
    switch self {
    case .frozenBatchNorm: "batch norm keeps its first moments 0 and 1 (is_training false)"
    case .batchStatisticsOnEverySplit: "batch norm uses the batch's moments on every split (is_training true)"
    case .dropoutOnEverySplit: "units are dropped on every split"
    case .dataSet(let named, let inFact): "named \(named), in fact \(inFact)"
    case .batchSize(let named, let inFact): "named bs\(named), in fact a batch of \(inFact)"
    case .widths(let named, let inFact): "named \(named), in fact \(inFact)"
    }
  }
}
