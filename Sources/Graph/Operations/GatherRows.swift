/// The rows of a table that an index array names.
package struct GatherRows: Operation {
  package let tableRows: Int
  package let width: Int
  package let count: Int

  package func run(_ operands: Operands, into result: UnsafeMutablePointer<Float>) {
    for i in 0..<count {
      let row = Int(operands.secondIndices[i])
      precondition(row >= 0 && row < tableRows, "index \(row) of a table of \(tableRows) rows")
      (result + i * width).update(from: operands.first + row * width, count: width)
    }
  }

  package func pullBack(_ gradient: Term, through result: Term, to inputs: [Term]) -> [Term?] {
    let scatter = ScatterRows(tableRows: tableRows, width: width, count: count)
    return [gradient.recording.record(scatter, [gradient, inputs[1]], shape: inputs[0].shape), nil]
  }
}

/// The converse of a gather: each row is added to the row of the table that its index names, in order.
package struct ScatterRows: Operation {
  package let tableRows: Int
  package let width: Int
  package let count: Int

  package func run(_ operands: Operands, into result: UnsafeMutablePointer<Float>) {
    result.update(repeating: 0, count: tableRows * width)
    for i in 0..<count {
      let target = result + Int(operands.secondIndices[i]) * width
      let source = operands.first + i * width
      for j in 0..<width { target[j] += source[j] }
    }
  }
}

extension Term {
  /// The rows of this table (n x width) that `indices` name, one after the other.
  package func rows(_ indices: Term) -> Term {
    precondition(shape.count == 2 && indices.holdsIndices, "rows of the shape \(shape)")
    let operation = GatherRows(tableRows: shape[0], width: shape[1], count: indices.count)
    return recording.record(operation, [self, indices], shape: indices.shape + [shape[1]])
  }
}
