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
    gradient(of: pairs, sigma: sigma, layout: layout) { pair in
      Perturbation(seed: pairs[pair].seed, sigma: sigma).values(count: layout.count)
    }
  }

  /// The same with perturbations that are at hand: ε of each pair by its index.
  mutating func gradient(
    of pairs: [PairRecord], sigma: Float, layout: Layout, along perturbation: (Int) -> [Float]
  ) -> Tensors {
    let scale = 1 / (2 * Double(sigma) * Double(sigma) * Double(pairs.count))
    var gradient = Tensors(zeros: layout)
    for (particle, pair) in pairs.enumerated() {
      let perturbation = Tensors(layout, values: perturbation(particle))
      add(pair.difference, along: perturbation, particle: particle, scale: scale, to: &gradient)
    }
    return gradient
  }

  /// One pair's part of the gradient: scale · (before · ξ + after · ε), and what becomes of ξ.
  package mutating func add(
    _ difference: PairDifference, along perturbation: Tensors, particle: Int, scale: Double, to gradient: inout Tensors
  ) {
    guard accumulates else {
      let factor = Float((difference.beforeReset + difference.afterReset) * scale)
      return Self.add(factor, perturbation.values, to: &gradient.values)
    }
    let (before, after) = (Float(difference.beforeReset * scale), Float(difference.afterReset * scale))
    let sum = Self.sum(accumulators[particle]?.values, perturbation.values)
    Self.add(before, sum, after, perturbation.values, to: &gradient.values)
    accumulators[particle] = difference.reset ? perturbation : Tensors(perturbation.layout, values: sum)
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

  /// gradient += factor · direction, each element rounded once.
  private static func add(_ factor: Float, _ direction: [Float], to gradient: inout [Float]) {
    let factors = Vector(repeating: factor)
    direction.withUnsafeBufferPointer { direction in
      gradient.withUnsafeMutableBufferPointer { gradient in
        guard let d = direction.baseAddress, let g = gradient.baseAddress else { return }
        Lanes.forEach(gradient.count) { i, lanes in
          lanes.store(fma(factors, lanes.load(d + i), lanes.load(g + i)), to: g + i)
        }
      }
    }
  }

  /// gradient += before · sum, then += after · perturbation, each rounded once.
  private static func add(
    _ before: Float, _ sum: [Float], _ after: Float, _ perturbation: [Float], to gradient: inout [Float]
  ) {
    let (before, after) = (Vector(repeating: before), Vector(repeating: after))
    sum.withUnsafeBufferPointer { sum in
      perturbation.withUnsafeBufferPointer { perturbation in
        gradient.withUnsafeMutableBufferPointer { gradient in
          guard let s = sum.baseAddress, let e = perturbation.baseAddress, let g = gradient.baseAddress else { return }
          Lanes.forEach(gradient.count) { i, lanes in
            let first = fma(before, lanes.load(s + i), lanes.load(g + i))
            lanes.store(fma(after, lanes.load(e + i), first), to: g + i)
          }
        }
      }
    }
  }
}
