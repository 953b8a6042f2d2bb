extension TaskSet {
  /// The 3x3 convolutions that both convolutional families begin with (spec §4.4).
  package struct Convolutions: Hashable, Sendable {
    package let layers: [Layer]
    package let activation: Activation
    package let initializer: Initializer

    package struct Layer: Hashable, Sendable {
      /// In both directions.
      package let stride: Int
      package let channels: Int
      package let padding: Padding
    }

    package enum Padding: String, Hashable, Sendable, Publishable {
      case same = "SAME"
      case valid = "VALID"
    }

    init(from draws: inout TaskSetDraws) {
      let count = draws.one(of: [1, 2, 3, 4, 5])
      let strides = draws.one(of: [[2, 2], [1, 2], [2, 1]])
      let channels = draws.logarithmic(8...64, count: count)
      activation = Activation(from: &draws)
      initializer = Initializer(from: &draws)
      layers = channels.enumerated().map { index, channels in
        Layer(stride: strides[index % 2], channels: channels, padding: draws.one(of: [.same, .valid]))
      }
    }

    /// The members that both families publish first.
    fileprivate var members: [PublishedValue.Member] {
      [
        .init("strides", layers.map { [$0.stride, $0.stride] }.published),
        .init("hidden_units", layers.map(\.channels).published),
        .init("activation", activation.published),
        .init("w_init", initializer.published),
        .init("padding", layers.map(\.padding).published),
      ]
    }
  }

  /// conv_fc_family: convolutions, then a fully connected classifier.
  package struct ConvolutionsThenMLP: Hashable, Sendable {
    package let convolutions: Convolutions
    /// Hidden layers only; may be none.
    package let widths: [Int]
    /// Of the convolutions.
    package let usesBias: Bool
    package let dataSet: ImageDataSet
    package let centersData: Bool

    init(from draws: inout TaskSetDraws) {
      convolutions = Convolutions(from: &draws)
      let layers = draws.one(of: [0, 1, 2, 3])
      widths = draws.logarithmic(32...128, count: layers)
      usesBias = draws.one(of: [true, false])
      dataSet = ImageDataSet(from: &draws)
      centersData = draws.one(of: [true, false])
    }
  }

  /// conv_pooling_family: convolutions, then global pooling and a linear classifier.
  package struct ConvolutionsThenPooling: Hashable, Sendable {
    package let convolutions: Convolutions
    package let pooling: Pooling
    /// Of the convolutions.
    package let usesBias: Bool
    package let dataSet: ImageDataSet
    package let centersData: Bool

    package enum Pooling: String, Hashable, Sendable, Publishable {
      case mean, max
      case squaredMean = "squared_mean"
    }

    init(from draws: inout TaskSetDraws) {
      convolutions = Convolutions(from: &draws)
      pooling = draws.one(of: [.mean, .max, .squaredMean])
      usesBias = draws.one(of: [true, false])
      dataSet = ImageDataSet(from: &draws)
      centersData = draws.one(of: [true, false])
    }
  }
}

extension TaskSet.ConvolutionsThenMLP: Publishable {
  package var published: PublishedValue {
    .object(
      convolutions.members + [
        .init("fc_hidden_units", widths.published), .init("use_bias", usesBias.published),
        .init("dataset", dataSet.published), .init("center_data", centersData.published),
      ])
  }
}

extension TaskSet.ConvolutionsThenPooling: Publishable {
  package var published: PublishedValue {
    .object(
      convolutions.members + [
        .init("pool_type", pooling.published), .init("use_bias", usesBias.published),
        .init("dataset", dataSet.published), .init("center_data", centersData.published),
      ])
  }
}
