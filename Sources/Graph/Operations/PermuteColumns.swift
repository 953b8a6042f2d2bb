/// The columns of a matrix in another order: column j of the result is column order[j].
package struct PermuteColumns: Operation {
  package let rows: Int
  package let order: [Int]

  package func run(_ operands: Operands, into result: UnsafeMutablePointer<Float>) {
    let columns = order.count
    for i in 0..<rows {
      for j in 0..<columns { result[i * columns + j] = operands.first[i * columns + order[j]] }
    }
  }

  package func pullBack(_ gradient: Term, through result: Term, to inputs: [Term]) -> [Term?] {
    var inverse = order
    for (j, source) in order.enumerated() { inverse[source] = j }
    return [gradient.permutingColumns(inverse)]
  }
}

extension Term {
  /// The matrix whose column j is this one's column order[j]; `order` holds each column once.
  package func permutingColumns(_ order: [Int]) -> Term {
    precondition(shape.count == 2 && order.sorted() == Array(0..<shape[1]), "columns of \(shape) in the order \(order)")
    return recording.record(PermuteColumns(rows: shape[0], order: order), [self], shape: shape)
  }
}
