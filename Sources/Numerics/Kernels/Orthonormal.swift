/// Rows made orthonormal: the Q of a QR decomposition whose R has a positive diagonal, which makes Q unique.
package enum Orthonormal {
  /// Makes `count` rows of `length` floats orthonormal in place, count <= length, each row freed of those before it.
  ///
  /// Modified Gram and Schmidt, each row twice: the second pass removes what rounding in the first has left (Kahan and
  /// Parlett: "twice is enough"). A row that is a combination of those before it becomes NaN.
  package static func rows(_ matrix: UnsafeMutablePointer<Float>, count: Int, length: Int) {
    precondition(count <= length, "\(count) rows of \(length) floats cannot be orthonormal")
    for i in 0..<count {
      let row = matrix + i * length
      for _ in 0..<2 {
        for j in 0..<i {
          let before = matrix + j * length
          subtract(before, times: product(row, before, count: length), from: row, count: length)
        }
      }
      let norm = product(row, row, count: length).squareRoot()
      for k in 0..<length { row[k] /= norm }
    }
  }

  /// The inner product in eight lanes and a tree; element i goes to lane i mod 8 by a fused multiply-add, in order.
  static func product(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, count: Int) -> Float {
    var lanes = Vector.zero
    let whole = count & ~7
    for i in stride(from: 0, to: whole, by: 8) { lanes = fma(Vector(from: a + i), Vector(from: b + i), lanes) }
    for i in whole..<count { lanes[i - whole].addProduct(a[i], b[i]) }
    return Reduction.sum(ofLanes: lanes)
  }

  /// y - factor · x, each element with one rounding.
  static func subtract(
    _ x: UnsafePointer<Float>, times factor: Float, from y: UnsafeMutablePointer<Float>, count: Int
  ) {
    let factors = Vector(repeating: -factor)
    let whole = count & ~7
    for i in stride(from: 0, to: whole, by: 8) {
      fma(factors, Vector(from: x + i), Vector(from: y + i)).store(to: y + i)
    }
    for i in whole..<count { y[i].addProduct(-factor, x[i]) }
  }
}
