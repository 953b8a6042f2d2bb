internal import Numerics

/// The mean softmax cross-entropy of rows of logits with integer labels.
package struct CrossEntropy: Operation {
  package let rows: Int
  package let columns: Int

  package var scratchCount: Int { SoftmaxCrossEntropy.scratchCount(rows: rows) }

  package func run(_ operands: Operands, into result: UnsafeMutablePointer<Float>) {
    result[0] = SoftmaxCrossEntropy.loss(
      operands.first, operands.secondIndices, rows: rows, columns: columns, scratch: operands.scratch)
  }

  package func pullBack(_ gradient: Term, through result: Term, to inputs: [Term]) -> [Term?] {
    let derivative = CrossEntropyDerivative(rows: rows, columns: columns)
    return [
      gradient.recording.record(derivative, [inputs[0], inputs[1], gradient], shape: inputs[0].shape), nil,
    ]
  }
}

/// The gradient for the logits, given logits, labels and the derivative of the loss by the mean.
package struct CrossEntropyDerivative: Operation {
  package let rows: Int
  package let columns: Int

  package func run(_ operands: Operands, into result: UnsafeMutablePointer<Float>) {
    SoftmaxCrossEntropy.gradient(
      operands.first, operands.secondIndices, rows: rows, columns: columns, scale: operands.third[0], into: result)
  }
}

extension Term {
  /// The mean over rows of this (logits, m x classes) of the cross-entropy with `labels` (m indices).
  package func softmaxCrossEntropy(_ labels: Term) -> Term {
    precondition(
      shape.count == 2 && labels.holdsIndices && labels.count == shape[0],
      "cross-entropy of logits \(shape) and labels \(labels.shape)")
    return recording.record(CrossEntropy(rows: shape[0], columns: shape[1]), [self, labels], shape: [])
  }
}
