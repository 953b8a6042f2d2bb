/// The hyperbolic tangent.
extension Elementary {
  /// tanh x, within 1.5 ULP. Odd bit for bit; -0 stays -0; from |x| = 9.02 on it is 1 or -1. NaN gives NaN.
  ///
  /// Below 0.625: x + x^3 P(x^2), P of degree 4 with a relative error of 4.8e-9. From there: 1 - 2 / (e^(2|x|) + 1).
  @inlinable @inline(always)
  package static func tanh(_ x: Vector) -> Vector {
    let magnitude = x.absolute
    let square = x * x
    var p = Vector(repeating: -0x1.72fc3ap-8)
    p = fma(p, square, Vector(repeating: 0x1.518b12p-6))
    p = fma(p, square, Vector(repeating: -0x1.b8265cp-5))
    p = fma(p, square, Vector(repeating: 0x1.11068ep-3))
    p = fma(p, square, Vector(repeating: -0x1.55553p-2))
    let near = fma(p * square, magnitude, magnitude)

    let one = Vector(repeating: 1)
    let far = one - Vector(repeating: 2) / (exp(magnitude + magnitude) + one)
    let positive = near.replacing(with: far, where: magnitude .>= Vector(repeating: 0.625))
    return Vector(bits: positive.bits | (x.bits & IntVector(repeating: Int32.min))).keepingNaN(of: x)
  }

  /// tanh x with the bits of the vector form.
  @inlinable
  package static func tanh(_ x: Float) -> Float { tanh(Vector(repeating: x))[0] }
}
