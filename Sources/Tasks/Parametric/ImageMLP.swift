internal import Graph

/// LO's image_mlp: perceptrons that classify images.
struct ImageMLP: DrawnConfiguration, Hashable {
  static let family = "image_mlp"

  let width: Int
  let layers: Int
  let imageSize: Int
  var batchSize: Int
  let dataSet: ParametricImageName
  let activation: ParametricActivation
  let initializer: ParametricInitializer

  init(from draws: inout ParametricDraws) {
    width = draws.logarithmic(8...128)
    layers = draws.one(of: [0, 1, 2, 3, 4])
    imageSize = draws.logarithmic(4...32)
    batchSize = draws.logarithmic(4...512)
    dataSet = draws.one(of: ParametricImageName.allCases)
    activation = draws.one(of: ParametricActivation.drawn)
    initializer = ParametricInitializer(from: &draws)
  }

  private var hidden: [Int] { [Int](repeating: width, count: layers) }

  func cost(on images: TaskSetImages) -> Cost? {
    var cost = Cost()
    cost.addLayers([imageSize * imageSize * images.channels] + hidden + [images.dataSet.classCount], times: batchSize)
    return cost
  }

  func task(on images: TaskSetImages, seed: UInt64) -> any Task {
    let batches = ParametricImages(images: images, size: imageSize, batchSize: batchSize)
    return batches.classifier(seed: seed, normalization: .classifier(classes: batches.classes)) { x, blueprint in
      blueprint.perceptron(
        x.flattened, hidden: hidden, outputs: batches.classes, "layer", activation, initializer)
    }
  }
}
