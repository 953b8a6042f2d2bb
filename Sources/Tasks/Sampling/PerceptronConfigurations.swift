extension TaskSet {
  /// mlp_family: a fully connected classifier of flattened images (spec §4.4).
  package struct MLP: Hashable, Sendable {
    /// Hidden layers only.
    package let widths: [Int]
    package let activation: Activation
    /// Of the weights; biases start at zero.
    package let initializer: Initializer
    package let dataSet: ImageDataSet
    /// Whether pixels x become 2x - 1.
    package let centersData: Bool

    init(from draws: inout TaskSetDraws) {
      let layers = draws.one(of: [1, 2, 3, 4, 5, 6])
      widths = draws.logarithmic(16...128, count: layers)
      activation = Activation(from: &draws)
      initializer = Initializer(from: &draws)
      dataSet = ImageDataSet(from: &draws)
      centersData = draws.one(of: [true, false])
    }
  }

  /// mlp_ae_family: a fully connected autoencoder of flattened images.
  package struct Autoencoder: Hashable, Sendable {
    package let widths: [Int]
    package let activation: Activation
    package let initializer: Initializer
    package let dataSet: ImageDataSet
    package let output: Output
    package let distance: Distance
    package let reduction: Reduction

    /// tanh and linearCenter aim at 2x - 1, the others at x.
    package enum Output: String, Hashable, Sendable, Publishable {
      case tanh, sigmoid, linear
      case linearCenter = "linear_center"
    }

    package enum Distance: String, Hashable, Sendable, Publishable { case l1, l2 }

    /// Over the pixels of an image.
    package enum Reduction: String, Hashable, Sendable, Publishable {
      case mean = "reduce_mean"
      case sum = "reduce_sum"
    }

    init(from draws: inout TaskSetDraws) {
      let layers = draws.one(of: [1, 2, 3, 4, 5, 6])
      widths = draws.logarithmic(32...128, count: layers)
      activation = Activation(from: &draws)
      initializer = Initializer(from: &draws)
      dataSet = ImageDataSet(from: &draws)
      output = draws.one(of: [.tanh, .tanh, .sigmoid, .sigmoid, .linearCenter, .linear])
      distance = draws.one(of: [.l2, .l2, .l1])
      reduction = draws.one(of: [.mean, .sum])
    }
  }

  /// mlp_vae_family: a fully connected variational autoencoder. Its latent size is the last width of the encoder.
  package struct VariationalAutoencoder: Hashable, Sendable {
    package let encoderWidths: [Int]
    package let decoderWidths: [Int]
    package let activation: Activation
    package let initializer: Initializer
    package let dataSet: ImageDataSet

    init(from draws: inout TaskSetDraws) {
      let encoderLayers = draws.one(of: [1, 2, 3, 4])
      encoderWidths = draws.logarithmic(32...128, count: encoderLayers)
      let decoderLayers = draws.one(of: [1, 2, 3])
      decoderWidths = draws.logarithmic(32...128, count: decoderLayers)
      activation = Activation(from: &draws)
      initializer = Initializer(from: &draws)
      dataSet = ImageDataSet(from: &draws)
    }
  }
}

extension TaskSet.MLP: Publishable {
  package var published: PublishedValue {
    [
      "layer_sizes": widths, "activation": activation, "w_init": initializer, "dataset": dataSet,
      "center_data": centersData,
    ]
  }
}

extension TaskSet.Autoencoder: Publishable {
  package var published: PublishedValue {
    [
      "hidden_units": widths, "activation": activation, "w_init": initializer, "dataset": dataSet,
      "output_type": output, "loss_type": distance, "reduction_type": reduction,
    ]
  }
}

extension TaskSet.VariationalAutoencoder: Publishable {
  package var published: PublishedValue {
    [
      "enc_hidden_units": encoderWidths, "dec_hidden_units": decoderWidths, "activation": activation,
      "w_init": initializer, "dataset": dataSet,
    ]
  }
}
