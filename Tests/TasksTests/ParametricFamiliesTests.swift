import Numerics
import Testing

@testable import Tasks

/// The laws of tasks, over LO's parametric families.
struct ParametricFamiliesTests {
  struct Sample: CustomTestStringConvertible, Sendable {
    let family: ParametricFamily
    /// What the loss at the start is near in most configurations; nil where theory says nothing.
    let chance: Double?

    var testDescription: String { family.name }

    init(_ family: ParametricFamily, chance: Double?) {
      self.family = family
      self.chance = chance
    }
  }

  static let limits = SamplingLimits(maximumParameters: 20_000, maximumWork: 1_500_000)
  static let digits = SampledFamiliesTests.digits
  /// All of them, some with limits of their own, since hardly a draw is smaller.
  static func families(
    _ limits: SamplingLimits, residual: SamplingLimits? = nil, transformers: SamplingLimits? = nil, maximumLength: Int
  ) -> [ParametricFamily] {
    let text = ParametricText(
      bytes: SampledFamiliesTests.bytes, words: SampledFamiliesTests.words, maximumLength: maximumLength)
    return [
      .imageMLP(on: digits, limits: limits), .imageConvolutions(on: digits, limits: limits),
      .imageAutoencoder(on: digits, limits: limits), .imageVariationalAutoencoder(on: digits, limits: limits),
      .imageResidualNetwork(on: digits, limits: residual ?? limits), .visionTransformer(on: digits, limits: limits),
      .learnedOptimizerTraining(on: digits, limits: limits), .recurrentLanguageModel(on: text, limits: limits),
      .transformerLanguageModel(on: text, limits: transformers ?? limits),
    ].map { $0! }
  }

  static let all: [Sample] = zip(
    families(
      limits, residual: SamplingLimits(maximumParameters: 60_000, maximumWork: 6_000_000),
      transformers: SamplingLimits(maximumParameters: 200_000, maximumWork: 12_000_000), maximumLength: 8),
    [2.3, 2.3, nil, nil, 2.3, 2.3, 6.99, nil, nil]
  ).map { Sample($0, chance: $1) }

  /// Draws are within their ranges, and most of a range is reached.
  @Test func configurationsAreDrawnFromTheirRanges() {
    let drawn = (0..<400).map { seed -> ImageMLP in
      var draws = ParametricDraws(seed: UInt64(seed), attempt: 0)
      return ImageMLP(from: &draws)
    }
    #expect(drawn.allSatisfy { (8...128).contains($0.width) && (4...32).contains($0.imageSize) })
    #expect(drawn.allSatisfy { (4...512).contains($0.batchSize) })
    #expect(Set(drawn.map(\.layers)) == [0, 1, 2, 3, 4])
    #expect(Set(drawn.map(\.dataSet)).count == 5 && Set(drawn.map(\.activation)).count == 10)
    #expect(drawn.map(\.width).min()! == 8 && drawn.map(\.batchSize).max()! > 400)
    // Log-uniform: as many below the geometric mean of the bounds as above, within four deviations of a binomial.
    let small = drawn.filter { $0.width < 32 }.count
    #expect(abs(small - 200) < 40, "\(small)")
  }

  /// The quick way to a whole number is the exact one, also where e^x is hardly more or less than one.
  @Test func aDrawOnALogarithmicScaleIsCutExactly() {
    func expect(_ x: Double) {
      let exact = Int(CorrectlyRounded.exp(x))
      #expect(ParametricDraws.wholeExponential(x) == exact, "e^\(x)")
    }
    for whole in 1...10_000 {
      let x = CorrectlyRounded.log(Double(whole))
      for distance in [0, 1e-15, 1e-12, 1e-9, 1e-7, 1e-6, 3e-6, 1e-5] { expect(x + distance); expect(x - distance) }
    }
    for index in 0..<20_000 { expect(9.21 * Randomness(key: 5).uniform(Address(.taskConfiguration), index: index)) }
    // The draw itself, written out as the distribution is.
    for range in [1...8, 4...512, 8...128, 100...10_000, 3...777] {
      for seed in 0..<200 {
        var draws = ParametricDraws(seed: UInt64(seed), attempt: 3)
        let u = Randomness(key: UInt64(seed)).uniform(Address(.taskConfiguration, particle: 3))
        let (low, high) = (
          CorrectlyRounded.log(Double(range.lowerBound)), CorrectlyRounded.log(Double(range.upperBound))
        )
        let expected = Int(CorrectlyRounded.exp(low + (high - low) * u))
        #expect(draws.logarithmic(range) == max(range.lowerBound, min(expected, range.upperBound)))
      }
    }
  }

  @Test func lossesAreMappedAsTheFamiliesSay() {
    let log10 = 2.302_585_092_994_046
    let classifier = Normalization.classifier(classes: 10)
    #expect(abs(classifier(Float(log10)) - 10 * (log10 - 0.693_147_180_559_945_3) / log10) < 1e-6)
    #expect(classifier(.nan) == classifier(.infinity) && classifier(.nan) == classifier(1e9))
    #expect(abs(classifier(.nan) - 10) < 1e-12)
    #expect(abs(Normalization.deepClassifier(classes: 10)(.nan) - 10) < 1e-12)
    #expect(abs(Normalization.autoencoder(lossIsLogarithm: false)(1) - 10) < 1e-6)
    #expect(Normalization.autoencoder(lossIsLogarithm: true)(-2) == 9)
    #expect(Normalization.autoencoder(lossIsLogarithm: true)(.nan) == 10.5)
    #expect(Normalization.variationalAutoencoder(lossPerNumber: 64)(128) == 2)
    #expect(Normalization.variationalAutoencoder(lossPerNumber: 64)(.infinity) == 10)
    // Of ten classes from 10 log(1 / 2) / log 10 to 10; losses that are mapped already stay what they are.
    let mapped = Normalization.mappedClassifier(classes: 10)
    #expect(mapped(1.5) == 1.5 && mapped(-1.5) == -1.5 && abs(mapped(.nan) - 10) < 1e-6)
    #expect(abs(mapped(-100) + 10 * 0.693_147_180_559_945_3 / log10) < 1e-6)
  }

  /// Each kind is drawn as often, with the library's numbers of weights: 1, 2 and 4, and networks of 19 and 39 inputs.
  @Test func learnedOptimizersAreDrawnFromTheirRanges() throws {
    let drawn = (0..<1000).map { seed -> LearnedOptimizerTraining in
      var draws = ParametricDraws(seed: UInt64(seed), attempt: 0)
      return LearnedOptimizerTraining(from: &draws)
    }
    #expect(drawn.allSatisfy { (1...100).contains($0.steps) && (1...8).contains($0.batchSize) })
    var counts: [String: Int] = [:]
    for draw in drawn {
      let weights = draw.rule.tensorCounts
      switch draw.rule {
      case .sgd: counts["sgd", default: 0] += weights == [1] ? 1 : 1000
      case .momentum: counts["momentum", default: 0] += weights == [1, 1] ? 1 : 1000
      case .adam: counts["adam", default: 0] += weights == [1, 1, 1, 1] ? 1 : 1000
      case .mlp(let shape):
        counts["mlp", default: 0] += weights[0] == 19 * shape.hiddenSize ? 1 : 1000
        #expect((2...512).contains(shape.hiddenSize) && (1...4).contains(shape.hiddenLayers))
        #expect(weights.count == 2 * (shape.hiddenLayers + 1))
      case .adafactorMLP(let shape):
        counts["adafactor", default: 0] += weights[0] == 39 * shape.hiddenSize ? 1 : 1000
        #expect((1e-5...1).contains(shape.magnitudeRate) && (1e-5...1).contains(shape.stepMultiplier))
      }
    }
    // 200 each, with a deviation of 13.
    #expect(counts.count == 5 && counts.values.allSatisfy { abs($0 - 200) < 52 }, "\(counts)")
    // The counts by which draws are admitted are those of the tasks.
    for seed in 0..<12 as Range<UInt64> {
      let task = try #require(ParametricFamily.learnedOptimizerTraining(on: Self.digits, limits: Self.limits))
        .task(seed: seed)
      let admitted = try #require(Self.admitted(seed))
      #expect(task.parameters.count == admitted.rule.tensorCounts.reduce(0, +))
      let work = Double(admitted.cost(on: Self.digits)!.work)
      let operations = Double(try #require(task.operations).loss)
      // Two operations a multiply-add, and what is no product.
      #expect(operations > 2 * work, "seed \(seed): \(operations), \(work)")
    }
  }

  private static func admitted(_ seed: UInt64) -> LearnedOptimizerTraining? {
    for attempt in 0..<100_000 {
      var draws = ParametricDraws(seed: seed, attempt: attempt)
      let drawn = LearnedOptimizerTraining(from: &draws)
      if let cost = drawn.cost(on: digits), limits.admits(cost) { return drawn }
    }
    return nil
  }

  @Test(arguments: all)
  func theLossAtTheStartIsFiniteAndThatOfChanceWhereTheoryKnowsIt(_ sample: Sample) {
    var near = 0
    for seed in 0..<12 as Range<UInt64> {
      let task = sample.family.task(seed: seed)
      let loss = Double(task.loss(task.initialParameters(), on: Batch(.outerValid, 0), in: Workspace()))
      #expect(loss.isFinite, "seed \(seed): \(loss)")
      let mapped = task.normalization(Float(loss))
      #expect(mapped >= -16 && mapped <= 10.5, "\(mapped)")
      let chance = sample.chance ?? task.normalization.initial
      if loss < 1.6 * chance && loss > 0.7 * chance { near += 1 }
    }
    let isClassifier = sample.chance != nil || sample.family.name.hasPrefix("lm_")
    if isClassifier { #expect(near >= 7, "\(near) of 12") }
  }

  @Test(arguments: all)
  func adamLowersTheLoss(_ sample: Sample) {
    var lower = 0
    for seed in 0..<6 as Range<UInt64> {
      let task = sample.family.task(seed: seed)
      let workspace = Workspace()
      var w = task.initialParameters()
      let start = SampledFamiliesTests.meanLoss(task, w, workspace)
      PlainAdam.train(task, &w, steps: 60, workspace)
      if SampledFamiliesTests.meanLoss(task, w, workspace) < start { lower += 1 }
    }
    #expect(lower >= 4, "\(lower) of 6")
  }

  @Test(arguments: all)
  func aTaskIsAFunctionOfItsSeedAndABatchOfItsAddress(_ sample: Sample) {
    for seed in 0..<2 as Range<UInt64> {
      let (one, again) = (sample.family.task(seed: seed), sample.family.task(seed: seed))
      let at = one.initialParameters()
      #expect(at == again.initialParameters() && one.normalization == again.normalization)
      let workspace = Workspace()
      let batches = Split.allCases.flatMap { split in [0, 70_000].map { Batch(split, $0) } }
      let inOrder = batches.map { TaskLawsTests.evaluate(one, at, $0, Workspace()) }
      for (batch, expected) in zip(batches, inOrder).reversed() {
        #expect(TaskLawsTests.evaluate(again, at, batch, workspace) == expected, "\(batch)")
      }
    }
  }
}
