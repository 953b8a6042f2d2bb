import Numerics
import Tasks
import Testing

struct TaskSetMLPTests {
  /// 120 images of 6 x 5 pixels: pixel p of example e is (e + p / 100) / 200, so that a pixel tells where it is from.
  static let images: TaskSetImages = {
    let features = (0..<120).flatMap { example in (0..<30).map { (Float(example) + Float($0) / 100) / 200 } }
    let dataSet = DataSet(
      name: "places", source: "made by the test", digest: "", width: 30, classCount: 4, values: .numbers(features),
      labels: (0..<120).map { Int32($0 % 4) })
    return TaskSetImages(dataSet, rows: 6, columns: 5, channels: 1, partition: Partition(count: 120, seed: 1))
  }()

  /// All thousand configurations: no limit leaves one out.
  static let family = SampledFamily(
    perceptronsOn: .standIn(images), limits: SamplingLimits(maximumParameters: .max, maximumWork: .max))!

  @Test func withoutColorEveryPublishedConfigurationRuns() {
    #expect(Self.family.configurations.count == 1000)
    let few = SampledFamily(perceptronsOn: .standIn(Self.images), limits: SamplingLimits(maximumParameters: 2000))!
    let parameters = { (configuration: TaskSet.MLP) in few.task(configuration, seed: 1).parameters.count }
    #expect(few.configurations == Self.family.configurations.filter { parameters($0) <= 2000 })
    #expect(few.configurations.count > 100 && few.configurations.count < 900)
  }

  @Test(arguments: 0..<12)
  func theGradientIsTheSlopeInItsDirection(_ seed: UInt64) {
    let task = Self.family.task(seed: seed)
    let workspace = Workspace()
    let at = task.initialParameters()
    let batch = Batch(.train, 2)
    var gradient = Tensors(zeros: task.parameters)
    _ = task.loss(at, on: batch, gradient: &gradient, in: workspace)
    let norm = gradient.values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    // A step that changes the loss by some 0.003 %: 500 times its rounding, and so short that few units of a deep
    // rectifier network turn on or off (at 1 % the slope of the first draw is off by 40 %, from here on by 1 %).
    let loss = Double(task.loss(at, on: batch, in: workspace))
    let step = Float(3e-5 * loss / (norm * norm))
    var (low, high) = (at, at)
    for i in at.values.indices {
      low.values[i] -= step * gradient.values[i]
      high.values[i] += step * gradient.values[i]
    }
    let rise = Double(task.loss(high, on: batch, in: workspace)) - Double(task.loss(low, on: batch, in: workspace))
    #expect(abs(rise / (2 * Double(step) * norm * norm) - 1) < 0.05, "loss \(loss), norm \(norm)")
  }

  @Test(arguments: 0..<12)
  func aTaskIsAFunctionOfItsSeed(_ seed: UInt64) {
    let (one, again) = (Self.family.task(seed: seed), Self.family.task(seed: seed))
    #expect(one.initialParameters() == again.initialParameters())
    let at = one.initialParameters()
    let loss = one.loss(at, on: Batch(.test, 4), in: Workspace())
    _ = again.loss(at, on: Batch(.train, 0), in: Workspace())
    #expect(again.loss(at, on: Batch(.test, 4), in: Workspace()) == loss)
    #expect(one.normalization == again.normalization)
  }

  @Test func anImageIsCroppedAndTurnedAsItsAugmentationSays() throws {
    let configuration = try #require(
      Self.family.configurations.first {
        guard let a = $0.dataSet.augmentation else { return false }
        return a.crop == 2 && a.flipsLeftRight && !a.flipsUpDown && $0.dataSet.batchSize > 100
      })
    let batches = TaskSetImageBatches(Self.images, configuration.dataSet, centersData: false)
    #expect(batches.width == 4 * 3)
    let count = configuration.dataSet.batchSize
    var features = [Float](repeating: 0, count: count * batches.width)
    var labels = [Int32](repeating: 0, count: count)
    features.withUnsafeMutableBufferPointer { pixels in
      labels.withUnsafeMutableBufferPointer {
        batches.fill(
          features: pixels.baseAddress!, labels: $0.baseAddress!, Batch(.train, 0), seed: 8)
      }
    }
    let train = Set(Self.images.partition[.train])
    var views: Set<[Int]> = []
    for position in 0..<count {
      let pixels = features[position * 12..<(position + 1) * 12].map { $0 * 200 }
      let example = Int32(pixels.min()! + 0.001)
      #expect(train.contains(example) && labels[position] == example % 4)
      views.insert(pixels.map { Int((($0 - Float(example)) * 100).rounded()) })
    }
    var expected: Set<[Int]> = []
    for row in 0...2 {
      for column in 0...2 {
        let straight = (0..<12).map { (row + $0 / 3) * 5 + column + $0 % 3 }
        expected.insert(straight)
        expected.insert((0..<12).map { (row + $0 / 3) * 5 + column + 2 - $0 % 3 })
      }
    }
    #expect(views.isSubset(of: expected))
    #expect(views.count > 12, "of 18 views \(views.count) among \(count)")
  }

  @Test func centeringMapsPixelsToTwiceTheirDistanceFromOneHalf() throws {
    let configuration = try #require(Self.family.configurations.first { $0.dataSet.augmentation == nil })
    let size = configuration.dataSet.batchSize
    func features(_ centers: Bool) -> [Float] {
      var labels = [Int32](repeating: 0, count: size)
      var features = [Float](repeating: 0, count: size * 30)
      features.withUnsafeMutableBufferPointer { pixels in
        labels.withUnsafeMutableBufferPointer {
          TaskSetImageBatches(Self.images, configuration.dataSet, centersData: centers).fill(
            features: pixels.baseAddress!, labels: $0.baseAddress!, Batch(.train, 0), seed: 8)
        }
      }
      return features
    }
    #expect(features(true) == features(false).map { 2 * $0 - 1 })
  }

  @Test func fewerTrainingExamplesAreTheFirstOfThem() {
    let all = Self.images.partition
    let few = all.training(onFirst: 10)
    #expect(few[.train] == Array(all[.train].prefix(10)))
    #expect(few[.test] == all[.test] && few[.outerValid] == all[.outerValid])
    #expect(all.training(onFirst: 100_000) == all)
  }
}

struct TaskSetInitializerTests {
  /// All initializers that the published configurations of the family use, one a kind.
  static let kinds: [TaskSet.Initializer] = {
    var found: [Substring: TaskSet.Initializer] = [:]
    for seed in 0..<1000 {
      guard case .mlp(let configuration) = TaskSetFamily.mlp.draw(seed: seed) else { continue }
      let name = configuration.initializer.published.description.prefix { $0 != "," }
      found[name] = found[name] ?? configuration.initializer
    }
    return found.sorted { $0.key < $1.key }.map(\.value)
  }()

  @Test func thereAreNine() { #expect(Self.kinds.count == 9) }

  @Test(arguments: kinds, [(60, 90), (90, 60)])
  func theWeightsHaveTheDeviationAndTheBoundsOfTheName(_ initializer: TaskSet.Initializer, _ shape: (Int, Int)) {
    let (fanIn, fanOut) = shape
    var weights = [Float](repeating: 0, count: fanIn * fanOut)
    weights.withUnsafeMutableBufferPointer {
      initializer.fill($0, fanIn: fanIn, fanOut: fanOut, Randomness(key: 9), Address(.initialParameters))
    }
    let deviation = (weights.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(weights.count)).squareRoot()
    let largest = Double(weights.map(\.magnitude).max()!)
    let (i, o) = (Double(fanIn), Double(fanOut))
    // The deviation, and the bound in units of it; 5,400 numbers know their deviation to 1 %.
    let (expected, bound): (Double, Double) =
      switch initializer {
      case .heNormal: ((2 / i).squareRoot(), 2 / 0.8796)
      case .heUniform: ((2 / i).squareRoot(), 1.7321)
      case .glorotNormal: ((2 / (i + o)).squareRoot(), 2 / 0.8796)
      case .glorotUniform: ((2 / (i + o)).squareRoot(), 1.7321)
      case .varianceScaling(let scale): ((scale / i).squareRoot(), 2 / 0.8796)
      case .uniform(let limit): (limit / 3.0.squareRoot(), 1.7321)
      case .normal(let s), .truncatedNormal(let s): (s, 6.7)
      case .orthogonal(let gain): (gain / max(i, o).squareRoot(), 6)
      }
    #expect(abs(deviation / expected - 1) < 0.04, "\(deviation), \(expected)")
    #expect(largest <= bound * expected * 1.0001)
    #expect(largest > 0.97 * min(bound, 3) * expected, "the bound is reached")
  }

  @Test(arguments: [(60, 90), (90, 60), (1, 5), (5, 1)])
  func orthogonalWeightsAreAGainTimesOrthonormalRowsOrColumns(_ fanIn: Int, _ fanOut: Int) throws {
    let initializer = try #require(
      Self.kinds.first { if case .orthogonal = $0 { true } else { false } })
    guard case .orthogonal(let gain) = initializer else { return }
    var weights = [Float](repeating: 0, count: fanIn * fanOut)
    weights.withUnsafeMutableBufferPointer {
      initializer.fill($0, fanIn: fanIn, fanOut: fanOut, Randomness(key: 9), Address(.initialParameters))
    }
    func element(_ vector: Int, _ k: Int) -> Double {
      Double(fanIn <= fanOut ? weights[vector * fanOut + k] : weights[k * fanOut + vector]) / gain
    }
    for a in 0..<min(fanIn, fanOut) {
      for b in 0...a {
        let product = (0..<max(fanIn, fanOut)).reduce(0.0) { $0 + element(a, $1) * element(b, $1) }
        #expect(abs(product - (a == b ? 1 : 0)) < 1e-5)
      }
    }
  }
}
