/// The mean cross-entropy of rows of logits against one right class a row, and its gradient.
///
/// With M = max_j z_j and S = sum_j e^(z_j - M), in eight lanes and a tree: a row's loss is log S - (z_label - M), its gradient
/// e^(z_j - M) / S - [j = label]. The mean of the rows is again in eight lanes and a tree.
package enum SoftmaxCrossEntropy {
  /// The floats of scratch that `loss` needs.
  package static func scratchCount(rows: Int) -> Int { 2 * ((rows + 7) & ~7) }

  /// The mean loss of the rows.
  @inlinable
  package static func loss(
    _ logits: UnsafePointer<Float>, _ labels: UnsafePointer<Int32>, rows: Int, columns: Int,
    scratch: UnsafeMutablePointer<Float>
  ) -> Float {
    let padded = (rows + 7) & ~7
    let sums = scratch
    let rights = scratch + padded
    for i in 0..<rows {
      let row = logits + i * columns
      let label = Int(labels[i])
      precondition(label >= 0 && label < columns, "label \(label) of row \(i) is outside 0 ..< \(columns)")
      let largest = largest(row, columns)
      var lanes = Vector.zero
      forEachVector(row, columns) { z, _, _ in lanes += Elementary.exp(z - Vector(repeating: largest)) }
      sums[i] = Reduction.sum(ofLanes: lanes)
      rights[i] = row[label] - largest
    }
    // Rows of loss 0 fill the last vector.
    for i in rows..<padded {
      sums[i] = 1
      rights[i] = 0
    }
    var total = Vector.zero
    for i in stride(from: 0, to: padded, by: 8) {
      total += Elementary.log(Vector(from: sums + i)) - Vector(from: rights + i)
    }
    return Reduction.sum(ofLanes: total) / Float(rows)
  }

  /// The gradient of `scale` times the mean loss, for every logit.
  @inlinable
  package static func gradient(
    _ logits: UnsafePointer<Float>, _ labels: UnsafePointer<Int32>, rows: Int, columns: Int, scale: Float,
    into result: UnsafeMutablePointer<Float>
  ) {
    let share = scale / Float(rows)
    for i in 0..<rows {
      let row = logits + i * columns
      let target = result + i * columns
      let label = Int(labels[i])
      let largest = largest(row, columns)
      var lanes = Vector.zero
      forEachVector(row, columns) { z, j, width in
        let power = Elementary.exp(z - Vector(repeating: largest))
        lanes += power
        if width == 8 { power.store(to: target + j) } else { power.store(first: width, to: target + j) }
      }
      let factor = Vector(repeating: share / Reduction.sum(ofLanes: lanes))
      forEachVector(UnsafePointer(target), columns) { power, j, width in
        let scaled = power * factor
        if width == 8 { scaled.store(to: target + j) } else { scaled.store(first: width, to: target + j) }
      }
      target[label] -= share
    }
  }

  /// The largest of a row. A NaN elsewhere in the row reaches the loss through its own exponential.
  @inlinable @inline(__always)
  static func largest(_ row: UnsafePointer<Float>, _ columns: Int) -> Float {
    var lanes = Vector(repeating: -.infinity)
    forEachVector(row, columns) { z, _, _ in lanes = lanes.replacing(with: z, where: z .> lanes) }
    return Reduction.largest(ofLanes: lanes)
  }

  /// Eight columns at a time: their values (-infinity behind the last, whose exponential is 0), the first one's index, how many.
  @inlinable @inline(__always)
  static func forEachVector(_ row: UnsafePointer<Float>, _ columns: Int, _ body: (Vector, Int, Int) -> Void) {
    var j = 0
    while j &+ 8 <= columns {
      body(Vector(from: row + j), j, 8)
      j &+= 8
    }
    if j < columns {
      body(Vector(first: columns &- j, from: row + j, else: -.infinity), j, columns &- j)
    }
  }
}
