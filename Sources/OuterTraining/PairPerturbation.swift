package import Numerics
import Synchronization

/// The perturbation of one pair in one outer iteration: drawn by whoever needs it first, and kept for the others.
///
/// Both unrolls of the pair and its part of the gradient need it, and to draw it takes as long as some steps of a small
/// task. It is a function of the seed, so who draws it, and when, changes no bit; a rank elsewhere draws its own.
package final class PairPerturbation: Sendable {
  package let perturbation: Perturbation
  let count: Int
  private let drawn = Mutex<[Float]?>(nil)

  /// The perturbation of a theta of `count` weights.
  package init(_ perturbation: Perturbation, count: Int) {
    self.perturbation = perturbation
    self.count = count
  }

  /// sigma * epsilon, weight by weight.
  package var values: [Float] {
    drawn.withLock { drawn in
      if let drawn { return drawn }
      let values = perturbation.values(count: count)
      drawn = values
      return values
    }
  }

  /// theta + sigma * epsilon, or theta - sigma * epsilon.
  package func applied(to theta: Tensors, _ sign: AntitheticSign) -> Tensors {
    let count = theta.layout.count
    let values = values
    let perturbed = [Float](unsafeUninitializedCapacity: count) { result, initialized in
      theta.values.withUnsafeBufferPointer { theta in
        values.withUnsafeBufferPointer { values in
          switch sign {
          case .positive: for i in 0..<count { result[i] = theta[i] + values[i] }
          case .negative: for i in 0..<count { result[i] = theta[i] - values[i] }
          }
        }
      }
      initialized = count
    }
    return Tensors(theta.layout, values: perturbed)
  }
}
