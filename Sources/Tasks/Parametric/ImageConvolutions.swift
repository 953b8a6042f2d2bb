internal import Graph

/// LO's image_conv: 3 x 3 convolutions of one width, the first of them with stride 2, the mean over positions, a linear layer.
struct ImageConvolutions: DrawnConfiguration, Hashable {
  static let family = "image_conv"

  let channels: Int
  let layers: Int
  /// How many layers have stride 2, if there are as many.
  let halvings: Int
  let imageSize: Int
  let dataSet: ParametricImageName
  var batchSize: Int
  let activation: ParametricActivation
  let initializer: ParametricInitializer

  init(from draws: inout ParametricDraws) {
    channels = draws.logarithmic(4...64)
    layers = draws.one(of: [0, 1, 2, 3])
    halvings = draws.one(of: [0, 1, 2])
    imageSize = draws.logarithmic(4...32)
    dataSet = draws.one(of: ParametricImageName.allCases)
    batchSize = draws.logarithmic(4...512)
    activation = draws.one(of: ParametricActivation.drawn)
    initializer = ParametricInitializer(from: &draws)
  }

  /// What each layer sees.
  private func windows(_ images: TaskSetImages) -> [Windows] {
    var (size, depth) = (imageSize, images.channels)
    return (0..<layers).map { layer in
      let windows = Windows(
        rows: size, columns: size, channels: depth, size: 3, stride: layer < halvings ? 2 : 1, padding: .same)!
      (size, depth) = (windows.outputRows, channels)
      return windows
    }
  }

  func cost(on images: TaskSetImages) -> Cost? {
    var cost = Cost()
    for windows in windows(images) {
      cost.addMatrix(windows.patchCount, channels, times: batchSize * windows.positionCount)
    }
    cost.addMatrix(layers > 0 ? channels : images.channels, images.dataSet.classCount, times: batchSize)
    return cost
  }

  func task(on images: TaskSetImages, seed: UInt64) -> any Task {
    let batches = ParametricImages(images: images, size: imageSize, batchSize: batchSize)
    return batches.classifier(seed: seed, normalization: .classifier(classes: batches.classes)) { x, blueprint in
      var h = x
      for (index, windows) in windows(images).enumerated() {
        let weights = blueprint.parameter(
          "convolution.\(index).weights", [windows.patchCount, channels],
          .drawn(
            initializer.taskSet(fanIn: windows.patchCount), fanIn: windows.patchCount, fanOut: channels))
        let bias = blueprint.parameter("convolution.\(index).bias", [channels], .constant(0))
        h = h.convolved(windows, weights, bias: bias).activated(activation)
      }
      return blueprint.linear(h.spatialMean, batches.classes, "output", .haiku)
    }
  }
}

extension Term {
  /// The mean of images [count, rows, columns, channels] over their positions.
  var spatialMean: Term {
    reshaped([shape[0], shape[1] * shape[2], shape[3]]).mean(axis: 1)
  }
}
