/// Sine and cosine.
extension Elementary {
  /// The sine of x (radians), within 1.6 ULP for |x| <= 2^18 (262,144). Odd bit for bit. Farther out, where floats are too far
  /// apart to say much of an angle, and for infinity and NaN, the result is NaN.
  @inlinable @inline(always)
  package static func sin(_ x: Vector) -> Vector {
    let (r, quadrant) = reducedByQuarterTurns(x.absolute)
    let positive = sine(r, quadrant)
    let signed = Vector(bits: positive.bits ^ (x.bits & IntVector(repeating: Int32.min)))
    return signed.keepingNaN(of: finiteAngle(x))
  }

  /// The cosine of x (radians), within 1.6 ULP for |x| <= 2^18; NaN farther out, for infinity and NaN.
  @inlinable @inline(always)
  package static func cos(_ x: Vector) -> Vector {
    let (r, quadrant) = reducedByQuarterTurns(x.absolute)
    return sine(r, quadrant &+ IntVector(repeating: 1)).keepingNaN(of: finiteAngle(x))
  }

  /// The sine of x with the bits of the vector form.
  @inlinable
  package static func sin(_ x: Float) -> Float { sin(Vector(repeating: x))[0] }

  /// The cosine of x with the bits of the vector form.
  @inlinable
  package static func cos(_ x: Float) -> Float { cos(Vector(repeating: x))[0] }

  /// The sine of a double x, rounded to float: within 1.6 * 2^-24 + 2^-50 |x| for |x| <= 2^45, NaN farther out.
  ///
  /// For angles whose size exceeds what a float can resolve: the reduction is made in double precision.
  package static func sin(ofDouble x: Double) -> Float {
    guard x.magnitude <= 0x1p45 else { return .nan }
    let n = (x * 0x1.45f306dc9c883p-1).rounded(.toNearestOrEven)
    let r = x.addingProduct(-0x1.921fb54442d18p0, n).addingProduct(-0x1.1a62633145c07p-54, n)
    let quadrant = Int32(truncatingIfNeeded: Int64(n))
    return sine(Vector(repeating: Float(r)), IntVector(repeating: quadrant))[0]
  }

  /// r and n with x = n pi/2 + r, |r| <= 0.81 (pi/4 and what the rounding of the quotient adds at 2^18). The constants are pi/2 in four parts.
  @inlinable @inline(__always)
  package static func reducedByQuarterTurns(_ x: Vector) -> (r: Vector, quadrant: IntVector) {
    let (n, quadrant) = (x * Vector(repeating: 0x1.45f306p-1)).roundedToInteger
    var r = fma(n, Vector(repeating: -0x1.921fb6p0), x)
    r = fma(n, Vector(repeating: 0x1.777a5cp-25), r)
    r = fma(n, Vector(repeating: 0x1.ee59dap-50), r)
    return (r, quadrant)
  }

  /// sin(quadrant pi/2 + r) for |r| <= 0.82: r + r^3 S(r^2) or 1 - r^2/2 + r^4 C(r^2), with relative errors of 5e-9.
  @inlinable @inline(__always)
  package static func sine(_ r: Vector, _ quadrant: IntVector) -> Vector {
    let z = r * r
    var s = Vector(repeating: -0x1.98b368p-13)
    s = fma(s, z, Vector(repeating: 0x1.11059p-7))
    s = fma(s, z, Vector(repeating: -0x1.55554p-3))
    let sine = fma(s * z, r, r)
    var c = Vector(repeating: 0x1.9976fap-16)
    c = fma(c, z, Vector(repeating: -0x1.6c0aa2p-10))
    c = fma(c, z, Vector(repeating: 0x1.555548p-5))
    let cosine = fma(c * z, z, fma(Vector(repeating: -0.5), z, Vector(repeating: 1)))

    let isOdd = (quadrant & IntVector(repeating: 1)) .!= IntVector.zero
    let magnitude = sine.replacing(with: cosine, where: isOdd)
    let sign = (quadrant &<< IntVector(repeating: 30)) & IntVector(repeating: Int32.min)
    return Vector(bits: magnitude.bits ^ sign)
  }

  /// x where its sine is defined here, NaN elsewhere.
  @inlinable @inline(__always)
  package static func finiteAngle(_ x: Vector) -> Vector {
    x.replacing(with: Vector(repeating: .nan), where: x.absolute .> Vector(repeating: 0x1p18))
  }
}
