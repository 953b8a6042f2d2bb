import Numerics
import Testing

@testable import Tasks

/// What each change of a task does, held to its formula.
struct AugmentationTests {
  static let digits = SampledFamiliesTests.digits
  static let family = ParametricFamily.imageMLP(
    on: digits, limits: SamplingLimits(maximumParameters: 3_000, maximumWork: 200_000))!
  static let quadratics = QuadraticFamily.tenDimensional

  static let each: [Augmentation] = [
    .reparametrizedWeights(.global, range: 10), .reparametrizedWeights(.tensor, range: 10),
    .reparametrizedWeights(.parameter, range: 10), .esGradients(deviation: 0.01, pairs: 4),
    .reducedBatch(fraction: 0.5), .bfloat16, .normalizedGradients, .subsampledDirections(32, takesSign: false),
    .subsampledDirections(8, takesSign: true), .delayedGradients(steps: 3),
  ]

  static func augmented(_ base: any TaskFamily, _ augmentations: [Augmentation], seed: UInt64 = 4) -> any Tasks.Task {
    AugmentedFamily(base, Augmentation.Probabilities()).task(seed: seed, augmentations)
  }

  private func gradient(_ task: any Tasks.Task, _ at: Tensors, _ batch: Batch = Batch(.train, 2)) -> (Float, [Float]) {
    var gradient = Tensors(zeros: task.parameters)
    let loss = task.loss(at, on: batch, gradient: &gradient, in: Workspace())
    return (loss, gradient.values)
  }

  @Test(arguments: each.indices)
  func aTaskIsAFunctionOfItsSeedAndABatchOfItsAddress(_ index: Int) {
    let one = Self.augmented(Self.family, [Self.each[index]])
    let again = Self.augmented(Self.family, [Self.each[index]])
    let at = one.initialParameters()
    #expect(at == again.initialParameters())
    let batches = Split.allCases.flatMap { split in [0, 5, 70_000].map { Batch(split, $0) } }
    let inOrder = batches.map { TaskLawsTests.evaluate(one, at, $0, Workspace()) }
    for (batch, expected) in zip(batches, inOrder).reversed() {
      #expect(TaskLawsTests.evaluate(again, at, batch, Workspace()) == expected, "\(batch)")
    }
  }

  /// Adam, as inner training goes: the model state travels along.
  @Test(arguments: each.indices)
  func adamLowersTheLoss(_ index: Int) {
    let task = Self.augmented(Self.family, [Self.each[index]])
    let workspace = Workspace()
    var (w, state) = (task.initialParameters(), task.initialModelState())
    func mean() -> Float {
      (0..<10).map { task.loss(w, state, on: Batch(.train, 500 + $0), in: workspace) }.reduce(0, +)
    }
    let start = mean()
    var adam = PlainAdam(task, rate: 0.003)
    var gradient = Tensors(zeros: task.parameters)
    for step in 0..<120 {
      _ = task.loss(w, &state, on: Batch(.train, step), gradient: &gradient, in: workspace)
      adam.step(&w, gradient)
    }
    #expect(mean() < start)
  }

  @Test(arguments: [Augmentation.Level.global, .tensor, .parameter])
  func otherCoordinatesGiveTheSameLossAndTheScaledGradient(_ level: Augmentation.Level) {
    let base = Self.family.task(seed: 4)
    let task = Self.augmented(Self.family, [.reparametrizedWeights(level, range: 100)])
    let (w, v) = (base.initialParameters(), task.initialParameters())
    let (loss, g) = gradient(base, w)
    let (scaledLoss, h) = gradient(task, v)
    #expect(abs(loss - scaledLoss) < 1e-5 * loss)
    // Rounding w = scale · v moves a weight by 1e-7 of it.
    // scale = w / v, and dL/dv = scale · dL/dw. Weights of 0, the biases, do not tell their scale.
    var scales: Set<Float> = []
    for i in w.values.indices where w.values[i] != 0 {
      let scale = w.values[i] / v.values[i]
      #expect(scale > 0.0099 && scale < 101)
      #expect(abs(h[i] - scale * g[i]) < 1e-3 * abs(scale * g[i]) + 1e-6 * scale)
      scales.insert((scale * 1e4).rounded())
    }
    switch level {
    case .global: #expect(scales.count <= 4)
    case .tensor: #expect(scales.count >= 2 && scales.count < 20)
    case .parameter: #expect(scales.count > 50)
    }
  }

  @Test func anESGradientOfAQuadraticIsThatOfItsPairs() {
    let base = Self.quadratics.task(seed: 4)
    let at = base.initialParameters()
    let (loss, g) = gradient(base, at)
    var sum = [Double](repeating: 0, count: g.count)
    // Many pairs come to the gradient: relative deviation sqrt((P + 1) / pairs) = 0.09 for 10 parameters (spec §9.4).
    let task = Self.augmented(Self.quadratics, [.esGradients(deviation: 0.01, pairs: 1_300)])
    let (same, estimate) = gradient(task, at)
    #expect(same == loss)
    for i in g.indices { sum[i] = Double(estimate[i] - g[i]) }
    let norm = g.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    let error = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
    #expect(error < 0.3 * norm && error > 1e-3 * norm, "\(error), \(norm)")
    // Another batch has other pairs.
    #expect(gradient(task, at, Batch(.train, 3)).1 != estimate)
  }

  @Test func aReducedBatchHasTheFirstExamplesOfTheWholeOne() {
    let whole = Self.family.task(seed: 4)
    let half = Self.augmented(Self.family, [.reducedBatch(fraction: 0.5)])
    #expect(half.initialParameters() == whole.initialParameters())
    let at = whole.initialParameters()
    let batch = Batch(.train, 0)
    #expect(half.loss(at, on: batch, in: Workspace()) != whole.loss(at, on: batch, in: Workspace()))
    // So small a share that one example is left: its loss is at most the whole batch's largest, and it is a function of its address.
    let one = Self.augmented(Self.family, [.reducedBatch(fraction: 1e-9)])
    #expect(one.loss(at, on: batch, in: Workspace()).isFinite)
  }

  @Test func bfloat16HasEightSignificantBits() {
    #expect(RoundedTask.rounded(1) == 1 && RoundedTask.rounded(1 + 0x1p-9) == 1)
    #expect(RoundedTask.rounded(1 + 0x1p-8) == 1, "a tie goes to even")
    #expect(RoundedTask.rounded(1 + 0x1.8p-7) == 1 + 0x1p-6, "a tie goes to even")
    #expect(RoundedTask.rounded(-3.1415927) == -3.140625)
    #expect(RoundedTask.rounded(.infinity) == .infinity && RoundedTask.rounded(.nan).isNaN)
    let task = Self.augmented(Self.family, [.bfloat16])
    let at = task.initialParameters()
    let (loss, g) = gradient(task, at)
    for value in at.values + g + [loss] { #expect(value.bitPattern & 0xFFFF == 0) }
    // Within half of the last place of the float's own.
    let (_, exact) = gradient(Self.family.task(seed: 4), at)
    for (one, other) in zip(g, exact) { #expect(abs(one - other) <= 0x1p-8 * abs(other)) }
  }

  @Test func aNormalizedGradientHasLengthOneAndItsDirection() {
    let base = Self.family.task(seed: 4)
    let (_, g) = gradient(base, base.initialParameters())
    let (_, unit) = gradient(Self.augmented(Self.family, [.normalizedGradients]), base.initialParameters())
    let norm = g.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    #expect(abs(unit.reduce(0.0) { $0 + Double($1) * Double($1) } - 1) < 1e-5)
    for (one, other) in zip(unit, g) { #expect(abs(Double(one) - Double(other) / norm) < 1e-6) }
  }

  @Test func asManyDirectionsAsParametersGiveTheGradientOnAverage() {
    let base = Self.quadratics.task(seed: 4)
    let (_, g) = gradient(base, base.initialParameters())
    let task = Self.augmented(Self.quadratics, [.subsampledDirections(1, takesSign: false)])
    let sign = Self.augmented(Self.quadratics, [.subsampledDirections(1, takesSign: true)])
    // E[(g · u) u] = g / P.
    var mean = [Double](repeating: 0, count: g.count)
    let count = 4_000
    for k in 0..<count {
      for (i, value) in gradient(task, base.initialParameters(), Batch(.train, k)).1.enumerated() {
        mean[i] += Double(value) * Double(g.count) / Double(count)
      }
    }
    let norm = g.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    let error = zip(mean, g).reduce(0.0) { $0 + ($1.0 - Double($1.1)) * ($1.0 - Double($1.1)) }.squareRoot()
    #expect(error < 0.2 * norm, "\(error), \(norm)")
    // One signed direction is a unit vector that does not point away from the gradient.
    let (_, u) = gradient(sign, base.initialParameters())
    #expect(abs(u.reduce(0.0) { $0 + Double($1) * Double($1) } - 1) < 1e-5)
    #expect(zip(u, g).reduce(0.0) { $0 + Double($1.0) * Double($1.1) } > 0)
  }

  @Test func aDelayedGradientIsThatOfEarlierParameters() {
    let base = Self.family.task(seed: 4)
    let task = Self.augmented(Self.family, [.delayedGradients(steps: 3)])
    let workspace = Workspace()
    var (w, state) = (task.initialParameters(), task.initialModelState())
    var past = [Tensors](repeating: w, count: 3)
    var (g, expected) = (Tensors(zeros: task.parameters), Tensors(zeros: task.parameters))
    for step in 0..<8 {
      let loss = task.loss(w, &state, on: Batch(.train, step), gradient: &g, in: workspace)
      #expect(loss == base.loss(past[0], on: Batch(.train, step), gradient: &expected, in: workspace))
      #expect(g == expected)
      past = past.dropFirst() + [w]
      for i in w.values.indices { w.values[i] -= 0.1 * g.values[i] }
      #expect(
        task.loss(w, state, on: Batch(.test, 0), in: workspace)
          == base.loss(past[0], on: Batch(.test, 0), in: workspace))
    }
    #expect(task.modelState.count == 3 * task.parameters.count + 1)
  }

  /// Wrapped twice, and around batch norm: each state is the wrapper's own and the task's within.
  @Test func aDelayOfATaskWithBatchNormHasBothStates() {
    let base = ResidualNetworkTests.small.task(seed: 2)
    let task = Augmentation.delayedGradients(steps: 2).applied(
      to: Augmentation.normalizedGradients.applied(to: base, seed: 2), seed: 2)
    #expect(task.modelState.count == 2 * base.parameters.count + 1 + base.modelState.count)
    var (state, inner) = (task.initialModelState(), base.initialModelState())
    var g = Tensors(zeros: task.parameters)
    let at = task.initialParameters()
    for step in 0..<3 {
      _ = task.loss(at, &state, on: Batch(.train, step), gradient: &g, in: Workspace())
      _ = base.loss(at, &inner, on: Batch(.train, step), gradient: &g, in: Workspace())
    }
    #expect(Array(state.values.suffix(inner.values.count)) == inner.values)
  }

  @Test func changesAreDrawnAsOftenAsSaid() {
    let count = 4_000
    var seen: [String: Int] = [:]
    for seed in 0..<count as Range<Int> {
      for augmentation in Augmentation.Probabilities().draw(seed: UInt64(seed)) {
        let name = "\(augmentation)".prefix { $0 != "(" }
        seen[String(name), default: 0] += 1
      }
    }
    let expected = [
      "reparametrizedWeights": 5.0 / 7, "esGradients": 0.08, "reducedBatch": 0.2, "bfloat16": 0.2,
      "normalizedGradients": 0.05, "subsampledDirections": 0.08, "delayedGradients": 0.05,
    ]
    for (name, probability) in expected {
      let deviation = (probability * (1 - probability) * Double(count)).squareRoot()
      #expect(abs(Double(seen[name] ?? 0) - probability * Double(count)) < 4 * deviation, "\(name): \(seen[name] ?? 0)")
    }
  }
}
