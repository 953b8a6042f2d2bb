import Foundation
import Numerics
import Tasks
import Testing

/// Draws of every family in training, of any size within the paper's limit: what Tools/all-tasks runs.
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

  /// LO's families with draws of up to a million parameters and 100 million multiply-adds a loss.
  static let parametric = ParametricFamiliesTests.families(
    SamplingLimits(maximumParameters: 1_000_000, maximumWork: 100_000_000), maximumLength: 64)

  @Test(arguments: TaskSetFamily.allCases)
  func twentyConfigurationsTakeFiftySteps(_ kind: TaskSetFamily) throws {
    try expectFiftySteps(of: #require(Self.family(kind)), mappedTo: -10...10)
  }

  @Test(arguments: parametric.indices)
  func twentyDrawsOfAParametricFamilyTakeFiftySteps(_ index: Int) throws {
    try expectFiftySteps(of: Self.parametric[index], mappedTo: -16...10.5)
  }

  /// Twenty draws, fifty steps of Adam at 0.001. Diverging is allowed; then the task still computes what it did before.
  private func expectFiftySteps(of family: any TaskFamily, mappedTo range: ClosedRange<Double>) throws {
    let begin = Date()
    var (finite, lower) = (0, 0)
    var (parameters, operations, starts): ([Int], [Int], [Float]) = ([], [], [])
    for seed in 0..<20 as Range<UInt64> {
      let task = family.task(seed: seed)
      let workspace = Workspace()
      var w = task.initialParameters()
      let before = task.loss(w, on: Batch(.outerValid, 0), in: workspace)
      PlainAdam.trainCorrected(task, &w, steps: 50, rate: 0.001, workspace)
      let after = task.loss(w, on: Batch(.outerValid, 0), in: workspace)
      if after.isFinite { finite += 1 }
      if after < before { lower += 1 }
      #expect(range.contains(task.normalization(after)), "held within its clip, a NaN at its end")
      let again = task.loss(task.initialParameters(), on: Batch(.outerValid, 0), in: workspace)
      #expect(again.bitPattern == before.bitPattern)
      parameters.append(w.values.count)
      operations.append(task.operations?.gradient ?? 0)
      starts.append(before)
    }
    print(
      "\(family.name): parameters \(Self.range(parameters)), operations \(Self.range(operations)), loss at the start"
        + " \(Self.range(starts.filter(\.isFinite))); \(finite) of 20 finite, \(lower) lower;"
        + " \(Int(-begin.timeIntervalSinceNow)) s")
    #expect(finite >= 12 && lower >= 10, "\(finite) finite, \(lower) lower")
  }

  /// The least, the middle and the greatest.
  private static func range<Number: Comparable>(_ values: [Number]) -> String {
    let sorted = values.sorted()
    return "\(sorted[0]) / \(sorted[sorted.count / 2]) / \(sorted[sorted.count - 1])"
  }
}
