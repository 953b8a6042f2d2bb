public import CVector

/// Softmax and cross-entropy of rows of at most 16 logits, eight rows at a time with a lane a row: the same bits as the loops
/// of `SoftmaxCrossEntropy`, which leave most lanes of a row's last vector empty.
@usableFromInline
enum FewLogits {
  @usableFromInline static let maximumColumns = 16

  /// Writes each row's sum of powers and its right logit, both over the largest.
  /// - Returns: the first row that is left to do.
  @inlinable
  static func loss(
    _ logits: UnsafePointer<Float>, _ labels: UnsafePointer<Int32>, rows: Int, columns: Int,
    sums: UnsafeMutablePointer<Float>, rights: UnsafeMutablePointer<Float>
  ) -> Int {
    forEachEight(rows: rows, columns: columns) { first, powers in
      let row = logits + first &* columns
      let largest = cv_opaque(fill(powers, row, columns))
      sum(powers).store(to: sums + first)
      for lane in 0..<8 {
        let label = Int(labels[first &+ lane])
        precondition(label >= 0 && label < columns, "label \(label) of row \(first + lane) is outside 0 ..< \(columns)")
        rights[first &+ lane] = row[lane &* columns &+ label] - largest[lane]
      }
    }
  }

  /// Writes the gradient of each row: power / sum · share, less the share at the label.
  /// - Returns: the first row that is left to do.
  @inlinable
  static func gradient(
    _ logits: UnsafePointer<Float>, _ labels: UnsafePointer<Int32>, rows: Int, columns: Int, share: Float,
    into result: UnsafeMutablePointer<Float>
  ) -> Int {
    forEachEight(rows: rows, columns: columns) { first, powers in
      _ = fill(powers, logits + first &* columns, columns)
      let factor = Vector(repeating: share) / sum(powers)
      let target = result + first &* columns
      for j in 0..<columns { scatter(powers[j] * factor, to: target + j, stride: columns) }
      for lane in 0..<8 { target[lane &* columns &+ Int(labels[first &+ lane])] -= share }
    }
  }

  /// Calls `body` with the first row of each eight, and room for a vector a column.
  @inlinable @inline(__always)
  static func forEachEight(rows: Int, columns: Int, _ body: (Int, UnsafeMutablePointer<Vector>) -> Void) -> Int {
    guard columns <= maximumColumns, rows >= 8 else { return 0 }
    withUnsafeTemporaryAllocation(of: Vector.self, capacity: maximumColumns) { powers in
      let base = powers.baseAddress!
      base.initialize(repeating: Vector.zero, count: maximumColumns)
      for first in stride(from: 0, to: rows & ~7, by: 8) { body(first, base) }
    }
    return rows & ~7
  }

  /// e^(z - largest), a vector a column; those behind the last column stay 0.
  /// - Returns: each row's largest logit.
  @inlinable @inline(__always)
  static func fill(_ powers: UnsafeMutablePointer<Vector>, _ row: UnsafePointer<Float>, _ columns: Int) -> Vector {
    var largest = Vector(repeating: -.infinity)
    for j in 0..<columns {
      let z = gather(row + j, stride: columns)
      powers[j] = z
      largest = largest.replacing(with: z, where: z .> largest)
    }
    for j in 0..<columns { powers[j] = Elementary.exp(powers[j] - largest) }
    return largest
  }

  /// The sum over columns as the other loops have it: column j in lane j mod 8 from 0 on, then the tree of the lanes.
  @inlinable @inline(__always)
  static func sum(_ p: UnsafeMutablePointer<Vector>) -> Vector {
    let (a, b) = (p[0] + p[8], p[1] + p[9])
    let (c, d) = (p[2] + p[10], p[3] + p[11])
    let (e, f) = (p[4] + p[12], p[5] + p[13])
    let (g, h) = (p[6] + p[14], p[7] + p[15])
    return ((a + e) + (c + g)) + ((b + f) + (d + h))
  }

  @inlinable @inline(__always)
  static func gather(_ x: UnsafePointer<Float>, stride: Int) -> Vector {
    let y = x + 4 &* stride
    return Vector(
      x[0], x[stride], x[2 &* stride], x[3 &* stride], y[0], y[stride], y[2 &* stride], y[3 &* stride])
  }

  @inlinable @inline(__always)
  static func scatter(_ v: Vector, to x: UnsafeMutablePointer<Float>, stride: Int) {
    let opaque = cv_opaque(v)
    for lane in 0..<8 { x[lane &* stride] = opaque[lane] }
  }
}
