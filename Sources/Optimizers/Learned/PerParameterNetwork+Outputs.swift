internal import Numerics

extension PerParameterNetwork {
  /// The outputs of a block of 16 elements: directions and magnitudes, two vectors each.
  struct Outputs {
    var direction: (Vector, Vector)
    var magnitude: (Vector, Vector)

    /// s d exp(r a) of the 16 elements (spec §1.1.9).
    @inline(__always)
    func steps(multiplier s: Float, rate r: Float) -> (Vector, Vector) {
      let (multiplier, rate) = (Vector(repeating: s), Vector(repeating: r))
      return (
        direction.0 * Elementary.exp(rate * magnitude.0) * multiplier,
        direction.1 * Elementary.exp(rate * magnitude.1) * multiplier
      )
    }

    /// w <- w - s d exp(r a) for the first `count` of the 16 elements at `w`.
    @inline(__always)
    func move(_ w: UnsafeMutablePointer<Float>, count: Int, multiplier s: Float, rate r: Float) {
      let steps = steps(multiplier: s, rate: r)
      let (low, high) = (Lanes(count), Lanes(count - 8))
      low.store(low.load(w) - steps.0, to: w)
      high.store(high.load(w + 8) - steps.1, to: w + 8)
    }
  }
}
