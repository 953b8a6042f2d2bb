internal import Graph
internal import Numerics

/// Perceptrons that encode and decode images (spec §4.6).
extension FixedTask {
  static let autoencoders: [FixedTask] = [
    ae("FixedMLPAE_mnist_32x32x32_bs128", .mnist, [32, 32, 32]),
    ae("FixedMLPAE_mnist_128x32x128_bs128", .mnist, [128, 32, 128]),
    ae("FixedMLPAE_cifar10_128x32x128_bs128", .cifar10, [128, 32, 128]),
  ]

  static let variationalAutoencoders: [FixedTask] = [
    vae(
      "FixedMLPVAE_cifar101_128x32x128_bs128", .cifar10, [128], 32, [128],
      quirks: [.dataSet(named: "cifar101", inFact: "cifar10")]),
    vae(
      "FixedMLPVAE_cifar101_128x128x32x128x128_bs128", .cifar10, [128, 128], 32, [128, 128],
      quirks: [.dataSet(named: "cifar101", inFact: "cifar10")]),
    vae("FixedMLPVAE_mnist_128x8x128x128_bs128", .mnist, [128], 8, [128, 128]),
    vae("FixedMLPVAE_mnist_128x128x8x128_bs128", .mnist, [128, 128], 8, [128]),
    vae("FixedMLPVAE_mnist_128x64x32x64x128_bs64", .mnist, [128, 64], 32, [64, 128], batchSize: 64),
    vae("FixedMLPVAE_food10132x32_128x64x32x64x128_bs64", .food101, [128, 64], 32, [64, 128], batchSize: 64),
    vae(
      "Imagenet32x30_FC_VAE_128x64x32x64x128_relu_bs256", .food101, [128, 64], 32, [64, 128], batchSize: 256,
      quirks: [.dataSet(named: "Imagenet32x30", inFact: "food101_32x32")]),
  ]

  private static func ae(_ name: String, _ images: FixedData.Images, _ hidden: [Int]) -> FixedTask {
    FixedTask(name, .autoencoder, FixedAutoencoder(images: images, batchSize: 128, hidden: hidden))
  }

  private static func vae(
    _ name: String, _ images: FixedData.Images, _ encoder: [Int], _ latent: Int, _ decoder: [Int],
    batchSize: Int = 128, quirks: [FixedQuirk] = []
  ) -> FixedTask {
    FixedTask(
      name, .variationalAutoencoder,
      FixedVariationalAutoencoder(
        images: images, batchSize: batchSize, encoder: encoder, latent: latent, decoder: decoder), quirks: quirks)
  }
}

/// The mean square of what a perceptron with sigmoids at its end makes of an image, minus the image.
struct FixedAutoencoder: FixedModel {
  let images: FixedData.Images
  let batchSize: Int
  let hidden: [Int]

  var data: FixedData { .images(images) }

  var published: PublishedValue {
    ["dataset": images, "bs": batchSize, "hidden_units": hidden, "activation": TaskSet.Activation.relu]
  }

  func problem(on material: FixedMaterial) -> PlannedProblem {
    let batches = images.batches(of: batchSize, in: material)
    return PlannedProblem(
      scale: .init(best: 0, guess: 0.25), fill: { batches.fillFeatures($0) }
    ) { blueprint in
      let x = batches.features(in: blueprint)
      let seen = blueprint.perceptron(x, hidden: hidden, outputs: batches.width, "layer", .relu, .sonnet).sigmoid
      return (x - seen).squared.mean()
    }
  }
}

/// The bound of spec §4.4's mlp_vae_family, on pixels 2x - 1.
struct FixedVariationalAutoencoder: FixedModel {
  let images: FixedData.Images
  let batchSize: Int
  let encoder: [Int]
  let latent: Int
  let decoder: [Int]

  var data: FixedData { .images(images) }

  var published: PublishedValue {
    [
      "dataset": images, "bs": batchSize, "enc_units": encoder, "n_z": latent, "dec_units": decoder,
      "activation": TaskSet.Activation.relu,
    ]
  }

  func problem(on material: FixedMaterial) -> PlannedProblem {
    let batches = images.batches(of: batchSize, in: material, centersData: true)
    return batches.variationalAutoencoder(latent: latent) { x, blueprint in
      blueprint.perceptron(x, hidden: encoder, outputs: 2 * latent, "encoder", .relu, .sonnet)
    } decode: { z, blueprint in
      let width = batches.width
      let image = blueprint.perceptron(z, hidden: decoder, outputs: 2 * width, "decoder", .relu, .sonnet)
        .clamped(-10, 10)
      return (image.slice(0..<width, axis: 1), image.slice(width..<2 * width, axis: 1))
    }
  }
}

extension FixedImageBatches {
  /// The negative bound of the images' likelihood.
  /// - Parameters:
  ///   - encode: of [batch, width] pixels, the means and logarithms of the deviations of the latent variables.
  ///   - decode: of [batch, latent] variables, those of the pixels.
  func variationalAutoencoder(
    latent: Int, encode: @escaping @Sendable (Term, Blueprint) -> Term,
    decode: @escaping @Sendable (Term, Blueprint) -> (mean: Term, logSigma: Term)
  ) -> PlannedProblem {
    // Pixels are known to 1/255: as probabilities of such cells the likelihoods have logarithms of at most 0.
    PlannedProblem(
      scale: .init(best: 0, guess: 10 * Double(width)),
      fill: { memory in
        fillFeatures(memory)
        memory.fillAutoencoderNoise()
      }
    ) { blueprint in
      let x = features(in: blueprint)
      let latentNoise = blueprint.recording.input("latent_noise", [batchSize, latent])
      let pixelNoise = blueprint.recording.input("pixel_noise", [batchSize, width])
      return blueprint.negativeELBO(of: x, plus: pixelNoise, latentNoise) {
        encode($0, blueprint)
      } decode: {
        decode($0, blueprint)
      }
    }
  }
}
