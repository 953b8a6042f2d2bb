import Foundation
import Numerics
import Tasks
import Testing

/// The first configurations that TaskSet publishes, of any size within the paper's limit, in training.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["RUNS_ALL_TASKS"] != nil))
struct PublishedConfigurationTests {
  /// The twelve families of which a loss takes at most this many multiply-adds in products: about a sixth of the 5 · 10^9
  /// operations a step that stand for 100 ms, since the gradient takes two more such products of two operations each.
  static let limits = SamplingLimits(maximumParameters: .max, maximumWork: 800_000_000)

  static func family(_ family: TaskSetFamily) -> (any TaskFamily)? {
    let (images, bytes, words) = (
      SampledFamiliesTests.images, SampledFamiliesTests.bytes, SampledFamiliesTests.words
    )
    return switch family {
    case .mlp: SampledFamily(perceptronsOn: images, limits: limits)
    case .autoencoder: SampledFamily(autoencodersOn: images, limits: limits)
    case .variationalAutoencoder: SampledFamily(variationalAutoencodersOn: images, limits: limits)
    case .convolutionsThenMLP: SampledFamily(convolutionsThenMLPOn: images, limits: limits)
    case .convolutionsThenPooling: SampledFamily(convolutionsThenPoolingOn: images, limits: limits)
    case .byteLanguageModel:
      SampledFamily(languageModels: .bytes, of: bytes, maximumLength: 256, limits: limits)
    case .wordLanguageModel:
      SampledFamily(languageModels: .subwords, of: words, maximumLength: 256, limits: limits)
    case .textClassifier: SampledFamily(classifiersOf: words, maximumLength: 256, limits: limits)
    case .maskedAutoregressiveFlow: SampledFamily(maskedAutoregressiveFlowsOn: images, limits: limits)
    case .realNVP: SampledFamily(realNVPOn: images, limits: limits)
    case .quadratic: SampledFamily(quadratics: limits)
    case .problem: SampledFamily(problems: limits)
    }
  }

  /// Twenty draws, fifty steps of Adam at 0.001. Diverging is allowed; then the task still computes what it did before.
  @Test(arguments: TaskSetFamily.allCases)
  func twentyConfigurationsTakeFiftySteps(_ kind: TaskSetFamily) throws {
    let family = try #require(Self.family(kind))
    let begin = Date()
    var (finite, lower) = (0, 0)
    for seed in 0..<20 as Range<UInt64> {
      let task = family.task(seed: seed)
      let workspace = Workspace()
      var w = task.initialParameters()
      let before = task.loss(w, on: Batch(.outerValid, 0), in: workspace)
      var gradient = Tensors(zeros: task.parameters)
      var (m, q) = ([Float](repeating: 0, count: w.values.count), [Float](repeating: 0, count: w.values.count))
      for step in 0..<50 {
        _ = task.loss(w, on: Batch(.train, step), gradient: &gradient, in: workspace)
        let (c, d) = (1 / Float(1 - power(0.9, step + 1)), 1 / Float(1 - power(0.999, step + 1)))
        for i in w.values.indices {
          let g = gradient.values[i]
          m[i] = 0.9 * m[i] + 0.1 * g
          q[i] = 0.999 * q[i] + 0.001 * g * g
          w.values[i] -= 0.001 * (c * m[i]) / ((d * q[i]).squareRoot() + 1e-8)
        }
      }
      let after = task.loss(w, on: Batch(.outerValid, 0), in: workspace)
      if after.isFinite { finite += 1 }
      if after < before { lower += 1 }
      #expect((-10...10).contains(task.normalization(after)), "held within its clip, a NaN at its end")
      let again = task.loss(task.initialParameters(), on: Batch(.outerValid, 0), in: workspace)
      #expect(again.bitPattern == before.bitPattern)
    }
    print(
      "\(kind.rawValue): 20 configurations, \(finite) finite, \(lower) lower; \(Int(-begin.timeIntervalSinceNow)) s")
    #expect(finite >= 12 && lower >= 10, "\(finite) finite, \(lower) lower")
  }
}
