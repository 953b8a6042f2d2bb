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
    let table = Table(base: logits, rows: rows, columns: columns)
    let padded = (rows &+ 7) & ~7
    let sums = scratch
    let rights = scratch + padded
    let first = FewLogits.loss(logits, labels, rows: rows, columns: columns, sums: sums, rights: rights)
    for i in first..<rows {
      let row = logits + i &* columns
      let label = Int(labels[i])
      precondition(label >= 0 && label < columns, "label \(label) of row \(i) is outside 0 ..< \(columns)")
      let largest = table.largest(row)
      var lanes = Vector.zero
      var j = 0
      while j < columns {
        lanes += table.power(row, j, over: largest)
        j &+= 8
      }
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
    let table = Table(base: logits, rows: rows, columns: columns)
    let share = scale / Float(rows)
    let first = FewLogits.gradient(logits, labels, rows: rows, columns: columns, share: share, into: result)
    for i in first..<rows {
      let row = logits + i &* columns
      let target = result + i &* columns
      let largest = table.largest(row)
      var lanes = Vector.zero
      var j = 0
      while j < columns {
        let power = table.power(row, j, over: largest)
        lanes += power
        // A row's end spills into the next row, which is written later.
        if table.holdsEight(row, j) {
          power.store(to: target + j)
        } else {
          power.store(first: columns &- j, to: target + j)
        }
        j &+= 8
      }
      let factor = Vector(repeating: share / Reduction.sum(ofLanes: lanes))
      j = 0
      while j < columns {
        if table.holdsEight(row, j) {
          (Vector(from: target + j) * factor).store(to: target + j)
        } else {
          (Vector(first: columns &- j, from: target + j, else: 0) * factor).store(first: columns &- j, to: target + j)
        }
        j &+= 8
      }
      target[Int(labels[i])] -= share
    }
  }

  /// Rows of logits, read eight at a time.
  @usableFromInline
  struct Table {
    @usableFromInline let columns: Int
    /// Behind the last logit.
    @usableFromInline let end: UnsafePointer<Float>
    /// The lanes of a row's last vector that are behind its last logit.
    @usableFromInline let behind: SIMDMask<IntVector>

    @inlinable @inline(__always)
    init(base: UnsafePointer<Float>, rows: Int, columns: Int) {
      self.columns = columns
      end = base + rows &* columns
      let last = Int32(truncatingIfNeeded: (columns &- 1) & 7)
      behind = IntVector(0, 1, 2, 3, 4, 5, 6, 7) .> IntVector(repeating: last)
    }

    /// True where eight floats from element `j` of a row on are still inside the table.
    @inlinable @inline(__always)
    func holdsEight(_ row: UnsafePointer<Float>, _ j: Int) -> Bool { row + (j &+ 8) <= end }

    /// The row's logits from `j` on; -infinity behind the last.
    @inlinable @inline(__always)
    func vector(_ row: UnsafePointer<Float>, _ j: Int) -> Vector {
      if j &+ 8 <= columns { return Vector(from: row + j) }
      guard holdsEight(row, j) else { return Vector(first: columns &- j, from: row + j, else: -.infinity) }
      return Vector(from: row + j).replacing(with: -.infinity, where: behind)
    }

    /// e^(z - largest) for the row's logits from `j` on, 0 behind the last. The lanes there are computed as e^0: the
    /// exponential of a large negative number underflows, which takes the processor a hundred cycles.
    @inlinable @inline(__always)
    func power(_ row: UnsafePointer<Float>, _ j: Int, over largest: Float) -> Vector {
      let largest = Vector(repeating: largest)
      if j &+ 8 <= columns { return Elementary.exp(Vector(from: row + j) - largest) }
      let difference = (vector(row, j) - largest).replacing(with: 0, where: behind)
      return Elementary.exp(difference).replacing(with: 0, where: behind)
    }

    /// The largest logit of a row. A NaN elsewhere in the row reaches the loss through its own exponential.
    @inlinable @inline(__always)
    func largest(_ row: UnsafePointer<Float>) -> Float {
      var lanes = Vector(repeating: -.infinity)
      var j = 0
      while j < columns {
        let z = vector(row, j)
        lanes = lanes.replacing(with: z, where: z .> lanes)
        j &+= 8
      }
      return Reduction.largest(ofLanes: lanes)
    }
  }
}
