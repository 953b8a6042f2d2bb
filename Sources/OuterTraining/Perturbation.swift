package import Numerics

/// sigma * epsilon with epsilon standard normal: what is added to theta and taken from it. A function of a pair's seed.
package struct Perturbation: Sendable {
  package let seed: UInt64
  package let sigma: Float

  package init(seed: UInt64, sigma: Float) {
    self.seed = seed
    self.sigma = sigma
  }

  /// Writes the perturbation of `count` weights to `values`.
  package func fill(_ values: UnsafeMutablePointer<Float>, count: Int) {
    let buffer = UnsafeMutableBufferPointer(start: values, count: count)
    Randomness(key: seed).normals(Address(.perturbation), into: buffer)
    for i in 0..<count { values[i] *= sigma }
  }

  /// theta + sigma * epsilon, or theta - sigma * epsilon.
  package func applied(to theta: Tensors, _ sign: AntitheticSign) -> Tensors {
    let values = [Float](unsafeUninitializedCapacity: theta.layout.count) { buffer, count in
      fill(buffer.baseAddress!, count: theta.layout.count)
      theta.values.withUnsafeBufferPointer { theta in
        switch sign {
        case .positive: for i in 0..<theta.count { buffer[i] = theta[i] + buffer[i] }
        case .negative: for i in 0..<theta.count { buffer[i] = theta[i] - buffer[i] }
        }
      }
      count = theta.layout.count
    }
    return Tensors(theta.layout, values: values)
  }
}

/// Which of an antithetic pair.
package enum AntitheticSign: CaseIterable, Sendable {
  case positive, negative
}
