internal import Graph
internal import Numerics

/// The residual networks of the paper's comparison (spec §5.5): a 7 x 7 convolution and a pooling, both of stride 2 and kept for
/// small images on purpose; bottleneck units that normalize first (ResNetV2); batch norm, spatial mean, a linear layer.
package struct ResidualNetwork: Hashable, Sendable {
  /// One bottleneck unit: 1 x 1 to `bottleneck` channels, 3 x 3 with the stride, 1 x 1 to `channels`.
  package struct Unit: Hashable, Sendable {
    package let channels: Int
    package let bottleneck: Int
    package let stride: Int

    package init(_ channels: Int, _ bottleneck: Int, _ stride: Int) {
      self.channels = channels
      self.bottleneck = bottleneck
      self.stride = stride
    }
  }

  package let units: [Unit]

  package init(units: [Unit]) { self.units = units }

  /// Convolutions in a row and the linear layer.
  package var layerCount: Int { 3 * units.count + 2 }

  /// ResNetV2-14, the paper's for CIFAR-10.
  package static let layers14 = ResidualNetwork(units: [
    Unit(128, 32, 1), Unit(128, 32, 2), Unit(128, 64, 1), Unit(128, 64, 2),
  ])

  /// ResNetV2-35, the paper's for ImageNet at 64 x 64.
  package static let layers35 = ResidualNetwork(units: [
    Unit(128, 32, 1), Unit(128, 32, 2), Unit(256, 64, 1), Unit(256, 64, 1), Unit(256, 64, 2), Unit(512, 128, 1),
    Unit(512, 128, 1), Unit(512, 128, 1), Unit(512, 128, 2), Unit(1024, 256, 1), Unit(1024, 256, 1),
  ])
}

/// A residual network that classifies the images of one data set; a draw differs in start and batches.
package struct ResidualNetworkFamily: TaskFamily {
  package let name: String
  package let network: ResidualNetwork
  private let images: TaskSetImages
  private let batchSize: Int

  package init(_ network: ResidualNetwork, on images: TaskSetImages, batchSize: Int) {
    precondition(batchSize > 1, "batch normalization over \(batchSize) image")
    name = "resnet_v2_\(network.layerCount)(\(images.dataSet.name))"
    self.network = network
    self.images = images
    self.batchSize = batchSize
  }

  package func task(seed: UInt64) -> any Task {
    let (images, count) = (images, batchSize)
    let classes = images.dataSet.classCount
    return BatchNormalizedTask(
      seed: seed, normalization: Normalization(initial: Double(Elementary.log(Float(classes))), best: 0),
      fill: { memory in
        let (features, labels) = (memory.floats("features"), memory.indices("labels"))
        let width = images.dataSet.width
        images.partition.forEachExample(of: memory.batch, count: count, seed: memory.seed) { position, example in
          images.dataSet.copy(example, to: features.baseAddress! + position * width)
          labels[position] = images.dataSet.labels[example]
        }
      }
    ) { blueprint in
      let x = blueprint.recording.input("features", [count, images.rows, images.columns, images.channels])
      let labels = blueprint.recording.indices("labels", [count])
      return blueprint.logits(network, of: x, classes: classes).softmaxCrossEntropy(labels)
    }
  }
}

extension Blueprint {
  /// The network on images [count, rows, columns, channels].
  fileprivate func logits(_ network: ResidualNetwork, of x: Term, classes: Int) -> Term {
    var h = convolution(x, size: 7, stride: 2, channels: 64, "stem", hasBias: true)
    h = h.maxPooled(size: 3, stride: 2)
    for (index, unit) in network.units.enumerated() { h = bottleneck(h, unit, "unit\(index)") }
    h = batchNormalized(h, "last_norm").relu
    let (count, channels) = (h.shape[0], h.shape[3])
    let pooled = h.reshaped([count, h.count / (count * channels), channels]).mean(axis: 1)
    return linear(pooled, classes, "output", .heNormal)
  }

  /// x plus three convolutions of relu(norm(x)), with relu(norm()) between them. Where the channels change, a 1 x 1 convolution of
  /// the normalized input stands for x; where only the size does, every stride-th pixel of x (He et al. 2016, the form of
  /// TensorFlow's slim).
  func bottleneck(_ x: Term, _ unit: ResidualNetwork.Unit, _ name: String) -> Term {
    let first = batchNormalized(x, name + ".norm").relu
    let shortcut =
      unit.channels == x.shape[3]
      ? x.subsampled(unit.stride)
      : convolution(
        first, size: 1, stride: unit.stride, channels: unit.channels, name + ".shortcut", hasBias: true)
    var h = convolution(first, size: 1, stride: 1, channels: unit.bottleneck, name + ".reduce", hasBias: false)
    h = batchNormalized(h, name + ".reduce_norm").relu
    h = convolution(h, size: 3, stride: unit.stride, channels: unit.bottleneck, name + ".middle", hasBias: false)
    h = batchNormalized(h, name + ".middle_norm").relu
    h = convolution(h, size: 1, stride: 1, channels: unit.channels, name + ".expand", hasBias: true)
    return shortcut + h
  }

  /// A convolution with SAME padding, its bias 0.
  func convolution(
    _ x: Term, size: Int, stride: Int, channels: Int, _ name: String, hasBias: Bool,
    _ initializer: TaskSet.Initializer = .heNormal
  ) -> Term {
    let windows = x.windows(size: size, stride: stride)
    let weights = parameter(
      name + ".weights", [windows.patchCount, channels],
      .kernel(initializer, places: size * size, channelsIn: windows.channels, channelsOut: channels))
    return x.convolved(
      windows, weights, bias: hasBias ? parameter(name + ".bias", [channels], .constant(0)) : nil)
  }
}

extension Term {
  /// What a kernel with SAME padding sees of these images.
  fileprivate func windows(size: Int, stride: Int) -> Windows {
    Windows(rows: shape[1], columns: shape[2], channels: shape[3], size: size, stride: stride, padding: .same)!
  }

  /// The largest of each window of these images, a channel on its own. What lies outside an image is never the largest.
  func maxPooled(size: Int, stride: Int) -> Term {
    let windows = windows(size: size, stride: stride)
    let places = windows.placesOutside.flatMap {
      [Float](repeating: $0 ? -.greatestFiniteMagnitude : 0, count: windows.channels)
    }
    let patches = patches(windows).reshaped([shape[0], windows.positionCount * windows.patchCount])
    return (patches + recording.constant(places, [places.count]))
      .reshaped([shape[0], windows.outputRows, windows.outputColumns, size * size, windows.channels])
      .largest(axis: 3)
  }

  /// Every stride-th row and column of these images, from the first.
  fileprivate func subsampled(_ stride: Int) -> Term {
    guard stride > 1 else { return self }
    let windows = windows(size: 1, stride: stride)
    return patches(windows).reshaped([shape[0], windows.outputRows, windows.outputColumns, windows.channels])
  }
}
