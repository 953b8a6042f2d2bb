package import Numerics

/// The sums of perturbations that particles keep, and the gradient that follows from them and the recorded differences.
///
/// `step` uses it, and so does whoever rebuilds theta's history from records: one definition for both.
package struct PerturbationHistory {
  package let accumulates: Bool

  /// One a particle; nil where no task has been perturbed yet, or where nothing accumulates.
  package private(set) var accumulators: [Tensors?]

  package init(accumulates: Bool, accumulators: [Tensors?]) {
    self.accumulates = accumulates
    self.accumulators = accumulators
  }

  /// The mean over pairs of (before · ξ + after · ε) / (2σ²), with ξ ← ξ + ε first and ξ ← ε after a reset (spec §3.6).
  ///
  /// Here ε is the whole perturbation, sigma times a standard normal. Where nothing accumulates ξ is ε: spec §3.2.
  package mutating func gradient(of pairs: [PairRecord], sigma: Float, layout: Layout) -> Tensors {
    gradient(
      of: pairs.map(\.difference), scale: Self.scale(sigma: sigma, pairs: pairs.count), layout: layout,
      on: SerialExecutor()
    ) { pair in Perturbation(seed: pairs[pair].seed, sigma: sigma).values(count: layout.count) }
  }

  /// 1 / (2σ² pairs), which makes the sum over pairs the gradient.
  static func scale(sigma: Float, pairs: Int) -> Double { 1 / (2 * Double(sigma) * Double(sigma) * Double(pairs)) }

  /// The sum over pairs of scale · (before · ξ + after · ε), and what becomes of each ξ; `perturbation` gives the ε of a pair
  /// by its index. Each element takes its products in the order of pairs, whoever computes it.
  package mutating func gradient(
    of differences: [PairDifference], scale: Double, layout: Layout, on executor: some UnrollExecutor,
    along perturbation: @escaping @Sendable (Int) -> [Float]
  ) -> Tensors {
    let (before, accumulates) = (accumulators, accumulates)
    let pulls = executor.map(differences.count) { pair in
      let values = perturbation(pair)
      return accumulates
        ? Pull(differences[pair], scale, values, sum: Self.sum(before[pair]?.values, values))
        : Pull(differences[pair], scale, values)
    }
    if accumulates { accumulators = pulls.map { Tensors(layout, values: $0.accumulator) } }
    return Tensors(layout, values: Self.gradient(count: layout.count, pulls, on: executor))
  }

  /// What one pair pulls theta along, and how far: one or two directions, one after the other.
  private struct Pull: Sendable {
    let parts: [(factor: Float, direction: [Float])]
    /// The next ξ, where there is one.
    let accumulator: [Float]

    /// (before + after) · ε.
    init(_ difference: PairDifference, _ scale: Double, _ perturbation: [Float]) {
      parts = [(Float((difference.beforeReset + difference.afterReset) * scale), perturbation)]
      accumulator = []
    }

    /// before · ξ, then after · ε.
    init(_ difference: PairDifference, _ scale: Double, _ perturbation: [Float], sum: [Float]) {
      parts = [
        (Float(difference.beforeReset * scale), sum), (Float(difference.afterReset * scale), perturbation),
      ]
      accumulator = difference.reset ? perturbation : sum
    }
  }

  /// ξ + ε, where ξ is 0 if there is none.
  private static func sum(_ accumulator: [Float]?, _ perturbation: [Float]) -> [Float] {
    let count = perturbation.count
    return [Float](unsafeUninitializedCapacity: count) { sum, initialized in
      perturbation.withUnsafeBufferPointer { perturbation in
        guard let accumulator else {
          for i in 0..<count { sum[i] = 0 + perturbation[i] }  // + 0: as from a sum of nothing, -0 becomes 0
          return
        }
        accumulator.withUnsafeBufferPointer { accumulator in
          for i in 0..<count { sum[i] = accumulator[i] + perturbation[i] }
        }
      }
      initialized = count
    }
  }

  /// Elements that one piece of work sums: they stay in the first cache from pair to pair.
  private static let sliceCount = 4096

  private static func gradient(count: Int, _ pulls: [Pull], on executor: some UnrollExecutor) -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { gradient, initialized in
      if let base = gradient.baseAddress, count > 0 {
        // Each piece writes its own slice.
        nonisolated(unsafe) let gradient = base
        _ = executor.map((count + sliceCount - 1) / sliceCount) { slice in
          let first = slice * sliceCount
          let length = min(sliceCount, count - first)
          (gradient + first).initialize(repeating: 0, count: length)
          for pull in pulls {
            for (factor, direction) in pull.parts {
              direction.withUnsafeBufferPointer { add(factor, $0.baseAddress! + first, to: gradient + first, length) }
            }
          }
        }
      }
      initialized = count
    }
  }

  /// gradient += factor · direction, each element rounded once.
  private static func add(
    _ factor: Float, _ direction: UnsafePointer<Float>, to gradient: UnsafeMutablePointer<Float>, _ count: Int
  ) {
    let factors = Vector(repeating: factor)
    Lanes.forEach(count) { i, lanes in
      lanes.store(fma(factors, lanes.load(direction + i), lanes.load(gradient + i)), to: gradient + i)
    }
  }
}
