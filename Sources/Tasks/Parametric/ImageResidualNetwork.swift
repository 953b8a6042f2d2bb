internal import Graph

/// LO's image_resnet: a residual network of four groups of bottleneck blocks (He et al. 2015, the first form). Its batch
/// normalization uses the moments of the batch for every loss, as published, so that it needs no model state.
struct ImageResidualNetwork: DrawnConfiguration, Hashable {
  static let family = "image_resnet"

  let blocks: [Int]
  let channels: [Int]
  let stemKernel: Int
  let stemChannels: Int
  /// Drawn and, as published, not used: the stem's stride is 2.
  let stemStride: Int
  let pools: Bool
  let dataSet: ParametricImageName
  let imageSize: Int
  var batchSize: Int
  /// Of the stem; the blocks have rectifiers.
  let activation: ParametricActivation

  init(from draws: inout ParametricDraws) {
    let most = draws.logarithmic(1...10)
    blocks = (0..<4).map { _ in draws.logarithmic(1...most) }
    let pattern = draws.one(of: [[1, 1, 1, 1], [1, 2, 4, 8], [1, 2, 2, 4], [1, 2, 2, 2], [1, 2, 4, 4]])
    let width = draws.logarithmic(8...256)
    channels = pattern.map { width * $0 }
    stemKernel = draws.one(of: [3, 5, 7])
    stemChannels = draws.logarithmic(8...64)
    stemStride = draws.one(of: [1, 2])
    pools = draws.flag()
    dataSet = draws.one(of: ParametricImageName.allCases)
    imageSize = draws.logarithmic(8...64)
    batchSize = draws.logarithmic(4...256)
    activation = draws.one(of: ParametricActivation.drawn)
  }

  /// Each block's channels and stride, and whether its input is projected: those of the first of a group are.
  private var units: [(channels: Int, stride: Int, isFirst: Bool)] {
    (0..<4).flatMap { group in
      (0..<blocks[group]).map { (channels[group], $0 == 0 && group > 0 ? 2 : 1, $0 == 0) }
    }
  }

  func cost(on images: TaskSetImages) -> Cost? {
    func half(_ size: Int) -> Int { (size + 1) / 2 }
    var (cost, size, depth) = (Cost(), half(imageSize), stemChannels)
    func add(_ kernel: Int, _ from: Int, _ to: Int, _ size: Int) {
      cost.addMatrix(kernel * kernel * from, to, hasBias: false, times: batchSize * size * size)
      cost.addTable(2, to)
    }
    add(stemKernel, images.channels, stemChannels, size)
    if pools { size = half(size) }
    for unit in units {
      let next = unit.stride == 2 ? half(size) : size
      if unit.isFirst { add(1, depth, unit.channels, next) }
      add(1, depth, unit.channels / 4, size)
      add(3, unit.channels / 4, unit.channels / 4, next)
      add(1, unit.channels / 4, unit.channels, next)
      (size, depth) = (next, unit.channels)
    }
    cost.addMatrix(depth, images.dataSet.classCount, times: batchSize)
    return cost
  }

  func task(on images: TaskSetImages, seed: UInt64) -> any Task {
    let batches = ParametricImages(images: images, size: imageSize, batchSize: batchSize)
    return batches.classifier(seed: seed, normalization: .deepClassifier(classes: batches.classes)) { x, blueprint in
      var h = blueprint.normalizedConvolution(x, size: stemKernel, stride: 2, channels: stemChannels, "stem")
        .activated(activation)
      if pools { h = h.maxPooled(size: 3, stride: 2) }
      for (index, unit) in units.enumerated() {
        h = blueprint.block(
          h, channels: unit.channels, stride: unit.stride, projects: unit.isFirst, "block\(index)")
      }
      let weights = blueprint.parameter("output.weights", [h.shape[3], batches.classes], .constant(0))
      return h.spatialMean.dense(weights, blueprint.parameter("output.bias", [batches.classes], .constant(0)))
    }
  }
}

extension Blueprint {
  /// relu(x + 1 x 1, 3 x 3, 1 x 1 convolutions of x, normalized), with rectifiers between them; the last scale starts at 0.
  fileprivate func block(_ x: Term, channels: Int, stride: Int, projects: Bool, _ name: String) -> Term {
    let inner = channels / 4
    let shortcut =
      projects
      ? normalizedConvolution(x, size: 1, stride: stride, channels: channels, name + ".shortcut") : x
    var h = normalizedConvolution(x, size: 1, stride: 1, channels: inner, name + ".reduce").relu
    h = normalizedConvolution(h, size: 3, stride: stride, channels: inner, name + ".middle").relu
    h = normalizedConvolution(h, size: 1, stride: 1, channels: channels, name + ".expand", scale: 0)
    return (h + shortcut).relu
  }

  /// A convolution with SAME padding and without bias, normalized by the moments of the batch.
  fileprivate func normalizedConvolution(
    _ x: Term, size: Int, stride: Int, channels: Int, _ name: String, scale start: Float = 1
  ) -> Term {
    let h = convolution(x, size: size, stride: stride, channels: channels, name, hasBias: false, .haiku)
    let (mean, variance) = h.channelMoments()
    return h.batchNormalized(
      mean: mean, variance: variance, scale: parameter(name + ".scale", [channels], .constant(start)),
      offset: parameter(name + ".offset", [channels], .constant(0)))
  }
}
