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
  static let draws = ProcessInfo.processInfo.environment["RUNS_GRADIENTS"].flatMap { UInt64($0) }
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
      Sample(
        ParametricFamily.learnedOptimizerTraining(
          on: digits, limits: SamplingLimits(maximumParameters: 2_000, maximumWork: 1_000_000))),
      Sample(ParametricFamily.recurrentLanguageModel(on: text, limits: small)),
      Sample(
        ParametricFamily.transformerLanguageModel(
          on: text, limits: SamplingLimits(maximumParameters: 200_000, maximumWork: 3_000_000))),
      Sample(ResidualNetworkTests.small),
    ]
  }()

  /// Those of which a step takes so many operations at most.
  static let fixed: [FixedTask] = {
    let most = draws == nil ? 5_000_000 : 60_000_000
    return FixedTask.all.filter { $0.operations(on: FixedTaskTests.material).gradient <= most }
  }()

  /// What one point says, in parts of the gradient's length.
  struct Errors: CustomStringConvertible {
    /// Of the loss that an expression in double precision has there, and the length of its gradient.
    var loss = 0.0
    var norm = 0.0
    /// How far the gradient in floats is from that in doubles.
    var ofFloats = 0.0
    /// How far the gradient in doubles moves when each parameter is changed by half of a float's last place.
    var ofRounding = 0.0
    /// How far doubles are from differences along the gradient, and along a direction that has as much of every parameter.
    var ofDoubles: [Double] = []

    /// A float's gradient cannot be nearer than what its parameters are, times the roundings that follow.
    var areSmall: Bool { ofFloats < max(1e-3, 10 * ofRounding) && ofDoubles.allSatisfy { $0 < 1e-6 } }
    var description: String {
      "loss \(loss), gradient \(norm), floats \(ofFloats), rounding \(ofRounding), doubles \(ofDoubles)"
    }
  }

  /// How far around the start the points lie.
  private static let distances: [Float] = [1e-3, 1e-3, 1e-2, 1]

  @Test(arguments: taskSet + parametric)
  func theGradientIsThatOfCentralDifferences(_ sample: Sample) throws {
    try check(sample.family.name, draws: Self.draws ?? 3) { sample.family.task(seed: $0) }
  }

  @Test(arguments: fixed)
  func theGradientOfAFixedTaskIsThatOfCentralDifferences(_ fixed: FixedTask) throws {
    try check(fixed.name, draws: 1) { fixed.task(on: FixedTaskTests.material, seed: $0) }
  }

  /// At one of four points around the start: one may lie so near the corner of a rectifier that floats are on its other side, or
  /// differences on both, or on a plain so flat that differences are lost in the loss's last places. A wrong derivative is wrong at
  /// all of them.
  private func check(_ name: String, draws: UInt64, _ task: (UInt64) -> any Tasks.Task) throws {
    var (judged, worst) = (0, (floats: 0.0, doubles: 0.0))
    for seed in 0..<draws {
      let task = task(seed)
      var found: [Errors] = []
      for point in Self.distances.indices {
        guard let errors = try Self.errors(of: task, near: point, seed: seed) else { break }
        found.append(errors)
        if errors.areSmall { break }
      }
      guard let last = found.last else { continue }
      judged += 1
      worst = (max(worst.floats, last.ofFloats), max(worst.doubles, last.ofDoubles.max()!))
      #expect(last.areSmall, "seed \(seed): \(found)")
      if Self.draws != nil, last.ofFloats > 1e-3 { print("\(name), seed \(seed): \(last)") }
    }
    // Draws whose loss at the start is beyond all floats have no gradient to judge.
    #expect(2 * judged > Int(draws), "only \(judged) of \(draws) draws have a finite gradient")
    if Self.draws != nil {
      print("\(name): \(judged) of \(draws) draws; floats within \(worst.floats), doubles within \(worst.doubles)")
    }
  }

  /// nil where a loss or a gradient is not finite, or there is no gradient.
  private static func errors(of task: any Tasks.Task, near point: Int, seed: UInt64) throws -> Errors? {
    let (plan, fill) = try #require(judged(task, Batch(.train, Int(seed))))
    let randomness = Randomness(key: seed)
    // Off the start, where biases are 0 and units that see nothing stand exactly at the corner of their rectifier.
    var at = task.initialParameters()
    for i in at.values.indices {
      let move = randomness.uniform(Address(.evaluation, particle: 1 + point), index: i) - 0.5
      at.values[i] += distances[point] * Float(move)
    }
    var found = Tensors(zeros: task.parameters)
    var inputs: [String: [Double]] = [:]
    let loss = plan.loss(at, gradient: &found, in: Workspace()) { memory in
      fill(memory)
      for input in plan.inputs { inputs[input.name] = read(input, memory, plan.expression) }
    }
    let law = Law(interpreter: DoubleInterpreter(expression: plan.expression), inputs: inputs, at: at)
    guard loss.isFinite, found.values.allSatisfy(\.isFinite), law.norm > 0, law.norm.isFinite else { return nil }

    var errors = Errors(loss: law.loss, norm: law.norm)
    errors.ofFloats = law.distance(to: found.values.map(Double.init))
    if errors.ofFloats >= 1e-3 {
      let moved = zip(at.values, law.exact).enumerated().map { i, w in
        w.1 + Double(w.0.ulp) * (randomness.uniform(Address(.evaluation), index: i) < 0.5 ? -0.5 : 0.5)
      }
      errors.ofRounding = law.distance(to: law.interpreter.gradient(parameters: moved, inputs: inputs))
    }
    let signs = law.gradient.indices.map { randomness.uniform(Address(.evaluation), index: $0) < 0.5 ? -1.0 : 1 }
    errors.ofDoubles = [law.gradient, signs].map { law.errorOfDifferences(along: $0) }
    return errors
  }

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

/// An expression in double precision at one point.
private struct Law {
  let interpreter: DoubleInterpreter
  let inputs: [String: [Double]]
  let exact: [Double]
  let loss: Double
  let gradient: [Double]
  let norm: Double

  init(interpreter: DoubleInterpreter, inputs: [String: [Double]], at: Tensors) {
    self.interpreter = interpreter
    self.inputs = inputs
    exact = at.values.map(Double.init)
    let values = interpreter.values(parameters: exact, inputs: inputs)
    loss = values[interpreter.expression.loss][0]
    gradient = interpreter.expression.gradients.flatMap { values[$0] }
    norm = Self.length(gradient)
  }

  func distance(to other: [Double]) -> Double { Self.length(zip(other, gradient).map { $0 - $1 }) / norm }

  /// How far the slope in a direction is from differences of the fourth order, the best of some steps: a large one has an error
  /// of its fourth power, a small one that of rounding. Along the gradient a step changes the loss by such a part of it, or goes such
  /// a part of the way to the origin.
  func errorOfDifferences(along direction: [Double]) -> Double {
    let size = Self.length(direction)
    let slope = zip(direction, gradient).reduce(0) { $0 + $1.0 * $1.1 } / size
    var least = Double.infinity
    for part in [1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8] {
      let h = part * min(max(abs(loss), 1e-3) / norm, max(1, Self.length(exact)))
      func rise(_ step: Double) -> Double { value(step / size, direction) - value(-step / size, direction) }
      least = min(least, abs((8 * rise(h) - rise(2 * h)) / (12 * h) - slope) / norm)
      if least < 1e-8 { break }
    }
    return least
  }

  private func value(_ step: Double, _ direction: [Double]) -> Double {
    interpreter.loss(parameters: zip(exact, direction).map { $0 + step * $1 }, inputs: inputs)
  }

  private static func length(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 }.squareRoot() }
}
