internal import Graph
internal import Numerics

/// Convolutions that encode images and transposed ones that decode them (spec §4.6).
extension FixedTask {
  static let convolutionalAutoencoders: [FixedTask] = [
    ae("FixedImageConvAE_mnist_32x32x32x32x32_bs128", .mnist, [32, 32], 32, [32, 32]),
    ae("FixedImageConvAE_mnist_32x64x8x64x32_bs128", .mnist, [32, 64], 8, [64, 32]),
    ae(
      "FixedImageConvAE_mnist_32x64x32x64x32_bs512", .mnist, [32, 64], 32, [64, 64], batchSize: 512,
      quirks: [.widths(named: "a decoder of 64x32", inFact: "64x64")]),
    ae("FixedImageConvAE_cifar10_32x32x32x32x32_bs128", .cifar10, [32, 32], 32, [32, 32]),
    ae("FixedImageConvAE_cifar10_32x64x8x64x32_bs128", .cifar10, [32, 64], 8, [64, 32]),
  ]

  static let convolutionalVariationalAutoencoders: [FixedTask] = [
    vae("FixedImageConvVAE_mnist_32x32x32x32x32_bs128", .mnist, [32, 32], 32, [32, 32]),
    vae(
      "FixedImageConvVAE_mnist_32x64x32x64x32_bs128", .cifar10, [32, 64], 32, [64, 32],
      quirks: [.dataSet(named: "mnist", inFact: "cifar10")]),
    vae("FixedImageConvVAE_cifar10_32x64x128x64x32_bs128", .cifar10, [32, 64], 128, [64, 32]),
    vae("FixedImageConvVAE_mnist_64x128x128x128x64_bs128", .mnist, [64, 128], 128, [128, 64]),
    vae(
      "FixedImageConvVAE_cifar10_64x128x256x128x256x128x64_bs128", .cifar10, [64, 128, 256], 128, [256, 128, 64]),
    vae("FixedImageConvVAE_cifar10_32x64x128x64x128x64x32_bs128", .cifar10, [32, 64, 128], 64, [128, 64, 32]),
    vae(
      "FixedImageConvVAE_cifar10_32x64x128x64x128x64x32_bs512", .cifar10, [32, 64, 128], 64, [128, 64, 32],
      batchSize: 512),
  ]

  private static func ae(
    _ name: String, _ images: FixedData.Images, _ encoder: [Int], _ latent: Int, _ decoder: [Int],
    batchSize: Int = 128, quirks: [FixedQuirk] = []
  ) -> FixedTask {
    let coder = FixedImageCoder(encoder: encoder, latent: latent, decoder: decoder)
    return FixedTask(
      name, .convolutionalAutoencoder,
      FixedConvolutionAutoencoder(images: images, batchSize: batchSize, coder: coder), quirks: quirks)
  }

  private static func vae(
    _ name: String, _ images: FixedData.Images, _ encoder: [Int], _ latent: Int, _ decoder: [Int],
    batchSize: Int = 128, quirks: [FixedQuirk] = []
  ) -> FixedTask {
    let coder = FixedImageCoder(encoder: encoder, latent: latent, decoder: decoder)
    return FixedTask(
      name, .convolutionalVariationalAutoencoder,
      FixedConvolutionVariationalAutoencoder(images: images, batchSize: batchSize, coder: coder), quirks: quirks)
  }
}

/// Convolutions of stride 2, a linear code, a linear layer of 32 channels, and as many transposed convolutions back.
struct FixedImageCoder: Hashable, Sendable {
  /// Channels.
  let encoder: [Int]
  let latent: Int
  /// Channels, as many as the encoder's.
  let decoder: [Int]

  func published(on images: FixedData.Images, batchSize: Int) -> PublishedValue {
    [
      "dataset": images, "bs": batchSize, "enc_units": encoder, "n_z": latent, "dec_units": decoder,
      "activation": TaskSet.Activation.relu,
    ]
  }

  /// The code of [batch, rows, columns, channels], batch x outputs.
  func code(of x: Term, outputs: Int, in blueprint: Blueprint) -> Term {
    let convolutions = FixedConvolutions(
      channels: encoder, strides: encoder.map { _ in 2 }, activation: .relu, rule: .sonnet, hasBatchNorm: false)
    let features = convolutions.features(of: x, in: blueprint)
    return blueprint.linear(
      features.reshaped([x.shape[0], features.count / x.shape[0]]), outputs, "code", .sonnet)
  }

  /// [batch, rows, columns, channels] of a code, for images of `shape`, whose rows and columns a power of two divides.
  func images(of code: Term, channels: Int, shape: [Int], in blueprint: Blueprint) -> Term {
    let factor = 1 << decoder.count
    let (rows, columns) = (shape[1] / factor, shape[2] / factor)
    precondition(
      rows * factor == shape[1] && columns * factor == shape[2],
      "images of \(shape[1]) x \(shape[2]) pixels cannot be halved \(decoder.count) times")
    let start = blueprint.linear(code, rows * columns * 32, "decoder", .sonnet)
      .reshaped([shape[0], rows, columns, 32])
    let features = FixedDeconvolutions(channels: decoder, activation: .relu).images(of: start, in: blueprint)
    // A convolution of one place.
    let pixels = features.reshaped([features.count / features.shape[3], features.shape[3]])
    return blueprint.linear(pixels, channels, "output", .sonnet).reshaped([shape[0], shape[1], shape[2], channels])
  }
}

/// The mean square of what comes back, behind a sigmoid, minus the image.
struct FixedConvolutionAutoencoder: FixedModel {
  let images: FixedData.Images
  let batchSize: Int
  let coder: FixedImageCoder

  var data: FixedData { .images(images) }

  var published: PublishedValue { coder.published(on: images, batchSize: batchSize) }

  func problem(on material: FixedMaterial) -> PlannedProblem {
    let batches = images.batches(of: batchSize, in: material)
    return PlannedProblem(
      scale: .init(best: 0, guess: 0.25), fill: { batches.fillFeatures($0) }
    ) { blueprint in
      let x = batches.features(in: blueprint).reshaped(batches.shape)
      let code = coder.code(of: x, outputs: coder.latent, in: blueprint)
      let image = coder.images(of: code, channels: batches.shape[3], shape: batches.shape, in: blueprint)
      return (x - image.sigmoid).squared.mean()
    }
  }
}

/// As the fully connected one, but for the networks.
struct FixedConvolutionVariationalAutoencoder: FixedModel {
  let images: FixedData.Images
  let batchSize: Int
  let coder: FixedImageCoder

  var data: FixedData { .images(images) }

  var published: PublishedValue { coder.published(on: images, batchSize: batchSize) }

  func problem(on material: FixedMaterial) -> PlannedProblem {
    let batches = images.batches(of: batchSize, in: material, centersData: true)
    let (shape, channels) = (batches.shape, batches.shape[3])
    return batches.variationalAutoencoder(latent: coder.latent) { x, blueprint in
      coder.code(of: x.reshaped(shape), outputs: 2 * coder.latent, in: blueprint)
    } decode: { z, blueprint in
      let image = coder.images(of: z, channels: 2 * channels, shape: shape, in: blueprint).clamped(-10, 10)
      let flat = [batchSize, batches.width]
      return (
        image.slice(0..<channels, axis: 3).reshaped(flat),
        image.slice(channels..<2 * channels, axis: 3).reshaped(flat)
      )
    }
  }
}
