internal import Numerics

/// The pixels and labels of a TaskSet image task, with the shape that an augmentation needs to know (spec §4.3).
package struct TaskSetImages: Hashable, Sendable {
  /// Pixels in 0 ... 1, row-major as rows, columns, channels.
  package let dataSet: DataSet
  package let rows: Int
  package let columns: Int
  package let channels: Int
  package let partition: Partition

  /// - Parameter partition: which examples are in which split, the same for every task on these images.
  package init(_ dataSet: DataSet, rows: Int, columns: Int, channels: Int, partition: Partition) {
    precondition(
      rows * columns * channels == dataSet.width,
      "images of \(rows) x \(columns) x \(channels) for examples of \(dataSet.width) numbers")
    self.dataSet = dataSet
    self.rows = rows
    self.columns = columns
    self.channels = channels
    self.partition = partition
  }

  /// Whether the changes can be made to these images. Without three channels those of color are none.
  package func admits(_ augmentation: TaskSet.Augmentation?) -> Bool {
    (augmentation?.crop ?? 0) < min(rows, columns)
  }
}

/// How the batches of one image task are made: which examples, how changed.
package struct TaskSetImageBatches: Sendable {
  package let images: TaskSetImages
  package let configuration: TaskSet.ImageDataSet
  package let centersData: Bool
  package let partition: Partition

  package init(_ images: TaskSetImages, _ configuration: TaskSet.ImageDataSet, centersData: Bool) {
    precondition(images.admits(configuration.augmentation), "these images do not admit the augmentation")
    self.images = images
    self.configuration = configuration
    self.centersData = centersData
    partition = configuration.trainCount.map { images.partition.training(onFirst: $0) } ?? images.partition
  }

  var crop: Int { configuration.augmentation?.crop ?? 0 }

  /// The numbers of an image after cropping.
  package var width: Int { (images.rows - crop) * (images.columns - crop) * images.channels }

  /// Writes the examples of a batch, pixels and labels. How an image is changed is drawn at its place in the batch, so it is
  /// a function of the seed, the split, the batch's number and that place.
  package func fill(
    features: UnsafeMutablePointer<Float>, labels: UnsafeMutablePointer<Int32>, _ batch: Batch, seed: UInt64
  ) {
    let randomness = Randomness(key: seed)
    var (views, colors) = (batch.address, batch.address)
    (views.particle, colors.particle) = (1, 7)  // beside the draws of the examples and of noise
    let augmentation = configuration.augmentation
    let changesColor = augmentation?.changesColor == true && images.channels == 3
    images.dataSet.labels.withUnsafeBufferPointer { classes in
      partition.forEachExample(of: batch, count: configuration.batchSize, seed: seed) { position, example in
        let view = View(of: augmentation, randomness.words(views, index: position))
        let target = features + position * width
        copy(example, view, into: target)
        if changesColor, let augmentation {
          ColorChange(of: augmentation, randomness.words(colors, index: position)).apply(to: target, count: width / 3)
        }
        if centersData { for i in 0..<width { target[i] = 2 * target[i] - 1 } }
        labels[position] = classes[example]
      }
    }
  }

  /// What of an image is seen: where the crop begins, and which ways it is turned.
  private struct View {
    var row = 0
    var column = 0
    var flipsLeftRight = false
    var flipsUpDown = false

    /// From four random words: offsets uniform in 0 ... crop, flips by a coin where the augmentation has them.
    init(of augmentation: TaskSet.Augmentation?, _ words: SIMD4<UInt32>) {
      guard let augmentation else { return }
      let offsets = UInt64(augmentation.crop + 1)
      row = Int((UInt64(words.x) * offsets) >> 32)
      column = Int((UInt64(words.y) * offsets) >> 32)
      flipsLeftRight = augmentation.flipsLeftRight && words.z >> 31 == 1
      flipsUpDown = augmentation.flipsUpDown && words.w >> 31 == 1
    }
  }

  /// The seen part of one image.
  private func copy(_ example: Int, _ view: View, into target: UnsafeMutablePointer<Float>) {
    let start = example * images.dataSet.width
    switch images.dataSet.values {
    case .numbers(let numbers):
      numbers.withUnsafeBufferPointer { copy($0.baseAddress! + start, view, into: target) { $0 } }
    case .bytes(let bytes):
      bytes.withUnsafeBufferPointer { copy($0.baseAddress! + start, view, into: target) { Float($0) / 255 } }
    }
  }

  @inline(__always)
  private func copy<Pixel>(
    _ image: UnsafePointer<Pixel>, _ view: View, into result: UnsafeMutablePointer<Float>,
    _ value: (Pixel) -> Float
  ) {
    let (rows, columns, channels) = (images.rows - crop, images.columns - crop, images.channels)
    var target = result
    for i in 0..<rows {
      let row = view.row + (view.flipsUpDown ? rows - 1 - i : i)
      for j in 0..<columns {
        let column = view.column + (view.flipsLeftRight ? columns - 1 - j : j)
        let pixel = image + (row * images.columns + column) * channels
        for channel in 0..<channels { target[channel] = value(pixel[channel]) }
        target += channels
      }
    }
  }
}
