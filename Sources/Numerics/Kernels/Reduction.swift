/// Sums whose order is fixed by the shape alone.
///
/// An array seen as [outer, middle, inner] is summed over `middle`. With inner = 1 the elements of a row go to eight lanes
/// (element i to lane i mod 8, in order), and the lanes are added as a tree; otherwise each sum runs over `middle` in order.
package enum Reduction {
  /// The lanes' sum: ((0 + 4) + (2 + 6)) + ((1 + 5) + (3 + 7)).
  @inlinable @inline(__always)
  package static func sum(ofLanes v: Vector) -> Float {
    let four = v.lowHalf + v.highHalf
    let two = four.lowHalf + four.highHalf
    return two.x + two.y
  }

  /// The largest lane; where lanes hold a NaN, any of the others or NaN.
  @inlinable @inline(__always)
  package static func largest(ofLanes v: Vector) -> Float {
    let four = v.lowHalf.replacing(with: v.highHalf, where: v.highHalf .> v.lowHalf)
    let two = four.lowHalf.replacing(with: four.highHalf, where: four.highHalf .> four.lowHalf)
    return two.y > two.x ? two.y : two.x
  }

  /// The sum of `count` floats in eight lanes and a tree.
  @inlinable
  package static func sum(_ x: UnsafePointer<Float>, count: Int) -> Float {
    var lanes = Vector.zero
    var i = 0
    while i &+ 8 <= count {
      lanes += UnsafeRawPointer(x + i).loadUnaligned(as: Vector.self)
      i &+= 8
    }
    var lane = 0
    while i < count {
      lanes[lane] += x[i]
      lane &+= 1
      i &+= 1
    }
    return sum(ofLanes: lanes)
  }

  /// result[o, i] = sum over m of x[o, m, i].
  @inlinable
  package static func sum(
    _ x: UnsafePointer<Float>, outer: Int, middle: Int, inner: Int, into result: UnsafeMutablePointer<Float>
  ) {
    for o in 0..<outer {
      let block = x + o * middle * inner
      if inner == 1 {
        result[o] = sum(block, count: middle)
      } else {
        sumColumns(block, middle, inner, into: result + o * inner)
      }
    }
  }

  /// result[o, m, i] = x[o, i]: what undoes the shape of a sum.
  package static func expand(
    _ x: UnsafePointer<Float>, outer: Int, middle: Int, inner: Int, into result: UnsafeMutablePointer<Float>
  ) {
    for o in 0..<outer {
      let block = result + o * middle * inner
      if inner == 1 {
        block.update(repeating: x[o], count: middle)
      } else {
        for m in 0..<middle { (block + m * inner).update(from: x + o * inner, count: inner) }
      }
    }
  }

  /// Each column's sum, row after row.
  @usableFromInline
  static func sumColumns(
    _ x: UnsafePointer<Float>, _ rows: Int, _ columns: Int, into result: UnsafeMutablePointer<Float>
  ) {
    var j = 0
    while j &+ 8 <= columns {
      var sums = Vector.zero
      var source = x + j
      for _ in 0..<rows {
        sums += UnsafeRawPointer(source).loadUnaligned(as: Vector.self)
        source += columns
      }
      UnsafeMutableRawPointer(result + j).storeBytes(of: sums, as: Vector.self)
      j &+= 8
    }
    while j < columns {
      var total: Float = 0
      var source = x + j
      for _ in 0..<rows {
        total += source[0]
        source += columns
      }
      result[j] = total
      j &+= 1
    }
  }
}
