internal import Numerics

/// sigma * epsilon with epsilon standard normal: what is added to theta and taken from it. A function of a pair's seed.
package struct Perturbation: Hashable, Sendable {
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

  /// The perturbation of `count` weights.
  package func values(count: Int) -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      if let base = buffer.baseAddress { fill(base, count: count) }
      initialized = count
    }
  }
}

/// Which of an antithetic pair.
package enum AntitheticSign: CaseIterable, Sendable {
  case positive, negative
}
