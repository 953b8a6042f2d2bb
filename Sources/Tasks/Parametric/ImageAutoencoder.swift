internal import Graph
internal import Numerics

/// LO's image_mlp_ae: perceptrons that give back the image they see.
struct ImageAutoencoder: DrawnConfiguration, Hashable {
  static let family = "image_mlp_ae"

  let width: Int
  let layers: Int
  let imageSize: Int
  var batchSize: Int
  let dataSet: ParametricImageName
  let activation: ParametricActivation
  let initializer: ParametricInitializer
  /// Whether the logarithms of the squared distances are averaged.
  let takesLogarithm: Bool
  /// Whether pixels x become 2x - 1.
  let centersData: Bool
  /// Whether the output is held within the range of the pixels: by tanh or a sigmoid.
  let constrainsOutput: Bool

  init(from draws: inout ParametricDraws) {
    width = draws.logarithmic(8...128)
    layers = draws.one(of: [0, 1, 2, 3, 4])
    imageSize = draws.logarithmic(4...32)
    batchSize = draws.logarithmic(4...512)
    dataSet = draws.one(of: ParametricImageName.allCases)
    initializer = ParametricInitializer(from: &draws)
    activation = draws.one(of: ParametricActivation.drawn)
    takesLogarithm = draws.flag()
    centersData = draws.flag()
    constrainsOutput = draws.flag()
  }

  private var hidden: [Int] { [Int](repeating: width, count: layers) }

  func cost(on images: TaskSetImages) -> Cost? {
    let pixels = imageSize * imageSize * images.channels
    var cost = Cost()
    cost.addLayers([pixels] + hidden + [pixels], times: batchSize)
    return cost
  }

  func task(on images: TaskSetImages, seed: UInt64) -> any Task {
    let batches = ParametricImages(
      images: images, size: imageSize, batchSize: batchSize, centersData: centersData)
    return PlannedTask(
      seed: seed, normalization: .autoencoder(lossIsLogarithm: takesLogarithm), fill: { batches.fill($0) }
    ) { blueprint in
      let (x, _) = batches.inputs(in: blueprint)
      let code = blueprint.perceptron(
        x.flattened, hidden: hidden, outputs: batches.width, "layer", activation, initializer)
      let seen = constrainsOutput ? (centersData ? code.tanh : code.sigmoid) : code
      // As published the mean is taken over an image's rows; the logarithm is then that of each column's.
      let distances = (seen.reshaped(x.shape) - x).squared.mean(axis: 1)
      return takesLogarithm ? (distances + 1e-8).log.mean() : distances.mean()
    }
  }
}
