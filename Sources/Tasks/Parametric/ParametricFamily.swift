internal import Numerics

/// The static configuration of one of LO's parametric families (spec §4.8): how it is drawn, what it costs, the task it is.
protocol DrawnConfiguration: Sendable {
  associatedtype Data: Sendable

  /// The name by which recipes call the family.
  static var family: String { get }

  init(from draws: inout ParametricDraws)

  /// Examples a batch.
  var batchSize: Int { get set }

  /// The size of its task on these data; nil where they admit none.
  func cost(on data: Data) -> Cost?

  /// The task on these data; the seed is that of the start and of all batches.
  func task(on data: Data, seed: UInt64) -> any Task
}

/// One of LO's parametric families: a draw takes a configuration, a start and batches of its own, all by its seed.
///
/// LO refuses configurations by a model of their time; here limits on parameters and multiply-adds do, the same on every machine.
package struct ParametricFamily: BatchReducible {
  package let name: String
  private let make: @Sendable (_ seed: UInt64, _ batchFraction: Double) -> any Task

  /// nil where hardly a configuration fits: less than one in some thousand.
  init?<Configuration: DrawnConfiguration>(
    _ configuration: Configuration.Type, on data: Configuration.Data, named dataName: String, _ limits: SamplingLimits
  ) {
    @Sendable func admitted(_ seed: UInt64, _ attempt: Int) -> Configuration? {
      var draws = ParametricDraws(seed: seed, attempt: attempt)
      let configuration = Configuration(from: &draws)
      guard let cost = configuration.cost(on: data), limits.admits(cost) else { return nil }
      return configuration
    }
    guard (0..<5_000).contains(where: { admitted(0, $0) != nil }) else { return nil }
    name = "\(Configuration.family)(\(dataName))"
    make = { seed, batchFraction in
      for attempt in 0..<1_000_000 {
        guard var configuration = admitted(seed, attempt) else { continue }
        configuration.batchSize = max(1, Int(batchFraction * Double(configuration.batchSize)))
        return configuration.task(on: data, seed: seed)
      }
      preconditionFailure("a million configurations of \(Configuration.family), and none within the limits")
    }
  }

  package func task(seed: UInt64) -> any Task { make(seed, 1) }

  /// The same draw with the first examples of each of its batches only, a share of them and at least one.
  package func task(seed: UInt64, batchFraction: Double) -> any Task { make(seed, batchFraction) }
}

extension ParametricFamily {
  package static func imageMLP(on images: TaskSetImages, limits: SamplingLimits) -> ParametricFamily? {
    Self(ImageMLP.self, on: images, named: images.dataSet.name, limits)
  }

  package static func imageConvolutions(on images: TaskSetImages, limits: SamplingLimits) -> ParametricFamily? {
    Self(ImageConvolutions.self, on: images, named: images.dataSet.name, limits)
  }

  package static func imageAutoencoder(on images: TaskSetImages, limits: SamplingLimits) -> ParametricFamily? {
    Self(ImageAutoencoder.self, on: images, named: images.dataSet.name, limits)
  }

  package static func imageVariationalAutoencoder(
    on images: TaskSetImages, limits: SamplingLimits
  ) -> ParametricFamily? {
    Self(ImageVariationalAutoencoder.self, on: images, named: images.dataSet.name, limits)
  }

  package static func imageResidualNetwork(on images: TaskSetImages, limits: SamplingLimits) -> ParametricFamily? {
    Self(ImageResidualNetwork.self, on: images, named: images.dataSet.name, limits)
  }

  package static func visionTransformer(on images: TaskSetImages, limits: SamplingLimits) -> ParametricFamily? {
    Self(VisionTransformer.self, on: images, named: images.dataSet.name, limits)
  }

  package static func learnedOptimizerTraining(on images: TaskSetImages, limits: SamplingLimits) -> ParametricFamily? {
    Self(LearnedOptimizerTraining.self, on: images, named: images.dataSet.name, limits)
  }

  package static func recurrentLanguageModel(on text: ParametricText, limits: SamplingLimits) -> ParametricFamily? {
    Self(RecurrentLanguageModel.self, on: text, named: text.name, limits)
  }

  package static func transformerLanguageModel(on text: ParametricText, limits: SamplingLimits) -> ParametricFamily? {
    Self(TransformerLanguageModel.self, on: text, named: text.name, limits)
  }
}
