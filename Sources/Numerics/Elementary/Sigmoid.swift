/// The logistic function.
extension Elementary {
  /// 1 / (1 + e^-x), within 2.5 ULP, small results included. It reaches 1 at 16.64 and is 0 below -103.98. NaN gives NaN.
  ///
  /// With e = e^-|x| it is 1 / (1 + e) for x >= 0 and e / (1 + e) below, so nothing overflows.
  @inlinable @inline(always)
  package static func sigmoid(_ x: Vector) -> Vector {
    let one = Vector(repeating: 1)
    let e = exp(-x.absolute)
    let numerator = one.replacing(with: e, where: x .< Vector.zero)
    return (numerator / (one + e)).keepingNaN(of: x)
  }

  /// 1 / (1 + e^-x) with the bits of the vector form.
  @inlinable
  package static func sigmoid(_ x: Float) -> Float { sigmoid(Vector(repeating: x))[0] }
}
