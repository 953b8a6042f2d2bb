/// The exponential function.
extension Elementary {
  /// e^x, within 1.0 ULP. Above 88.72283 the result is infinite; results below 2^-126 are subnormal, correctly so, and
  /// below -103.98 it is 0. NaN gives NaN.
  ///
  /// x = n ln 2 + r with whole n and |r| <= ln 2 / 2; e^x = 2^n (1 + r + r^2 P(r)), P of degree 4 with a relative error of
  /// 3.1e-9. The power of two is multiplied in two halves, since 2^n itself may lie outside the range of floats.
  @inlinable @inline(always)
  package static func exp(_ x: Vector) -> Vector {
    let bounded = x.clamped(-104, 89)
    let (n, exponent) = (bounded * Vector(repeating: 0x1.715476p0)).roundedToInteger
    var r = fma(n, Vector(repeating: -0x1.62e43p-1), bounded)
    r = fma(n, Vector(repeating: 0x1.05c61p-29), r)

    var p = Vector(repeating: 0x1.6a234ap-10)
    p = fma(p, r, Vector(repeating: 0x1.123a6cp-7))
    p = fma(p, r, Vector(repeating: 0x1.5558f4p-5))
    p = fma(p, r, Vector(repeating: 0x1.55549p-3))
    p = fma(p, r, Vector(repeating: 0x1.fffffcp-2))
    let power = fma(p, r * r, r) + Vector(repeating: 1)

    let half = exponent &>> IntVector(repeating: 1)
    return (power * twoToThe(half) * twoToThe(exponent &- half)).keepingNaN(of: x)
  }

  /// e^x with the bits of the vector form.
  @inlinable
  package static func exp(_ x: Float) -> Float { exp(Vector(repeating: x))[0] }

  /// 2^n for n in -126 ... 127.
  @inlinable @inline(__always)
  package static func twoToThe(_ n: IntVector) -> Vector {
    Vector(bits: (n &+ IntVector(repeating: 127)) &<< IntVector(repeating: 23))
  }
}
