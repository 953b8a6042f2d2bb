internal import Graph
internal import Numerics

/// TaskSet's mlp_vae_family: perceptrons that encode an image as a normal distribution and decode a draw of it (spec §4.4).
extension SampledFamily<TaskSet.VariationalAutoencoder> {
  /// nil where no configuration fits.
  package init?(variationalAutoencodersOn images: TaskSetImageSource, limits: SamplingLimits = SamplingLimits()) {
    let configurations = limits.drawn { seed -> TaskSet.VariationalAutoencoder? in
      guard case .variationalAutoencoder(let configuration) = TaskSetFamily.variationalAutoencoder.draw(seed: seed),
        let batches = configuration.dataSet.batches(of: images, centersData: false)
      else { return nil }
      let (hidden, latent) = configuration.encoder
      var cost = Cost()
      cost.addLayers([batches.width] + hidden + [2 * latent], times: batches.batchSize)
      cost.addLayers([latent] + configuration.decoderWidths + [2 * batches.width], times: batches.batchSize)
      return limits.admits(cost) ? configuration : nil
    }
    self.init(
      name: TaskSetFamily.variationalAutoencoder.name(on: images.name), configurations: configurations
    ) { configuration, seed in
      configuration.task(on: configuration.dataSet.admittedBatches(of: images, centersData: false), seed: seed)
    }
  }
}

extension TaskSet.VariationalAutoencoder {
  /// The encoder's hidden widths; its last width is the number of latent variables.
  fileprivate var encoder: (hidden: [Int], latent: Int) {
    (Array(encoderWidths.dropLast()), encoderWidths[encoderWidths.count - 1])
  }

  fileprivate func task(on batches: TaskSetImageBatches, seed: UInt64) -> any Task {
    let latent = encoder.latent
    // Pixels are known to 1/255: as probabilities of such cells the likelihoods have logarithms of at most 0.
    return PlannedTask(
      seed: seed, scale: .init(best: 0, guess: 10 * Double(batches.width)),
      fill: { memory in
        batches.fill(memory)
        memory.fillAutoencoderNoise()
      }
    ) { blueprint in
      let (x, _) = batches.inputs(in: blueprint)
      let latentNoise = blueprint.recording.input("latent_noise", [batches.batchSize, latent])
      let pixelNoise = blueprint.recording.input("pixel_noise", [batches.batchSize, batches.width])
      return blueprint.negativeELBO(of: x, plus: pixelNoise, latentNoise) {
        blueprint.perceptron($0, hidden: encoder.hidden, outputs: 2 * latent, "encoder", activation, initializer)
      } decode: {
        let width = batches.width
        let image = blueprint.perceptron(
          $0, hidden: decoderWidths, outputs: 2 * width, "decoder", activation, initializer
        ).clamped(-10, 10)
        return (image.slice(0..<width, axis: 1), image.slice(width..<2 * width, axis: 1))
      }
    }
  }
}

extension BatchMemory {
  /// Writes the draws of a variational autoencoder: "latent_noise" of N(0, 1), "pixel_noise" of U(-1/2, 1/2) / 255.
  func fillAutoencoderNoise() {
    randomness.normals(address(2), into: floats("latent_noise"))
    let noise = floats("pixel_noise")
    randomness.uniforms(address(3), into: noise)
    for i in noise.indices { noise[i] = (noise[i] - 0.5) * (1 / 255) }
  }
}

extension Blueprint {
  /// The mean over the batch of KL(q(z | x), N(0, 1)) - log p(x + u | z), with z = mean + sigma · noise.
  /// - Parameters:
  ///   - encode: of x, the means and the logarithms of the deviations of z, side by side.
  ///   - decode: of z, the means and the logarithms of the deviations of the pixels, each of x's shape.
  func negativeELBO(
    of x: Term, plus pixelNoise: Term, _ latentNoise: Term, encode: (Term) -> Term,
    decode: (Term) -> (mean: Term, logSigma: Term)
  ) -> Term {
    let (count, latent) = (x.shape[0], latentNoise.shape[1])
    let code = encode(x)
    let mean = code.slice(0..<latent, axis: 1)
    let logSigma = code.slice(latent..<2 * latent, axis: 1)
    let image = decode(mean + logSigma.exp * latentNoise)

    // KL = sum of (mean^2 + sigma^2 - 1) / 2 - log sigma.
    let divergence = (0.5 * (mean.squared + (2 * logSigma).exp) - logSigma - 0.5).sum()
    let distance = (x + pixelNoise - image.mean) / image.logSigma.exp
    // -log N(x; m, s) = ((x - m) / s)^2 / 2 + log s + log(2 pi) / 2; and log 255 for the size of a cell.
    let constant: Float = 0.918_938_53 + 5.541_263_5
    let surprise = (0.5 * distance.squared + image.logSigma + constant).sum()
    return (divergence + surprise) * (1 / Float(count))
  }
}
