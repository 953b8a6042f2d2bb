/// The four operations on two arrays, of which the shorter is repeated to the length of the longer.
package enum Arithmetic: Hashable, Sendable {
  case add, subtract, multiply, divide

  /// result[i] = a[i mod aCount] op b[i mod bCount] for i below the larger count, which the smaller one divides.
  @inlinable
  package func apply(
    _ a: UnsafePointer<Float>, _ aCount: Int, _ b: UnsafePointer<Float>, _ bCount: Int,
    into result: UnsafeMutablePointer<Float>
  ) {
    switch self {
    case .add: Self.repeating(a, aCount, b, bCount, result) { $0 + $1 }
    case .subtract: Self.repeating(a, aCount, b, bCount, result) { $0 - $1 }
    case .multiply: Self.repeating(a, aCount, b, bCount, result) { $0 * $1 }
    case .divide: Self.repeating(a, aCount, b, bCount, result) { $0 / $1 }
    }
  }

  /// y = scale · x + offset with one rounding.
  @inlinable
  package static func affine(
    _ x: UnsafePointer<Float>, count: Int, scale: Float, offset: Float, into y: UnsafeMutablePointer<Float>
  ) {
    let scales = Vector(repeating: scale)
    let offsets = Vector(repeating: offset)
    Elementwise.map(x, count, y) { fma(scales, $0, offsets) }
  }

  @inlinable @inline(__always)
  static func repeating(
    _ a: UnsafePointer<Float>, _ aCount: Int, _ b: UnsafePointer<Float>, _ bCount: Int,
    _ result: UnsafeMutablePointer<Float>, _ f: (Vector, Vector) -> Vector
  ) {
    let period = min(aCount, bCount)
    let count = max(aCount, bCount)
    if period == 1 && count > 1 {
      let scalar = Vector(repeating: aCount == 1 ? a[0] : b[0])
      if aCount == 1 {
        Elementwise.map(b, count, result) { f(scalar, $0) }
      } else {
        Elementwise.map(a, count, result) { f($0, scalar) }
      }
      return
    }
    var start = 0
    while start < count {
      rows(a + (aCount == count ? start : 0), b + (bCount == count ? start : 0), period, result + start, f)
      start &+= period
    }
  }

  @inlinable @inline(__always)
  static func rows(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ count: Int, _ result: UnsafeMutablePointer<Float>,
    _ f: (Vector, Vector) -> Vector
  ) {
    var i = 0
    while i &+ 8 <= count {
      f(Vector(from: a + i), Vector(from: b + i)).store(to: result + i)
      i &+= 8
    }
    if i < count {
      let left = count &- i
      f(Vector(first: left, from: a + i, else: 1), Vector(first: left, from: b + i, else: 1))
        .store(first: left, to: result + i)
    }
  }
}
