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
    let scale = 1 / (2 * Double(sigma) * Double(sigma) * Double(pairs.count))
    var gradient = Tensors(zeros: layout)
    var perturbation = Tensors(zeros: layout)
    for (particle, pair) in pairs.enumerated() {
      perturbation.values.withUnsafeMutableBufferPointer {
        Perturbation(seed: pair.seed, sigma: sigma).fill($0.baseAddress!, count: $0.count)
      }
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
    var sum = accumulators[particle] ?? Tensors(zeros: perturbation.layout)
    accumulators[particle] = nil  // so that the sum below is changed in place
    for i in sum.values.indices { sum.values[i] += perturbation.values[i] }
    Self.add(Float(difference.beforeReset * scale), sum.values, to: &gradient.values)
    Self.add(Float(difference.afterReset * scale), perturbation.values, to: &gradient.values)
    accumulators[particle] = difference.reset ? perturbation : sum
  }

  /// gradient += factor · direction, each element rounded once.
  private static func add(_ factor: Float, _ direction: [Float], to gradient: inout [Float]) {
    for i in gradient.indices { gradient[i].addProduct(factor, direction[i]) }
  }
}
