import Foundation
import Numerics
import Tasks
import Testing

/// TaskSet's fixed tasks: their names, their builds, and their laws.
struct FixedTaskTests {
  /// As spec §4.6 and the published registry have them, written here once more.
  static let names: Set<String> = {
    func cores(_ prefix: String, _ list: [(String, Int, Int)], _ a: String, _ b: String) -> [String] {
      list.map { "\(prefix)_\($0.0)_BS128_\(a)\($0.1)_\(b)\($0.2)" }
    }
    var all = ["Bowl1", "Bowl10", "Bowl100", "Bowl1000", "Rosenbrock", "Ackley", "Beale", "StyblinskiTang"]
      .map { "TwoD_" + $0 }
    for data in ["cifar10", "mnist", "food10132x32"] {
      for loss in ["mse", "ce"] { all.append("FixedMLP_\(data)_\(loss)_128x128x128_relu_bs128") }
    }
    all += ["Dropout05_128x128_relu", "Dropout08_128x128_relu", "Dropout02_128x128_relu", "LayerNorm_128x128x128_relu"]
      .map { "FixedMLP_cifar10_\($0)_bs128" }
    all += ["LayerNorm_128x128x128_tanh", "BatchNorm_128x128x128_relu", "BatchNorm_64x64x64x64x64_relu"]
      .map { "FixedMLP_cifar10_\($0)_bs128" }
    all += ["mnist_32x32x32", "mnist_128x32x128", "cifar10_128x32x128"].map { "FixedMLPAE_\($0)_bs128" }
    all += ["cifar101_128x32x128", "cifar101_128x128x32x128x128", "mnist_128x8x128x128", "mnist_128x128x8x128"]
      .map { "FixedMLPVAE_\($0)_bs128" }
    all += ["FixedMLPVAE_mnist_128x64x32x64x128_bs64", "FixedMLPVAE_food10132x32_128x64x32x64x128_bs64"]
    all.append("Imagenet32x30_FC_VAE_128x64x32x64x128_relu_bs256")
    all += [
      "cifar10_32x64x64_bs128", "cifar10_32x64x64_tanh_bs64", "cifar10_32x64x128_he_bs64",
      "cifar10_32x64x128_normal_bs64", "cifar10_32x64x128_largenormal_bs64", "cifar10_32x64x128_smallnormal_bs64",
      "cifar10_32x64x128x128x128_avg_he_bs64", "cifar10_batchnorm_32x64x64_bs128",
      "cifar10_batchnorm_32x32x32x64x64_bs128", "food101_batchnorm_32x32x32x64x64_bs128",
      "cifar100_bn_32x64x128x128_bs128", "coil10032x32_bn_32x64x128x128_bs128", "sun39732x32_bn_32x64x128x128_bs128",
      "cifar10_32x64x64_flatten_bs128", "cifar10_32x64x64_fc_64_bs128",
      "cifar10_32x64x128_flatten_FC64x32_tanh_he_bs8",
      "cifar10_32x64x128_flatten_FC64x32_tanh_variance_scaling_bs64", "mnist_32x64x64_fc_64_bs128",
      "cifar100_32x64x128_FC64x32_tanh_variance_scaling_bs64", "cifar100_32x64x64_flatten_bs128",
      "food10164x64_Conv_32x64x64_flatten_bs64", "colorectalhistology32x32_32x64x64_flatten_bs128",
    ].map { "FixedImageConv_" + $0 }
    all.append("Mnist_Conv_32x16x64_flatten_FC32_tanh_bs32")
    all += [
      "mnist_32x32x32x32x32_bs128", "mnist_32x64x8x64x32_bs128", "mnist_32x64x32x64x32_bs512",
      "cifar10_32x32x32x32x32_bs128", "cifar10_32x64x8x64x32_bs128",
    ].map { "FixedImageConvAE_" + $0 }
    all += [
      "mnist_32x32x32x32x32_bs128", "mnist_32x64x32x64x32_bs128", "mnist_64x128x128x128x64_bs128",
      "cifar10_32x64x128x64x32_bs128", "cifar10_64x128x256x128x256x128x64_bs128",
      "cifar10_32x64x128x64x128x64x32_bs128", "cifar10_32x64x128x64x128x64x32_bs512",
    ].map { "FixedImageConvVAE_" + $0 }
    all += ["GRU64", "GRU128", "GRU256", "LSTM128", "LSTM256"].map { "FixedLM_lm1b_patch128_\($0)_embed64_avg_bs128" }
    all += ["FixedMAF_mnist_2layer_bs64", "FixedMAF_mnist_3layer_thin_bs64", "FixedMAF_cifar10_3layer_bs64"]
    all += ["2layer_bs64", "5layer_bs64", "5layer_thin_bs64", "3layer_thin_bs64", "9layer_thin_bs16"]
      .map { "FixedNVP_mnist_" + $0 }
    all += [
      "patch32_LSTM128_bs128", "patch128_LSTM128_bs64", "patch32_LSTM128_E128_bs128", "patch128_LSTM128_embed128_bs64",
      "patch128_LSTM128_avg_bs64", "patch32_GRU128_bs128", "patch32_GRU64_avg_bs128", "patch32_VRNN128_tanh_bs128",
      "patch32_VRNN64_tanh_avg_bs128", "patch32_VRNN64_relu_avg_bs128", "patch32_IRNN64_relu_avg_bs128",
      "patch32_IRNN64_relu_last_bs128",
    ].map { "FixedTextRNNClassification_imdb_" + $0 }
    all += cores(
      "Associative",
      [
        ("LSTM128", 5, 20), ("LSTM128", 20, 50), ("LSTM256", 40, 100), ("LSTM128", 10, 50), ("GRU128", 10, 50),
        ("VRNN128", 10, 50), ("LSTM256", 20, 50), ("GRU256", 20, 50), ("VRNN256", 20, 50),
      ], "Pairs", "Tokens")
    all += cores(
      "Copy",
      [
        ("LSTM128", 5, 10), ("LSTM128", 20, 20), ("LSTM128", 50, 5), ("LSTM128", 20, 10), ("GRU128", 20, 10),
        ("VRNN128", 20, 10), ("LSTM256", 40, 50), ("GRU256", 40, 50), ("VRNN256", 40, 50),
      ], "Length", "Tokens")
    return Set(all)
  }()

  static let material = FixedMaterial(
    imagesStandIn: SampledFamiliesTests.digits, bytes: SampledFamiliesTests.bytes, words: SampledFamiliesTests.words)

  /// With RUNS_ALL_TASKS set, all; else one or two of each group that are cheap.
  static let tried: [FixedTask] = {
    if ProcessInfo.processInfo.environment["RUNS_ALL_TASKS"] != nil { return FixedTask.all }
    return [
      "TwoD_Bowl100", "TwoD_Ackley", "FixedMLP_mnist_mse_128x128x128_relu_bs128",
      "FixedMLP_cifar10_Dropout05_128x128_relu_bs128", "FixedMLP_cifar10_LayerNorm_128x128x128_tanh_bs128",
      "FixedMLP_cifar10_BatchNorm_64x64x64x64x64_relu_bs128", "FixedMLPAE_mnist_32x32x32_bs128",
      "FixedMLPVAE_mnist_128x8x128x128_bs128", "FixedImageConv_cifar10_32x64x128_he_bs64",
      "FixedImageConv_cifar10_batchnorm_32x64x64_bs128", "FixedImageConv_cifar10_32x64x128_flatten_FC64x32_tanh_he_bs8",
      "FixedImageConvAE_mnist_32x32x32x32x32_bs128", "FixedImageConvVAE_cifar10_32x64x128x64x128x64x32_bs128",
      "FixedMAF_mnist_3layer_thin_bs64", "FixedNVP_mnist_3layer_thin_bs64",
      "FixedTextRNNClassification_imdb_patch32_IRNN64_relu_last_bs128", "Associative_VRNN128_BS128_Pairs10_Tokens50",
      "Associative_LSTM128_BS128_Pairs5_Tokens20", "Copy_GRU128_BS128_Length20_Tokens10",
      "Copy_LSTM128_BS128_Length5_Tokens10",
    ].map { FixedTask(named: $0)! }
  }()

  @Test func theNamesAreThe109Published() {
    #expect(Self.names.count == 109)
    #expect(FixedTask.all.count == 109)
    #expect(Set(FixedTask.all.map(\.name)) == Self.names)
    #expect(FixedTask(named: "Copy_LSTM128_BS128_Length5_Tokens11") == nil)
  }

  @Test func everyGroupHasAsManyAsPublished() {
    let counts = Dictionary(grouping: FixedTask.all, by: \.group).mapValues(\.count)
    let published: [FixedTask.Group: Int] = [
      .twoDimensional: 8, .perceptron: 13, .autoencoder: 3, .variationalAutoencoder: 7, .pooledConvolutions: 13,
      .flattenedConvolutions: 10, .convolutionalAutoencoder: 5, .convolutionalVariationalAutoencoder: 7,
      .languageModel: 5, .maskedAutoregressiveFlow: 3, .realNVP: 5, .textClassifier: 12, .associativeRecall: 9,
      .copy: 9,
    ]
    #expect(counts == published)
  }

  /// The batch size that ends most names, and the numbers of the sequences, are those of the configuration.
  @Test(arguments: FixedTask.all)
  func theConfigurationIsThatOfTheName(_ task: FixedTask) {
    let configuration = task.configuration
    guard let size = configuration["bs"] else { return #expect(task.group == .twoDimensional) }
    let wrong = task.quirks.contains { if case .batchSize = $0 { true } else { false } }
    let number = task.name.split(separator: "_").first { $0.lowercased().hasPrefix("bs") }!.dropFirst(2)
    #expect((size == .integer(Int(number)!)) != wrong, "\(size)")
    let text = configuration.description
    for part in task.name.split(separator: "_") {
      for word in ["Pairs", "Length", "Tokens", "LSTM", "GRU", "VRNN", "IRNN", "patch"] where part.hasPrefix(word) {
        #expect(text.contains(part.dropFirst(word.count)), "\(part) in \(text)")
      }
    }
    if case .images(let images) = task.data, !task.quirks.contains(where: { "\($0)".contains("in fact") }) {
      let name = images.rawValue.replacing("_", with: "").prefix(4)
      #expect(task.name.lowercased().contains(name), "\(images)")
    }
  }

  @Test(arguments: tried)
  func aFewStepsOfAdamEndWithFiniteNumbers(_ fixed: FixedTask) {
    let task = fixed.task(on: Self.material, seed: 3)
    let workspace = Workspace()
    var w = task.initialParameters()
    var gradient = Tensors(zeros: task.parameters)
    // Scales of flows have no bound: at 1e-3 a wide one is beyond all numbers in three steps.
    var adam = PlainAdam(task, rate: 1e-4)
    for step in 0..<3 {
      let loss = task.loss(w, on: Batch(.train, step), gradient: &gradient, in: workspace)
      #expect(loss.isFinite && gradient.values.allSatisfy(\.isFinite), "step \(step) of \(fixed.name): \(loss)")
      adam.step(&w, gradient)
    }
    #expect(gradient.values.contains { $0 != 0 })
  }

  /// Logits that start small make log C of every classifier, of C classes or symbols.
  @Test(arguments: tried)
  func theLossAtTheStartIsThatOfChance(_ fixed: FixedTask) {
    let task = fixed.task(on: Self.material, seed: 4)
    let start = task.normalization.initial
    #expect(start.isFinite)
    let chance: Double? =
      switch fixed.group {
      case .perceptron: fixed.name.contains("_mse_") ? 0.25 : 2.3026
      case .pooledConvolutions, .flattenedConvolutions: 2.3026
      case .languageModel: 5.5452
      // A state that starts with the identity adds up what it sees, and gives large logits.
      case .textClassifier: fixed.name.contains("IRNN") ? nil : 1.7918
      case .associativeRecall, .copy:
        CorrectlyRounded.log(Double(fixed.name.split(separator: "Tokens").last.map { Int($0)! + 2 }!))
      default: nil
      }
    // Sonnet's weights give logits of variance 0.1 to 1, whose half raises the loss.
    if let chance { #expect(start > 0.93 * chance && start < 1.5 * chance, "\(fixed.name): \(start), \(chance)") }
  }

  @Test(arguments: tried)
  func theGradientIsTheSlopeInItsDirection(_ fixed: FixedTask) throws {
    let task = fixed.task(on: Self.material, seed: 5)
    let workspace = Workspace()
    let error = try #require(
      slopeError(
        of: task, at: task.initialParameters(), on: Batch(.train, 2), parts: [1e-2, 1e-3, 1e-4, 1e-5], workspace))
    // A float loss of rounding 6e-8 gives the slope to 1e-3 at best; kinks of rectifiers add to it.
    #expect(error < 1e-2, "\(fixed.name)")
  }

  @Test(arguments: ["Copy_LSTM128_BS128_Length5_Tokens10", "FixedMLP_cifar10_Dropout05_128x128_relu_bs128"])
  func aDrawIsAFunctionOfItsSeedAndABatchOfItsAddress(_ name: String) throws {
    let fixed = try #require(FixedTask(named: name))
    let (one, again) = (fixed.task(on: Self.material, seed: 9), fixed.task(on: Self.material, seed: 9))
    let at = one.initialParameters()
    #expect(at == again.initialParameters())
    #expect(at != fixed.task(on: Self.material, seed: 10).initialParameters())
    let batches = Split.allCases.flatMap { split in [0, 3, 70_000].map { Batch(split, $0) } }
    let losses = batches.map { one.loss(at, on: $0, in: Workspace()) }
    #expect(Set(losses).count == batches.count)
    let workspace = Workspace()
    for (batch, loss) in zip(batches, losses).reversed() { #expect(again.loss(at, on: batch, in: workspace) == loss) }
  }

  /// A model that is sure of token 0 is wrong at every byte of a text and would be right behind its end.
  @Test func whatFillsUpAShortTextDoesNotCount() throws {
    let texts = (0..<80).map { text in (0..<5).map { Int32(1 + (text + $0) % 250) } }
    let short = TextCorpus(
      name: "short", source: "made by the test", vocabularySize: 256, classCount: 2, texts: texts,
      labels: texts.indices.map { Int32($0 % 2) })
    let material = FixedMaterial(imagesStandIn: SampledFamiliesTests.digits, bytes: short, words: short)
    let fixed = try #require(FixedTask(named: "FixedLM_lm1b_patch128_GRU64_embed64_avg_bs128"))
    let task = fixed.task(on: material, seed: 1)
    var w = task.initialParameters()
    let bias = try #require(task.parameters["output.bias"])
    w.values[bias.offset] = 30
    // Of 127 places 4 count; if all did, the loss would be near 1.
    #expect(task.loss(w, on: Batch(.train, 0), in: Workspace()) > 25)
  }

  @Test func operationsAreThoseOfTheProducts() throws {
    let fixed = try #require(FixedTask(named: "FixedMLP_mnist_ce_128x128x128_relu_bs128"))
    let operations = try #require(fixed.task(on: Self.material, seed: 1).operations)
    let products = 2 * 128 * (64 * 128 + 2 * 128 * 128 + 128 * 10)
    #expect(operations.loss > products && Double(operations.loss) < 1.05 * Double(products))
    // The gradient of all but the first layer's input.
    let backward = 2 * products - 2 * 128 * 64 * 128
    let ratio = Double(operations.gradient) / Double(products + backward)
    #expect(ratio > 1 && ratio < 1.05)
  }

  @Test func whatStandsInIsInTheName() throws {
    let images = try #require(FixedTask(named: "FixedMLPAE_mnist_32x32x32_bs128"))
    #expect(images.name(on: Self.material) == "FixedMLPAE_mnist_32x32x32_bs128(digits)")
    let own = FixedMaterial(
      images: [.mnist: SampledFamiliesTests.digits], imagesStandIn: SampledFamiliesTests.digits,
      bytes: SampledFamiliesTests.bytes, words: SampledFamiliesTests.words)
    #expect(images.name(on: own) == images.name)
    let copy = try #require(FixedTask(named: "Copy_LSTM128_BS128_Length5_Tokens10"))
    #expect(copy.name(on: Self.material) == copy.name)
  }

  @Test func everyQuirkOfTheSpecIsStated() {
    let texts = { (name: String) in FixedTask(named: name)!.quirks.map(\.description) }
    #expect(texts("FixedNVP_mnist_9layer_thin_bs16") == ["named bs16, in fact a batch of 64"])
    #expect(texts("FixedImageConvVAE_mnist_32x64x32x64x32_bs128") == ["named mnist, in fact cifar10"])
    #expect(texts("Imagenet32x30_FC_VAE_128x64x32x64x128_relu_bs256") == ["named Imagenet32x30, in fact food101_32x32"])
    let frozen = FixedTask.all.filter { $0.quirks.contains(.frozenBatchNorm) }.map(\.name)
    #expect(frozen.allSatisfy { $0.hasPrefix("FixedMLP_cifar10_BatchNorm") } && frozen.count == 2)
    #expect(FixedTask.all.count { $0.quirks.contains(.batchStatisticsOnEverySplit) } == 6)
    #expect(FixedTask.all.count { $0.quirks.contains(.dropoutOnEverySplit) } == 3)
  }
}

/// The sequences that some fixed tasks make.
struct FixedSequenceTests {
  static func example(_ sequence: FixedSequence, _ position: Int) -> (inputs: [Int], answers: [Int]) {
    sequence.example(Randomness(key: 7), Batch(.train, 0).address, position: position)
  }

  @Test func aCopyIsSaidAgainBehindTheSeparator() {
    let sequence = FixedSequence(.copy(length: 5), tokens: 10)
    var seen: Set<Int> = []
    for position in 0..<100 {
      let (inputs, answers) = Self.example(sequence, position)
      #expect(inputs.count == sequence.length && answers.count == sequence.answers)
      #expect(inputs == answers + [10] + [11, 11, 11, 11, 11])
      #expect(answers.allSatisfy { $0 >= 0 && $0 < 10 })
      seen.formUnion(answers)
    }
    #expect(seen.count == 10)
  }

  @Test func theAnswerStoodBesideTheKey() {
    let sequence = FixedSequence(.recall(pairs: 4), tokens: 6)
    var asked = [Int](repeating: 0, count: 4)
    for position in 0..<400 {
      let (inputs, answers) = Self.example(sequence, position)
      #expect(inputs.count == 10 && answers.count == 1)
      let keys = stride(from: 0, to: 8, by: 2).map { inputs[$0] }
      #expect(Set(keys).count == 4, "keys differ")
      #expect(inputs[8] == 7, "the sign that asks")
      let place = keys.firstIndex(of: inputs[9])!
      #expect(inputs[2 * place + 1] == answers[0])
      asked[place] += 1
    }
    // 100 each, with a deviation of 9.
    #expect(asked.allSatisfy { abs($0 - 100) < 45 }, "\(asked)")
  }
}
