internal import Numerics

/// The softmax of each row: e^(z - M) / S, M being the row's largest and S the sum of the powers, in eight lanes and a tree.
package struct Softmax: DivisibleOperation {
  package let rows: Int
  package let columns: Int

  package var partCount: Int { rows }

  package func run(_ operands: Operands, parts: Range<Int>, into result: UnsafeMutablePointer<Float>) {
    for i in parts {
      let (row, target) = (operands.first + i * columns, result + i * columns)
      var largest = row[0]
      for j in 1..<max(columns, 1) where row[j] > largest { largest = row[j] }
      Arithmetic.affine(row, count: columns, scale: 1, offset: -largest, into: target)
      Elementwise.exp.apply(target, count: columns, into: target)
      let share = 1 / Reduction.sum(target, count: columns)
      Arithmetic.affine(target, count: columns, scale: share, offset: 0, into: target)
    }
  }

  /// With y the softmax: y (g - sum of g y).
  package func pullBack(_ gradient: Term, through result: Term, to inputs: [Term]) -> [Term?] {
    let axis = result.shape.count - 1
    let products = gradient * result
    return [products - result * products.sum(axis: axis).repeated(columns, axis: axis)]
  }
}

extension Term {
  /// The softmax over the last axis.
  package func softmax() -> Term {
    precondition(!shape.isEmpty, "the softmax of a scalar")
    let columns = shape[shape.count - 1]
    return recording.record(Softmax(rows: count / columns, columns: columns), [self], shape: shape)
  }
}
