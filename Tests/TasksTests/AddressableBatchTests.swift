import Numerics
import Tasks
import Testing

/// Batch k of a split is a function of seed, split and k, and so is what an augmentation makes of it.
struct AddressableBatchTests {
  /// 90 images of 5 x 6 pixels in three channels, as bytes: red tells the example, green and blue the place.
  static let images: TaskSetImages = {
    var bytes: [UInt8] = []
    for example in 0..<90 as Range<UInt8> {
      for place in 0..<30 as Range<UInt8> { bytes += [60 + example, 8 * place, 255 - 8 * place] }
    }
    let dataSet = DataSet(
      name: "bytes", source: "made by the test", digest: "", width: 90, classCount: 3, values: .bytes(bytes),
      labels: (0..<90).map { Int32($0 % 3) })
    return TaskSetImages(
      dataSet, rows: 5, columns: 6, channels: 3, partition: Partition(count: 90, testCount: 20, seed: 3))
  }()

  /// A configuration with crops, both flips and colors.
  static let configuration: TaskSet.ImageDataSet = {
    for seed in 0..<1000 {
      guard case .mlp(let drawn) = TaskSetFamily.mlp.draw(seed: seed), let a = drawn.dataSet.augmentation else {
        continue
      }
      if a.crop > 0, a.flipsLeftRight, a.flipsUpDown, a.changesColor, drawn.dataSet.batchSize < 60 {
        return drawn.dataSet
      }
    }
    fatalError("none of the thousand configurations changes all")
  }()

  static let batches = TaskSetImageBatches(images, configuration, centersData: false)

  private func batch(_ batch: Batch, seed: UInt64) -> (features: [Float], labels: [Int32]) {
    let count = Self.configuration.batchSize
    var features = [Float](repeating: -7, count: count * Self.batches.width)
    var labels = [Int32](repeating: -7, count: count)
    features.withUnsafeMutableBufferPointer { pixels in
      labels.withUnsafeMutableBufferPointer {
        Self.batches.fill(features: pixels.baseAddress!, labels: $0.baseAddress!, batch, seed: seed)
      }
    }
    return (features, labels)
  }

  @Test func aBatchIsTheSameWhateverWasAskedBefore() {
    let wanted = Batch(.train, 17)
    let alone = batch(wanted, seed: 5)
    for split in Split.allCases.reversed() {
      for index in [30, 16, 17, 18, 0] { _ = batch(Batch(split, index), seed: 9) }
    }
    let again = batch(wanted, seed: 5)
    #expect(again.features == alone.features && again.labels == alone.labels)
    for other in [Batch(.train, 18), Batch(.test, 17), Batch(.outerValid, 17), Batch(.innerValid, 17)] {
      #expect(batch(other, seed: 5).features != alone.features)
    }
    #expect(batch(wanted, seed: 6).features != alone.features)
  }

  /// What is drawn for an image depends on its place in the batch and on nothing else: the first images of a batch are those
  /// of a larger one.
  @Test func anImagesChangesAreThoseOfItsPlace() throws {
    var larger: TaskSet.ImageDataSet?
    for seed in 0..<1000 where larger == nil {
      guard case .mlp(let drawn) = TaskSetFamily.mlp.draw(seed: seed) else { continue }
      if drawn.dataSet.augmentation == nil, drawn.dataSet.trainCount == nil { larger = drawn.dataSet }
    }
    let plain = try #require(larger)
    func labels(_ configuration: TaskSet.ImageDataSet) -> [Int32] {
      let batches = TaskSetImageBatches(Self.images, configuration, centersData: true)
      var features = [Float](repeating: 0, count: configuration.batchSize * batches.width)
      var labels = [Int32](repeating: 0, count: configuration.batchSize)
      features.withUnsafeMutableBufferPointer { pixels in
        labels.withUnsafeMutableBufferPointer {
          batches.fill(features: pixels.baseAddress!, labels: $0.baseAddress!, Batch(.outerValid, 4), seed: 21)
        }
      }
      return labels
    }
    let (one, other) = (labels(plain), labels(Self.configuration))
    let common = min(one.count, other.count)
    #expect(one.prefix(common) == other.prefix(common), "an augmentation changed which examples are drawn")
  }

  @Test func theSplitsAreDisjointAndTheTestPartIsTheLast() {
    let partition = Self.images.partition
    let all = Split.allCases.flatMap { partition[$0] }
    #expect(all.sorted() == (0..<90).map { Int32($0) })
    #expect(partition[.test] == (70..<90).map { Int32($0) })
    #expect(partition[.innerValid].count == 7 && partition[.outerValid].count == 10)
    let lists = Dictionary(uniqueKeysWithValues: Split.allCases.map { ($0, partition[$0]) })
    #expect(Partition(lists, count: 90) == partition)
    var twice = lists
    twice[.test]![0] = lists[.train]![0]
    #expect(Partition(twice, count: 90) == nil)
    #expect(Partition(lists, count: 91) == nil)
    var none = lists
    none[.test] = []
    #expect(Partition(none, count: 90) == nil)
  }

  @Test func bytesAreTwoHundredAndFiftyFifths() {
    let numbers = Self.images.dataSet.features(of: 2)
    #expect(numbers[0...3] == [62 / 255 as Float, 0, 1, 62 / 255])
  }

  /// Crops and flips move pixels; without colors they are the image's own.
  @Test func aSourceSaysWhichImagesANameStandsFor() throws {
    let other = TaskSetImages(
      DataSet(
        name: "grey", source: "made by the test", digest: "", width: 16, classCount: 2,
        values: .bytes([UInt8](repeating: 9, count: 320)), labels: (0..<20).map { Int32($0 % 2) }), rows: 4, columns: 4,
      channels: 1, partition: Partition(count: 20, seed: 0))
    let limits = SamplingLimits(seeds: 0..<300)
    let named = try #require(SampledFamily(perceptronsOn: .named([.mnist: other]), limits: limits))
    #expect(named.name == "mlp_family(mnist)")
    #expect(named.configurations.allSatisfy { $0.dataSet.name == .mnist } && named.configurations.count > 10)
    let both = try #require(
      SampledFamily(perceptronsOn: TaskSetImageSource(named: [.mnist: other], standIn: Self.images), limits: limits))
    #expect(both.name == "mlp_family(mnist, else bytes)")
    #expect(both.configurations.count > named.configurations.count)
    for configuration in both.configurations.prefix(40) {
      let width = both.task(configuration, seed: 1).parameters.slots[0].shape[0]
      let crop = configuration.dataSet.augmentation?.crop ?? 0
      #expect(width == (configuration.dataSet.name == .mnist ? (4 - crop) * (4 - crop) : (5 - crop) * (6 - crop) * 3))
    }
  }
}
