import RunSchema
package import Tasks

/// One family of a recipe's task distribution.
package struct TaskRecipe: Sendable {
  package enum Family: String, CaseIterable, Sendable {
    case quadratic
    case noisyQuadratic = "noisy_quadratic"
    case quadratic10 = "quadratic_10"
    case testFunction = "test_function"
    case diagonalValley = "diagonal_valley"
    case digitsMLP = "digits_mlp"
    case mlp
    case taskSetQuadratic = "taskset_quadratic"
    case taskSetMLP = "taskset_mlp"
    case losg
    case byteLanguageModel = "char_rnn"
    case wordLanguageModel = "word_rnn"
    case textClassifier = "text_classification"
    case autoencoder = "mlp_ae"
    case variationalAutoencoder = "mlp_vae"
    case convolutionsThenMLP = "conv_fc"
    case convolutionsThenPooling = "conv_pooling"
    case maskedAutoregressiveFlow = "maf"
    case realNVP = "nvp"
    case fixed
    case residualNetwork = "resnet_v2"
    case imageMLP = "image_mlp"
    case imageConvolutions = "image_conv"
    case imageAutoencoder = "image_mlp_ae"
    case imageVariationalAutoencoder = "image_mlp_vae"
    case imageResidualNetwork = "image_resnet"
    case visionTransformer = "vit"
    case learnedOptimizerTraining = "lopt"
    case recurrentLanguageModel = "lm_rnn"
    case transformerLanguageModel = "lm_transformer"
  }

  /// A perceptron on a data set.
  package struct Perceptron: Sendable {
    package let data: String
    package let hidden: [Int]
    package let batchSize: Int
  }

  package enum Kind: Sendable {
    case quadratic(QuadraticFamily)
    case testFunction(TestFunction)
    case diagonalValley
    case perceptron(Perceptron)
    case sampled(SampledTaskRecipe)
    case fixed(FixedTaskRecipe)
    case residualNetwork(ResidualNetworkRecipe)
    case parametric(ParametricTaskRecipe)
  }

  package let family: Family
  package let kind: Kind
  /// How often this family is drawn, relative to the others.
  package let weight: Double
  /// How often a draw is changed in each way; nil where none ever is.
  package let augmentations: Augmentation.Probabilities?
  /// All fields but the weight: entries of which these are equal have the same calibration.
  let subject: JSONValue

  init(_ fields: Fields) throws(RecipeError) {
    // Who names fixed tasks need not name their family.
    family = try fields.choice("family", default: fields.has("fixed") ? Family.fixed : nil)
    weight = try fields.double("weight", default: 1, in: .above(0))
    switch family {
    case .quadratic: kind = .quadratic(.toy)
    case .noisyQuadratic: kind = .quadratic(.noisyToy)
    case .quadratic10: kind = .quadratic(.tenDimensional)
    case .testFunction: kind = .testFunction(try fields.choice("function", default: TestFunction.rosenbrock))
    case .diagonalValley: kind = .diagonalValley
    case .digitsMLP: kind = .perceptron(try Perceptron(on: BundledData.digits.rawValue, fields))
    case .mlp:
      kind = .perceptron(
        try Perceptron(on: try fields.dataSet("data", default: BundledData.digits.rawValue), fields))
    case .taskSetQuadratic: kind = .sampled(try SampledTaskRecipe(.quadratic, fields))
    case .taskSetMLP: kind = .sampled(try SampledTaskRecipe(.mlp, fields))
    case .losg: kind = .sampled(try SampledTaskRecipe(.problem, fields))
    case .byteLanguageModel: kind = .sampled(try SampledTaskRecipe(.byteLanguageModel, fields))
    case .wordLanguageModel: kind = .sampled(try SampledTaskRecipe(.wordLanguageModel, fields))
    case .textClassifier: kind = .sampled(try SampledTaskRecipe(.textClassifier, fields))
    case .autoencoder: kind = .sampled(try SampledTaskRecipe(.autoencoder, fields))
    case .variationalAutoencoder: kind = .sampled(try SampledTaskRecipe(.variationalAutoencoder, fields))
    case .convolutionsThenMLP: kind = .sampled(try SampledTaskRecipe(.convolutionsThenMLP, fields))
    case .convolutionsThenPooling: kind = .sampled(try SampledTaskRecipe(.convolutionsThenPooling, fields))
    case .maskedAutoregressiveFlow: kind = .sampled(try SampledTaskRecipe(.maskedAutoregressiveFlow, fields))
    case .realNVP: kind = .sampled(try SampledTaskRecipe(.realNVP, fields))
    case .fixed: kind = .fixed(try FixedTaskRecipe(fields))
    case .residualNetwork: kind = .residualNetwork(try ResidualNetworkRecipe(fields))
    case .imageMLP: kind = .parametric(try ParametricTaskRecipe(.imageMLP, fields))
    case .imageConvolutions: kind = .parametric(try ParametricTaskRecipe(.imageConvolutions, fields))
    case .imageAutoencoder: kind = .parametric(try ParametricTaskRecipe(.imageAutoencoder, fields))
    case .imageVariationalAutoencoder:
      kind = .parametric(try ParametricTaskRecipe(.imageVariationalAutoencoder, fields))
    case .imageResidualNetwork: kind = .parametric(try ParametricTaskRecipe(.imageResidualNetwork, fields))
    case .visionTransformer: kind = .parametric(try ParametricTaskRecipe(.visionTransformer, fields))
    case .learnedOptimizerTraining: kind = .parametric(try ParametricTaskRecipe(.learnedOptimizerTraining, fields))
    case .recurrentLanguageModel: kind = .parametric(try ParametricTaskRecipe(.recurrentLanguageModel, fields))
    case .transformerLanguageModel: kind = .parametric(try ParametricTaskRecipe(.transformerLanguageModel, fields))
    }
    // Asked for where it stands only: a recipe without it resolves to what it always did.
    augmentations =
      fields.has("augmentations")
      ? try fields.section("augmentations") { inner throws(RecipeError) in try Augmentation.Probabilities(inner) } : nil
    subject = .object(fields.resolved.filter { $0.key != "weight" })
  }
}

extension TaskRecipe {
  /// The names of all data sets that it draws from.
  var dataNames: [String] {
    switch kind {
    case .quadratic, .testFunction, .diagonalValley: []
    case .perceptron(let perceptron): [perceptron.data]
    case .sampled(let sampled): sampled.dataNames
    case .fixed(let fixed): fixed.dataNames
    case .residualNetwork(let network): [network.data]
    case .parametric(let parametric): parametric.dataNames
    }
  }

  /// Whether tasks of which Adam makes nothing are left out.
  var leavesTasksOut: Bool {
    if case .sampled(let sampled) = kind { sampled.calibrationSteps != nil } else { false }
  }

  /// The family; `calibrations` scale the losses of those that need it.
  func makeFamily(calibrations: [TaskCalibration], from shelf: DataShelf = DataShelf()) throws -> any TaskFamily {
    let family = try plainFamily(calibrations: calibrations, from: shelf)
    return augmentations.map { AugmentedFamily(family, $0) } ?? family
  }

  /// The family before its draws are changed: what a baseline is measured on.
  func plainFamily(calibrations: [TaskCalibration], from shelf: DataShelf = DataShelf()) throws -> any TaskFamily {
    switch kind {
    case .quadratic(let family): return family
    case .testFunction(let function): return TestFunctionFamily(function)
    case .diagonalValley: return DiagonalValleyFamily()
    case .perceptron(let perceptron):
      let (dataSet, partition) = try shelf.vectors(perceptron.data)
      return MLPClassifierFamily(
        dataSet: dataSet, partition: partition, hidden: perceptron.hidden, batchSize: perceptron.batchSize,
        bestLoss: calibrations.first?.bestLoss ?? 0)
    case .sampled(let sampled): return try sampled.makeFamily(calibrations, from: shelf)
    case .fixed(let fixed): return try fixed.makeFamily(calibrations, from: shelf)
    case .residualNetwork(let network): return try network.makeFamily(from: shelf)
    case .parametric(let parametric): return try parametric.makeFamily(from: shelf)
    }
  }
}

extension TaskRecipe.Perceptron {
  fileprivate init(on data: String, _ fields: Fields) throws(RecipeError) {
    self.init(
      data: data, hidden: try fields.integers("hidden", default: [32], in: 1...4_096),
      batchSize: try fields.integer("batch_size", default: 128, in: 1...4_096))
  }
}
