/// The natural logarithm.
extension Elementary {
  /// ln x, within 1.0 ULP, subnormal x included. 0 and -0 give -infinity, negative numbers NaN, infinity infinity, NaN NaN.
  ///
  /// x = 2^e (1 + f) with f in [1/sqrt 2 - 1, sqrt 2 - 1); ln(1 + f) = f - f^2/2 + f^3 P(f), P of degree 8 with a relative
  /// error of 7.5e-10.
  @inlinable @inline(always)
  package static func log(_ x: Vector) -> Vector {
    let isSmall = x .< Vector(repeating: Float.leastNormalMagnitude)
    let normal = x.replacing(with: x * Vector(repeating: 0x1p23), where: isSmall)
    let bias = IntVector(repeating: 0).replacing(with: IntVector(repeating: -23), where: isSmall)

    let finite = log(ofNormal: normal, bias)

    let zero = Vector.zero
    return
      finite
      .replacing(with: Vector(repeating: .infinity), where: x .== Vector(repeating: .infinity))
      .replacing(with: Vector(repeating: -.infinity), where: x .== zero)
      .replacing(with: Vector(repeating: .nan), where: x .< zero)
      .keepingNaN(of: x)
  }

  /// ln (2^exponent x) for positive normal x alone, with the bits of the general form.
  @inlinable @inline(__always)
  static func log(ofNormal x: Vector, _ exponent: IntVector = .zero) -> Vector {
    // Counting from the bits of sqrt(1/2) splits the range where the mantissa passes sqrt(1/2).
    let sinceRootHalf = x.bits &- IntVector(repeating: 0x3F35_04F3)
    let e = Vector(rounding: (sinceRootHalf &>> IntVector(repeating: 23)) &+ exponent)
    let mantissa = Vector(
      bits: (sinceRootHalf & IntVector(repeating: 0x007F_FFFF)) &+ IntVector(repeating: 0x3F35_04F3))
    let f = mantissa - Vector(repeating: 1)
    let square = f * f

    var p = Vector(repeating: 0x1.1457e4p-4)
    p = fma(p, f, Vector(repeating: -0x1.de3bf6p-4))
    p = fma(p, f, Vector(repeating: 0x1.e6f03cp-4))
    p = fma(p, f, Vector(repeating: -0x1.fc2208p-4))
    p = fma(p, f, Vector(repeating: 0x1.23376cp-3))
    p = fma(p, f, Vector(repeating: -0x1.555c4ep-3))
    p = fma(p, f, Vector(repeating: 0x1.99a4b6p-3))
    p = fma(p, f, Vector(repeating: -0x1.000006p-2))
    p = fma(p, f, Vector(repeating: 0x1.555548p-2))
    var tail = p * f * square
    tail = fma(e, Vector(repeating: -0x1.05c61p-29), tail)
    tail = fma(square, Vector(repeating: -0.5), tail)
    return fma(e, Vector(repeating: 0x1.62e43p-1), f + tail)
  }

  /// ln x with the bits of the vector form.
  @inlinable
  package static func log(_ x: Float) -> Float { log(Vector(repeating: x))[0] }
}
