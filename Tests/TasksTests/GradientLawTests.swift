import DoublePrecision
import Foundation
import Graph
import Numerics
import Testing

@testable import Tasks

/// The law of gradients over draws of every family: what the plan computes in floats is the derivative of its expression, which in
/// double precision is that of central differences.
///
/// Three draws a family; with RUNS_GRADIENTS=n it is n.
struct GradientLawTests {
  static let draws = ProcessInfo.processInfo.environment["RUNS_GRADIENTS"].flatMap { UInt64($0) } ?? 3
  static let small = SamplingLimits(maximumParameters: 12_000, maximumWork: 200_000)
  private static let digits = SampledFamiliesTests.digits
  private static let images = SampledFamiliesTests.images

  struct Sample: CustomTestStringConvertible, Sendable {
    let family: any TaskFamily
    var testDescription: String { family.name }
    init(_ family: (any TaskFamily)?) { self.family = family! }
  }

  static let taskSet: [Sample] = [
    Sample(SampledFamily(perceptronsOn: images, limits: small)),
    Sample(SampledFamily(quadratics: small)),
    Sample(SampledFamily(problems: small)),
    Sample(
      SampledFamily(
        languageModels: .bytes, of: SampledFamiliesTests.bytes, maximumLength: 5,
        limits: SamplingLimits(maximumParameters: 30_000, maximumWork: 1_000_000))),
    Sample(
      SampledFamily(
        languageModels: .subwords, of: SampledFamiliesTests.words, maximumLength: 4,
        limits: SamplingLimits(maximumParameters: 100_000, maximumWork: 3_000_000))),
    Sample(
      SampledFamily(
        classifiersOf: SampledFamiliesTests.words, maximumLength: 5,
        limits: SamplingLimits(maximumParameters: 30_000, maximumWork: 1_000_000))),
    Sample(SampledFamily(autoencodersOn: images, limits: small)),
    Sample(SampledFamily(variationalAutoencodersOn: images, limits: SamplingLimits(maximumWork: 500_000))),
    Sample(SampledFamily(convolutionsThenMLPOn: images, limits: small)),
    Sample(SampledFamily(convolutionsThenPoolingOn: images, limits: small)),
    Sample(SampledFamily(maskedAutoregressiveFlowsOn: images, limits: small)),
    Sample(SampledFamily(realNVPOn: images, limits: small)),
  ]

  static let parametric: [Sample] = {
    let text = ParametricText(
      bytes: SampledFamiliesTests.bytes, words: SampledFamiliesTests.words, maximumLength: 4)
    return [
      Sample(ParametricFamily.imageMLP(on: digits, limits: small)),
      Sample(ParametricFamily.imageConvolutions(on: digits, limits: small)),
      Sample(ParametricFamily.imageAutoencoder(on: digits, limits: small)),
      Sample(ParametricFamily.imageVariationalAutoencoder(on: digits, limits: small)),
      Sample(
        ParametricFamily.imageResidualNetwork(
          on: digits, limits: SamplingLimits(maximumParameters: 30_000, maximumWork: 1_500_000))),
      Sample(ParametricFamily.visionTransformer(on: digits, limits: small)),
      Sample(ParametricFamily.recurrentLanguageModel(on: text, limits: small)),
      Sample(
        ParametricFamily.transformerLanguageModel(
          on: text, limits: SamplingLimits(maximumParameters: 200_000, maximumWork: 3_000_000))),
      Sample(ResidualNetworkTests.small),
    ]
  }()

  /// How far floats are from doubles, and doubles from differences, in parts of the gradient's length.
  struct Errors: CustomStringConvertible {
    var ofFloats = 0.0
    /// Along the gradient, and along a direction that has as much of every parameter.
    var ofDoubles: [Double] = []

    var areSmall: Bool { ofFloats < 1e-3 && ofDoubles.allSatisfy { $0 < 1e-5 } }
    var description: String { "floats \(ofFloats), doubles \(ofDoubles)" }
  }

  /// At one of three points near the start: one may lie so near the corner of a rectifier that floats are on its other side, or
  /// differences on both. A wrong derivative is wrong at all of them.
  @Test(arguments: taskSet + parametric)
  func theGradientIsThatOfCentralDifferences(_ sample: Sample) throws {
    for seed in 0..<Self.draws {
      let task = sample.family.task(seed: seed)
      var found: [Errors] = []
      for point in 0..<3 {
        guard let errors = try Self.errors(of: task, near: point, seed: seed) else { break }
        found.append(errors)
        if errors.areSmall { break }
      }
      #expect(found.isEmpty || found.last!.areSmall, "seed \(seed): \(found)")
    }
  }

  /// nil where a loss or a gradient is not finite, or there is no gradient.
  private static func errors(of task: any Tasks.Task, near point: Int, seed: UInt64) throws -> Errors? {
    let (plan, fill) = try #require(judged(task, Batch(.train, Int(seed))))
    let randomness = Randomness(key: seed)
    // Off the start, where biases are 0 and units that see nothing stand exactly at the corner of their rectifier.
    var at = task.initialParameters()
    for i in at.values.indices {
      at.values[i] += 1e-3 * Float(randomness.uniform(Address(.evaluation, particle: 1 + point), index: i) - 0.5)
    }
    var found = Tensors(zeros: task.parameters)
    var inputs: [String: [Double]] = [:]
    let loss = plan.loss(at, gradient: &found, in: Workspace()) { memory in
      fill(memory)
      for input in plan.inputs { inputs[input.name] = read(input, memory, plan.expression) }
    }
    let interpreter = DoubleInterpreter(expression: plan.expression)
    let exact = at.values.map(Double.init)
    let gradient = interpreter.gradient(parameters: exact, inputs: inputs)
    let norm = length(gradient)
    guard loss.isFinite, found.values.allSatisfy(\.isFinite), norm > 0, norm.isFinite else { return nil }

    var errors = Errors()
    errors.ofFloats = length(zip(found.values, gradient).map { Double($0) - $1 }) / norm
    let signs = gradient.indices.map { randomness.uniform(Address(.evaluation), index: $0) < 0.5 ? -1.0 : 1 }
    for direction in [gradient, signs] {
      let size = length(direction)
      let slope = zip(direction, gradient).reduce(0) { $0 + $1.0 * $1.1 } / size
      // A large step has an error of its square, a small one that of rounding: the best of some.
      let differences = [1e-5, 1e-6, 1e-7].map { relative -> Double in
        let h = relative * max(1, length(exact))
        func loss(_ step: Double) -> Double {
          interpreter.loss(parameters: zip(exact, direction).map { $0 + step * $1 / size }, inputs: inputs)
        }
        return abs((loss(h) - loss(-h)) / (2 * h) - slope) / norm
      }
      errors.ofDoubles.append(differences.min()!)
    }
    return errors
  }

  private static func length(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 }.squareRoot() }

  /// The plan of a training step, and what fills its inputs.
  private static func judged(
    _ task: any Tasks.Task, _ batch: Batch
  ) -> (plan: Plan, fill: (UnsafeMutablePointer<Float>) -> Void)? {
    switch task {
    case let task as PlannedTask:
      (task.plan, { task.fill(BatchMemory(plan: task.plan, memory: $0, batch: batch, seed: task.seed)) })
    case let task as BatchNormalizedTask:
      (task.training, { task.fill(BatchMemory(plan: task.training, memory: $0, batch: batch, seed: task.seed)) })
    case let task as TaskSetMLPTask:
      (task.plan, { TaskSetMLPTask.fill($0, from: task.batches, batch, seed: task.seed, task.plan) })
    case let task as TaskSetQuadraticTask:
      (
        task.plan,
        { TaskSetQuadraticTask.fill($0, with: task.noise, of: batch, seed: task.seed, task.plan, Workspace()) }
      )
    default: nil
    }
  }

  private static func read(
    _ input: Plan.Input, _ memory: UnsafeMutablePointer<Float>, _ expression: Graph.Expression
  ) -> [Double] {
    let isIndex = expression.nodes.contains {
      if case .input(input.name) = $0.source { return $0.holdsIndices }
      return false
    }
    let place = memory + input.offset
    let count = input.shape.reduce(1, *)
    guard isIndex else { return (0..<count).map { Double(place[$0]) } }
    let indices = UnsafeMutableRawPointer(place).assumingMemoryBound(to: Int32.self)
    return (0..<count).map { Double(indices[$0]) }
  }
}
