/// The elementary functions of this project, made of IEEE operations only, so that their bits are the same on every
/// system: exp, log, tanh, sigmoid, sin and cos, for eight lanes at a time and for one float.
///
/// All of them are free of branches, and none reads a rounding mode or a table. A NaN gives the one canonical NaN, whatever
/// its payload. The scalar form of a function is its first lane, so both have the same bits. The ULP bounds in the
/// comments are measured over dense grids of arguments against double precision, and asserted by the tests; an ULP is the
/// distance of the two floats around the exact value. They are always inlined: left to itself the compiler keeps calls of
/// them in loops that spill all they hold around each.
@usableFromInline package enum Elementary {}

extension Vector {
  /// The lanes' bits as integers.
  @inlinable @inline(__always)
  package var bits: IntVector { unsafeBitCast(self, to: IntVector.self) }

  /// The floats of these bits.
  @inlinable @inline(__always)
  package init(bits: IntVector) { self = unsafeBitCast(bits, to: Vector.self) }

  /// Each lane without its sign.
  @inlinable @inline(__always)
  package var absolute: Vector { Vector(bits: bits & IntVector(repeating: 0x7FFF_FFFF)) }

  /// Each lane moved into `low ... high`. A NaN stays a NaN.
  @inlinable @inline(__always)
  package func clamped(_ low: Float, _ high: Float) -> Vector {
    let low = Vector(repeating: low)
    let high = Vector(repeating: high)
    let raised = replacing(with: low, where: self .< low)
    return raised.replacing(with: high, where: raised .> high)
  }

  /// This lane where `argument` is a number, the canonical NaN where it is not.
  @inlinable @inline(__always)
  package func keepingNaN(of argument: Vector) -> Vector {
    replacing(with: Vector(repeating: .nan), where: argument .!= argument)
  }

  /// The lanes rounded to whole numbers, ties to even, as floats and as integers. Right for magnitudes up to 2^22.
  ///
  /// Adding 1.5 * 2^23 leaves no bit for a fraction; the sum's low bits are then the integer.
  @inlinable @inline(__always)
  package var roundedToInteger: (float: Vector, integer: IntVector) {
    let magic = Vector(repeating: 0x1.8p23)
    let sum = self + magic
    return (sum - magic, sum.bits &- magic.bits)
  }
}
