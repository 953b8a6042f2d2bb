internal import Graph
internal import Numerics

/// LO's image_mlp_vae: perceptrons that encode an image as a normal distribution and decode a draw of it.
struct ImageVariationalAutoencoder: DrawnConfiguration, Hashable {
  static let family = "image_mlp_vae"

  let encoderWidth: Int
  let decoderWidth: Int
  let encoderLayers: Int
  let decoderLayers: Int
  let imageSize: Int
  var batchSize: Int
  let latent: Int
  let dataSet: ParametricImageName
  let activation: ParametricActivation
  let initializer: ParametricInitializer
  let centersData: Bool
  /// Whether the bound is divided by the numbers of an image.
  let lossIsPerNumber: Bool

  init(from draws: inout ParametricDraws) {
    encoderWidth = draws.logarithmic(4...128)
    decoderWidth = draws.logarithmic(4...128)
    encoderLayers = draws.one(of: [0, 1, 2, 3, 4])
    decoderLayers = draws.one(of: [0, 1, 2, 3, 4])
    imageSize = draws.logarithmic(4...32)
    batchSize = draws.logarithmic(4...512)
    latent = draws.logarithmic(2...128)
    dataSet = draws.one(of: ParametricImageName.allCases)
    initializer = ParametricInitializer(from: &draws)
    activation = draws.one(of: ParametricActivation.drawn)
    centersData = draws.flag()
    lossIsPerNumber = draws.flag()
  }

  private var encoder: [Int] { [Int](repeating: encoderWidth, count: encoderLayers) }
  private var decoder: [Int] { [Int](repeating: decoderWidth, count: decoderLayers) }

  func cost(on images: TaskSetImages) -> Cost? {
    let pixels = imageSize * imageSize * images.channels
    var cost = Cost()
    cost.addLayers([pixels] + encoder + [2 * latent], times: batchSize)
    cost.addLayers([latent] + decoder + [2 * pixels], times: batchSize)
    return cost
  }

  func task(on images: TaskSetImages, seed: UInt64) -> any Task {
    let batches = ParametricImages(
      images: images, size: imageSize, batchSize: batchSize, centersData: centersData)
    let numbers = lossIsPerNumber ? 1 : batches.width
    return PlannedTask(
      seed: seed, normalization: .variationalAutoencoder(lossPerNumber: numbers),
      fill: { memory in
        batches.fill(memory)
        memory.fillAutoencoderNoise()
      }
    ) { blueprint in
      let x = batches.inputs(in: blueprint).features.flattened
      let width = batches.width
      let bound = blueprint.negativeELBO(
        of: x, plus: blueprint.recording.input("pixel_noise", x.shape),
        blueprint.recording.input("latent_noise", [batchSize, latent])
      ) {
        blueprint.perceptron($0, hidden: encoder, outputs: 2 * latent, "encoder", activation, initializer)
      } decode: {
        let image = blueprint.perceptron(
          $0, hidden: decoder, outputs: 2 * width, "decoder", activation, initializer
        ).clamped(-10, 10)
        return (image.slice(0..<width, axis: 1), image.slice(width..<2 * width, axis: 1))
      }
      return lossIsPerNumber ? bound * (1 / Float(batches.width)) : bound
    }
  }
}
