internal import Graph

/// LO's vit: a transformer on the patches of an image and one token more, from which the class is read (Dosovitskiy et al. 2020).
struct VisionTransformer: DrawnConfiguration, Hashable {
  static let family = "vit"

  let layers: Int
  let heads: Int
  let width: Int
  let hiddenWidth: Int
  let dataSet: ParametricImageName
  let imageSize: Int
  var batchSize: Int
  let patchSize: Int
  let dropout: Float
  let attentionDropout: Float

  init(from draws: inout ParametricDraws) {
    layers = draws.logarithmic(1...16)
    heads = draws.logarithmic(1...16)
    width = draws.logarithmic(8...(heads < 4 ? 64 : 32)) * heads
    hiddenWidth = draws.logarithmic(32...512)
    dataSet = draws.one(of: ParametricImageName.allCases)
    imageSize = draws.logarithmic(8...64)
    batchSize = draws.logarithmic(4...256)
    patchSize = draws.one(of: [2, 4, 8, 12, 16])
    let rates = (draws.uniform(0, 0.8), draws.uniform(0, 0.8))
    let drops = draws.uniform(0, 1) > 0.3
    dropout = drops ? Float(rates.0) : 0
    attentionDropout = drops ? Float(rates.1) : 0
  }

  /// nil where a patch is larger than the image.
  private func windows(_ images: TaskSetImages) -> Windows? {
    Windows(
      rows: imageSize, columns: imageSize, channels: images.channels, size: patchSize, stride: patchSize,
      padding: .valid)
  }

  func cost(on images: TaskSetImages) -> Cost? {
    guard let windows = windows(images) else { return nil }
    let length = windows.positionCount + 1
    let rows = batchSize * length
    var cost = Cost()
    cost.addMatrix(windows.patchCount, width, times: rows)
    cost.addTable(length + 3, width)
    for _ in 0..<layers {
      for _ in 0..<4 { cost.addMatrix(width, width, times: rows) }
      cost.addWork(2 * rows * length * width)
      cost.addLayers([width, hiddenWidth, width], times: rows)
      cost.addTable(4, width)
    }
    cost.addMatrix(width, images.dataSet.classCount, times: batchSize)
    return cost
  }

  /// The rates of the dropouts in their order: behind the positions, then in each layer on the attention's weights, behind it, and
  /// twice in the perceptron.
  private var rates: [Float] {
    let layer = [attentionDropout, dropout, dropout, dropout]
    return ([dropout] + (0..<layers).flatMap { _ in layer }).filter { $0 > 0 }
  }

  func task(on images: TaskSetImages, seed: UInt64) -> any Task {
    let batches = ParametricImages(images: images, size: imageSize, batchSize: batchSize)
    guard let windows = windows(images) else {
      preconditionFailure("patches of \(patchSize) from images of \(imageSize)")
    }
    return batches.classifier(
      seed: seed, normalization: .deepClassifier(classes: batches.classes),
      fill: { [rates] in Blueprint.fillDropout(rates, $0) }
    ) { x, blueprint in
      let length = windows.positionCount + 1
      let transformer = Transformer(
        blueprint: blueprint, batchSize: batchSize, length: length, epsilon: 1e-6, initializer: .glorotUniform)
      var h = blueprint.dropout(embedded(x, windows, blueprint), dropout)
      for layer in 0..<layers {
        let name = "layer\(layer)"
        let seen = transformer.attention(
          transformer.normalized(h, name + ".norm1"), heads: heads, headSize: width / heads, name + ".attention",
          bias: nil, dropout: attentionDropout)
        h = h + blueprint.dropout(seen, dropout)
        var dense = transformer.normalized(h, name + ".norm2")
        dense = blueprint.dropout(
          blueprint.linear(dense, hiddenWidth, name + ".widen", transformer.initializer).gelu, dropout)
        h = h + blueprint.dropout(blueprint.linear(dense, width, name + ".narrow", transformer.initializer), dropout)
      }
      let token = transformer.normalized(h, "last_norm").reshaped([batchSize, length, width])
        .slice(0..<1, axis: 1).reshaped([batchSize, width])
      // The class is read by weights that start at 0: the first loss is log C.
      let weights = blueprint.parameter("output.weights", [width, batches.classes], .constant(0))
      return token.dense(weights, blueprint.parameter("output.bias", [batches.classes], .constant(0)))
    }
  }

  /// A row for the class and one for each patch of each image, with their positions.
  private func embedded(_ x: Term, _ windows: Windows, _ blueprint: Blueprint) -> Term {
    let patches = blueprint.linear(x.patches(windows), width, "patches", .varianceScaling(scale: 1))
      .reshaped([batchSize, windows.positionCount, width])
    let token = blueprint.parameter("class_token", [1, width], .constant(0)).repeated(batchSize, axis: 0)
    let all = token.concatenated(patches, axis: 1)
    let positions = blueprint.parameter("positions", Array(all.shape[1...]), .normal(deviation: 0.02))
    return (all + positions).reshaped([batchSize * (windows.positionCount + 1), width])
  }
}
