extension TaskSet {
  /// maf_family and nvp_family: a normalizing flow on images, masked autoregressive or RealNVP (spec §4.4).
  package struct Flow: Hashable, Sendable {
    package let activation: Activation
    package let initializer: Initializer
    package let dataSet: ImageDataSet
    /// Hidden layers of each bijector's network.
    package let widths: [Int]
    /// Bijectors, with a permutation between each two.
    package let bijectors: Int

    init(from draws: inout TaskSetDraws) {
      activation = Activation(from: &draws)
      initializer = Initializer(from: &draws)
      dataSet = ImageDataSet(from: &draws)
      let layers = draws.one(of: [1, 2])
      widths = draws.logarithmic(16...128, count: layers)
      bijectors = draws.one(of: [1, 2, 3, 4])
    }
  }
}

extension TaskSet.Flow: Publishable {
  package var published: PublishedValue {
    [
      "activation": activation, "w_init": initializer, "dataset": dataSet, "hidden_units": widths,
      "num_bijectors": bijectors,
    ]
  }
}
