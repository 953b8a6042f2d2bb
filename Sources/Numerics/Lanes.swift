public import CVector

/// The first `count` lanes of a vector: what the last, shorter step of a loop over vectors works on.
///
/// Lanes beyond are read as 0, are not written, and can be kept out of a sum, so that no bit depends on what lies beyond.
/// (A package type must be usable from inline code for its inlinable members to be inlined in other modules.)
@usableFromInline package struct Lanes {
  @usableFromInline package let count: Int

  /// The first `count` lanes of eight: none for a negative count, all for more than eight.
  @inlinable @inline(__always)
  package init(_ count: Int) { self.count = count < 0 ? 0 : count > 8 ? 8 : count }

  /// The floats at `pointer` in these lanes, 0 in the others.
  @inlinable @inline(__always)
  package func load(_ pointer: UnsafePointer<Float>) -> Vector {
    if count == 8 { return Vector(from: pointer) }
    var vector = Vector.zero
    for lane in 0..<count { vector[lane] = pointer[lane] }
    return vector
  }

  /// Writes these lanes of `vector` to `pointer`.
  @inlinable @inline(__always)
  package func store(_ vector: Vector, to pointer: UnsafeMutablePointer<Float>) {
    if count == 8 { return vector.store(to: pointer) }
    let opaque = cv_opaque(vector)
    for lane in 0..<count { pointer[lane] = opaque[lane] }
  }

  /// `vector` in these lanes, 0 in the others.
  @inlinable @inline(__always)
  package func keeping(_ vector: Vector) -> Vector {
    if count == 8 { return vector }
    let lane = IntVector(0, 1, 2, 3, 4, 5, 6, 7)
    return vector.replacing(with: Vector.zero, where: lane .>= IntVector(repeating: Int32(truncatingIfNeeded: count)))
  }

  /// Calls `body` for each vector of `count` elements with its first element's index, in order; the last may be shorter.
  @inlinable @inline(__always)
  package static func forEach(_ count: Int, _ body: (_ first: Int, _ lanes: Lanes) -> Void) { forEach(0..<count, body) }

  /// The same for the elements of a range.
  @inlinable @inline(__always)
  package static func forEach(_ range: Range<Int>, _ body: (_ first: Int, _ lanes: Lanes) -> Void) {
    var first = range.lowerBound
    while first + 8 <= range.upperBound {
      body(first, Lanes(8))
      first += 8
    }
    if first < range.upperBound { body(first, Lanes(range.upperBound - first)) }
  }
}

extension Vector {
  /// The sum of the lanes in a fixed tree: ((0 + 4) + (2 + 6)) + ((1 + 5) + (3 + 7)).
  @inlinable @inline(__always)
  package var laneSum: Float {
    let four = lowHalf + highHalf
    let two = four.lowHalf + four.highHalf
    return two.x + two.y
  }
}
