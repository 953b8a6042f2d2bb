import DataSets
import Numerics
import Tasks
import Testing

/// The laws of tasks, over the families that TaskSet samples.
struct SampledFamiliesTests {
  /// One family with tasks small enough for tests.
  struct Sample: CustomTestStringConvertible, Sendable {
    let family: any TaskFamily
    /// What the loss at the start is near in most configurations; nil where theory says nothing.
    let chance: Double?

    var testDescription: String { family.name }

    init(_ family: (any TaskFamily)?, chance: Double? = nil) {
      self.family = family!
      self.chance = chance
    }
  }

  static let limits = SamplingLimits(maximumParameters: 12_000, maximumWork: 1_000_000)

  static let digits: TaskSetImages = {
    do {
      let digits = try Digits.load(from: Resources.bundled())
      return TaskSetImages(
        digits, rows: 8, columns: 8, channels: 1, partition: Partition(count: digits.count, seed: 0))
    } catch { fatalError("\(error)") }
  }()

  static let images = TaskSetImageSource.standIn(digits)

  static let verses: [Verses.Verse] = {
    do { return try Verses.load(from: Resources.bundled()) } catch { fatalError("\(error)") }
  }()
  static let bytes = Verses.bytes(of: verses)
  static let words = Verses.words(of: verses)

  static let all: [Sample] = [
    Sample(SampledFamily(perceptronsOn: images, limits: limits), chance: 2.3),
    Sample(SampledFamily(quadratics: limits)),
    Sample(SampledFamily(problems: limits)),
    Sample(
      SampledFamily(languageModels: .bytes, of: bytes, maximumLength: 9, limits: limits), chance: 5.3),
    Sample(
      SampledFamily(
        languageModels: .subwords, of: words, maximumLength: 7,
        limits: SamplingLimits(maximumParameters: 120_000, maximumWork: 6_000_000)), chance: 7.3),
    Sample(SampledFamily(classifiersOf: words, maximumLength: 8, limits: limits), chance: 1.79),
    Sample(SampledFamily(autoencodersOn: images, limits: limits)),
    Sample(SampledFamily(variationalAutoencodersOn: images, limits: limits)),
    Sample(SampledFamily(convolutionsThenMLPOn: images, limits: limits), chance: 2.3),
    Sample(SampledFamily(convolutionsThenPoolingOn: images, limits: limits), chance: 2.3),
    Sample(SampledFamily(maskedAutoregressiveFlowsOn: images, limits: limits)),
    Sample(SampledFamily(realNVPOn: images, limits: limits)),
  ]

  /// The slope of the loss in the gradient's direction is the gradient's norm. In the direction of all of it, not of one
  /// parameter: of so many, one alone changes a float loss by less than its rounding.
  @Test(arguments: all)
  func theGradientIsTheSlopeInItsDirection(_ sample: Sample) {
    var errors: [Double] = []
    for seed in 0..<20 as Range<UInt64> {
      let task = sample.family.task(seed: seed)
      let workspace = Workspace()
      let error = slopeError(
        of: task, at: task.initialParameters(), on: Batch(.train, 2), parts: [1e-2, 1e-3, 3e-4, 1e-4, 3e-5], workspace)
      if let error { errors.append(error) }
    }
    // Noise that TaskSet adds to gradients, and kinks at the start, spoil some; a wrong derivative spoils most.
    let good = errors.count { $0 < 1e-2 }
    #expect(errors.count >= 10 && good * 10 >= errors.count * 6, "\(errors.sorted())")
    #expect(errors.sorted()[errors.count / 4] < 1e-3, "\(errors.sorted())")
  }

  @Test(arguments: all)
  func theLossAtTheStartIsThatOfChance(_ sample: Sample) {
    let starts = (0..<20 as Range<UInt64>).map { seed -> Double in
      let task = sample.family.task(seed: seed)
      let loss = Double(task.loss(task.initialParameters(), on: Batch(.outerValid, 0), in: Workspace()))
      #expect(task.normalization.initial.isFinite && task.normalization.best.isFinite)
      return loss
    }
    guard let chance = sample.chance else { return }
    // Initializers of scale up to 10 start far above; the lower half of the draws does not.
    let low = starts.sorted()[5]
    #expect(low > 0.8 * chance && low < 1.6 * chance, "\(starts.sorted())")
  }

  /// Twenty draws, fifty steps each. Diverging is allowed, spreading is not: the task computes the same afterwards.
  @Test(arguments: all)
  func adamLowersTheLossOfMostDrawsAndNoneEndsTheProgram(_ sample: Sample) {
    var lower = 0
    for seed in 100..<120 as Range<UInt64> {
      let task = sample.family.task(seed: seed)
      let workspace = Workspace()
      var w = task.initialParameters()
      let before = TaskLawsTests.evaluate(task, w, Batch(.train, 7), workspace)
      let start = Self.meanLoss(task, w, workspace)
      var (m, q) = ([Float](repeating: 0, count: w.values.count), [Float](repeating: 0, count: w.values.count))
      var gradient = Tensors(zeros: task.parameters)
      for step in 0..<50 {
        _ = task.loss(w, on: Batch(.train, step), gradient: &gradient, in: workspace)
        let (c, d) = (1 - power(0.9, step + 1), 1 - power(0.99, step + 1))
        for i in w.values.indices {
          let g = gradient.values[i]
          m[i] = 0.9 * m[i] + 0.1 * g
          q[i] = 0.99 * q[i] + 0.01 * g * g
          w.values[i] -= 0.003 * (m[i] / Float(c)) / ((q[i] / Float(d)).squareRoot() + 1e-8)
        }
      }
      if Self.meanLoss(task, w, workspace) < start { lower += 1 }
      #expect(TaskLawsTests.evaluate(task, task.initialParameters(), Batch(.train, 7), workspace) == before)
    }
    #expect(lower >= 14, "\(lower) of 20")
  }

  @Test(arguments: all)
  func aTaskIsAFunctionOfItsSeedAndABatchOfItsAddress(_ sample: Sample) {
    for seed in 0..<4 as Range<UInt64> {
      let (one, again) = (sample.family.task(seed: seed), sample.family.task(seed: seed))
      let at = one.initialParameters()
      #expect(at == again.initialParameters())
      #expect(one.normalization == again.normalization)
      let workspace = Workspace()
      let batches = Split.allCases.flatMap { split in [0, 3, 70_000].map { Batch(split, $0) } }
      let inOrder = batches.map { TaskLawsTests.evaluate(one, at, $0, Workspace()) }
      for (batch, expected) in zip(batches, inOrder).reversed() {
        #expect(TaskLawsTests.evaluate(again, at, batch, workspace) == expected, "\(batch)")
      }
    }
  }

  @Test(arguments: all)
  func aNaNStaysInItsTask(_ sample: Sample) {
    for seed in 0..<4 as Range<UInt64> {
      let task = sample.family.task(seed: seed)
      let workspace = Workspace()
      let at = task.initialParameters()
      let before = TaskLawsTests.evaluate(task, at, Batch(.train, 1), workspace)
      var broken = at
      for i in broken.values.indices { broken.values[i] = .nan }
      #expect(task.loss(broken, on: Batch(.train, 1), in: workspace).isNaN)
      for i in broken.values.indices { broken.values[i] = 1e30 }
      _ = TaskLawsTests.evaluate(task, broken, Batch(.train, 1), workspace)
      #expect(TaskLawsTests.evaluate(task, at, Batch(.train, 1), workspace) == before)
    }
  }

  static func meanLoss(_ task: any Tasks.Task, _ at: Tensors, _ workspace: Workspace) -> Double {
    (0..<5).map { Double(task.loss(at, on: Batch(.train, 1000 + $0), in: workspace)) }.reduce(0, +) / 5
  }
}
