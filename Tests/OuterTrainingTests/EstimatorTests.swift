import Numerics
import Optimizers
import OuterTraining
import Tasks
import Testing

@Suite struct EstimatorTests {
  // MARK: spec §9.4, the library's own vector: 4 steps, 3 tasks, a reset in task 1, one step of it masked

  /// float32 sin(0.37 i + k), i row-major.
  private func waves(_ count: Int, _ k: Double, scale: Float) -> [Float] {
    (0..<count).map { Float(sine(0.37 * Double($0) + k)) * scale }
  }

  /// Differences as the library forms them: the step that ends a task counts as after the reset, masked steps not at all.
  private func vectorDifferences() -> [PairDifference] {
    let positive = waves(12, 1, scale: 0.3).map { 1 + $0 }
    let negative = waves(12, 2, scale: 0.3).map { 1 + $0 }
    return (0..<3).map { task in
      let steps = (0..<4).filter { !($0 == 2 && task == 1) }
      let differences = steps.map { ($0, Double(positive[3 * $0 + task] - negative[3 * $0 + task])) }
      let isAfter = { (step: Int) in task == 1 && step >= 1 }
      return PairDifference(
        beforeReset: differences.filter { !isAfter($0.0) }.reduce(0) { $0 + $1.1 } / Double(steps.count),
        afterReset: differences.filter { isAfter($0.0) }.reduce(0) { $0 + $1.1 } / Double(steps.count),
        reset: task == 1)
    }
  }

  private let layout = Layout([("u", [2]), ("w", [])])

  private func directions(_ scale: Float, _ k: Double) -> [Tensors] {
    let u = waves(6, k, scale: scale)
    let w = waves(3, k + 1, scale: scale)
    return (0..<3).map { Tensors(layout, values: [u[2 * $0], u[2 * $0 + 1], w[$0]]) }
  }

  private func vectorGradient(accumulates: Bool) -> (gradient: [Float], accumulators: [Tensors?]) {
    var history = PerturbationHistory(
      accumulates: accumulates, accumulators: accumulates ? directions(0.02, 3) : [nil, nil, nil])
    let perturbations = directions(0.01, 5)
    let gradient = history.gradient(
      of: vectorDifferences(), scale: 1 / (2 * 1e-4 * 3), layout: layout, in: Workspace()
    ) { perturbations[$0].values }.gradient
    return (gradient.values, history.accumulators)
  }

  @Test func persistentESGivesTheLibrarysVector() {
    let (gradient, accumulators) = vectorGradient(accumulates: true)
    expectClose(gradient, [-4.719824, -5.144506, -6.062154], within: 5e-6)
    let expected: [[Float]] = [
      [-0.006766843, -0.012443077, -0.017930206], [-0.005168654, -0.001723209, 0.000867057],
      [-0.017506914, -0.014441454, -0.015581459],
    ]
    for (accumulator, expected) in zip(accumulators, expected) {
      expectClose(accumulator!.values, expected, within: 2e-9)
    }
  }

  @Test func truncatedESGivesTheLibrarysVector() {
    let (gradient, accumulators) = vectorGradient(accumulates: false)
    expectClose(gradient, [-2.1526763, -0.95466375, 0.18396398], within: 3e-6)
    #expect(accumulators.allSatisfy { $0 == nil })
  }

  // MARK: laws

  @Test func onePairOnAQuadraticGivesTheClosedForm() {
    // L(θ) = ½ Σ hᵢθᵢ²: one antithetic pair gives exactly ε εᵀ(Hθ)/σ² (spec §9.4).
    let (h, theta, sigma) = ([1.0, 3.0, -0.5], [0.4, -0.2, 1.5], Float(0.1))
    let perturbation = Perturbation(seed: 5, sigma: sigma)
    var epsilon = Tensors(zeros: layout)
    epsilon.values.withUnsafeMutableBufferPointer { perturbation.fill($0.baseAddress!, count: 3) }
    func loss(_ sign: Double) -> Double {
      (0..<3).reduce(0) { sum, i in
        let moved = theta[i] + sign * Double(epsilon.values[i])
        return sum + 0.5 * h[i] * moved * moved
      }
    }
    var history = PerturbationHistory(accumulates: false, accumulators: [nil])
    let difference = PairDifference(beforeReset: loss(1) - loss(-1), afterReset: 0, reset: true)
    let gradient = history.gradient(
      of: [difference], scale: 1 / (2 * Double(sigma) * Double(sigma)), layout: layout, in: Workspace()
    ) { _ in epsilon.values }.gradient
    let slope = (0..<3).reduce(0) { $0 + Double(epsilon.values[$1]) * h[$1] * theta[$1] }
    for i in 0..<3 {
      let expected = Double(epsilon.values[i]) * slope / (Double(sigma) * Double(sigma))
      #expect(abs(Double(gradient.values[i]) - expected) < 1e-5 * abs(expected))
    }
  }

  @Test func persistentESWithTheHorizonAsTruncationHasTheBitsOfFullES() {
    let full = toyProblem(FullES(horizon: .constant(9)))
    let persistent = toyProblem(PersistentES(truncation: .constant(9), horizon: .constant(9)))
    var (one, other) = (full.initialState(), persistent.initialState())
    for _ in 0..<6 {
      one = full.step(one, on: SerialExecutor()).0
      other = persistent.step(other, on: SerialExecutor()).0
      #expect(one.theta == other.theta)
    }
  }

  /// More elements than one piece of work sums, on threads, against the loop of the formula.
  @Test(arguments: [true, false])
  func theGradientIsThatOfThePlainLoopWhoeverSums(_ accumulates: Bool) {
    let layout = Layout([("w", [10_001])])
    let directions = (0..<3).map { waves(10_001, Double($0 + 1), scale: 0.01) }
    let sums = (0..<3).map { $0 == 1 ? nil : Tensors(layout, values: waves(10_001, Double($0 + 5), scale: 0.02)) }
    let differences = (0..<3).map {
      PairDifference(beforeReset: 0.3 - 0.2 * Double($0), afterReset: 0.1 * Double($0), reset: $0 == 2)
    }
    var plain = [Float](repeating: 0, count: layout.count)
    for pair in 0..<3 {
      let (before, after) = (differences[pair].beforeReset * 7, differences[pair].afterReset * 7)
      for i in plain.indices {
        let epsilon = directions[pair][i]
        guard accumulates else {
          plain[i].addProduct(Float((differences[pair].beforeReset + differences[pair].afterReset) * 7), epsilon)
          continue
        }
        plain[i].addProduct(Float(before), (sums[pair]?.values[i] ?? 0) + epsilon)
        plain[i].addProduct(Float(after), epsilon)
      }
    }
    func check(_ executor: some UnrollExecutor) {
      var history = PerturbationHistory(accumulates: accumulates, accumulators: accumulates ? sums : [nil, nil, nil])
      let (gradient, norm) = executor.alone { workspace in
        history.gradient(of: differences, scale: 7, layout: layout, in: workspace) { directions[$0] }
      }
      #expect(gradient == Tensors(layout, values: plain))
      #expect(norm == plain.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot())
      guard accumulates else { return }
      #expect(history.accumulators[2]?.values == directions[2])
      #expect(history.accumulators[1]?.values == directions[1].map { 0 + $0 })
    }
    check(SerialExecutor())
    check(ThreadExecutor(threads: 3))
  }

  @Test func exchangingTheMembersOfAPairChangesOnlySigns() {
    let difference = PairDifference(beforeReset: 0.3, afterReset: -0.2, reset: true)
    let exchanged = PairDifference(beforeReset: -0.3, afterReset: 0.2, reset: true)
    func gradient(_ difference: PairDifference, along epsilon: [Float]) -> Tensors {
      var history = PerturbationHistory(accumulates: true, accumulators: [nil])
      return history.gradient(of: [difference], scale: 7, layout: layout, in: Workspace()) { _ in epsilon }.gradient
    }
    #expect(gradient(difference, along: [0.1, -0.2, 0.3]) == gradient(exchanged, along: [-0.1, 0.2, -0.3]))
  }

  @Test(arguments: estimators.indices)
  func bothMembersOfAPairShareTasksStartsAndBatches(_ index: Int) {
    // With sigma so small that theta ± ε is theta, both losses must be the same bits.
    var problem = toyProblem(estimators[index])
    problem.sigma = 1e-30
    problem.gradientClip = nil
    var state = problem.initialState()
    for _ in 0..<8 {
      let (next, record) = problem.step(state, on: SerialExecutor())
      for pair in record.pairs { #expect(pair.positiveLoss == pair.negativeLoss) }
      state = next
    }
  }

  @Test func schedulesGiveThePublishedLengths() {
    let randomness = Randomness(key: 3)
    func lengths(_ schedule: LengthSchedule, _ iterations: [Int]) -> [Int] {
      iterations.map { schedule.length(at: Address(.truncation, outerIteration: $0), randomness) }
    }
    #expect(
      lengths(.linear(from: 300, to: 10_000, over: 10_000), [0, 5_000, 10_000, 20_000]) == [300, 5_150, 10_000, 10_000])
    let uniform = lengths(.uniform(240, 360), Array(0..<5_000))
    #expect(uniform.min() == 240 && uniform.max() == 360)
    #expect(abs(uniform.reduce(0, +) / uniform.count - 300) <= 2)
    let logUniform = lengths(.logUniform(100, 10_000), Array(0..<5_000))
    #expect(logUniform.allSatisfy { (100...10_000).contains($0) })
    #expect(abs(Double(logUniform.count { $0 < 1_000 }) / 5_000 - 0.5) < 0.03)
  }
}

/// Taylor's series after reduction to [-π, π], for arguments below 20: no library function decides a test.
private func sine(_ x: Double) -> Double {
  let reduced = x - (x / (2 * .pi)).rounded() * 2 * .pi
  var (term, sum) = (reduced, reduced)
  for k in 1..<15 {
    term *= -reduced * reduced / Double(2 * k * (2 * k + 1))
    sum += term
  }
  return sum
}

func expectClose(_ found: [Float], _ expected: [Float], within tolerance: Float) {
  #expect(found.count == expected.count)
  for (found, expected) in zip(found, expected) {
    #expect(abs(found - expected) <= tolerance, "\(found) is not \(expected)")
  }
}
