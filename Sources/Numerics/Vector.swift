public import CVector

/// Eight floats: the width in which every kernel of this project works, whatever the machine's own width.
/// Fixed lanes make the order of every sum a part of its definition.
@usableFromInline package typealias Vector = SIMD8<Float>

/// Eight 32-bit integers.
@usableFromInline package typealias IntVector = SIMD8<Int32>

extension Vector {
  /// The eight floats at `pointer`, which needs no alignment.
  @inlinable @inline(__always)
  package init(from pointer: UnsafePointer<Float>) {
    self = UnsafeRawPointer(pointer).loadUnaligned(as: Vector.self)
  }

  /// Asks for the cache line at `pointer`, which will be read soon. It may lie behind the end of an array.
  @inlinable @inline(__always)
  package static func prefetch(_ pointer: UnsafePointer<Float>) { cv_prefetch(pointer) }

  /// Writes the eight floats to `pointer`, which needs no alignment.
  @inlinable @inline(__always)
  package func store(to pointer: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(pointer).storeBytes(of: self, as: Vector.self)
  }

  /// Each integer as a float, rounded to nearest even. Swift's own conversion is scalar code.
  @inlinable @inline(__always)
  package init(rounding integers: IntVector) { self = cv_from_int(integers) }

  /// The square root of each lane, correctly rounded. Swift's own `squareRoot()` is scalar code.
  @inlinable @inline(__always)
  package var root: Vector { cv_sqrt(self) }
}

/// a * b + c in each lane with one rounding.
@inlinable @inline(__always)
package func fma(_ a: Vector, _ b: Vector, _ c: Vector) -> Vector { c.addingProduct(a, b) }
