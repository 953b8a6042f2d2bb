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

  /// With p the softmax and G given: by the logits scale / rows · p (G - sum of G p), by the scale the sum of G times the rest.
  package func pullBack(_ gradient: Term, through result: Term, to inputs: [Term]) -> [Term?] {
    let (logits, labels, scale) = (inputs[0], inputs[1], inputs[2])
    let p = logits.softmax()
    let mean = (gradient * p).sum(axis: 1).repeated(columns, axis: 1)
    let toLogits = p * (gradient - mean) * (scale.reshaped([]) * (1 / Float(rows)))
    let one = gradient.recording.constant([1], scale.shape)
    let rest = gradient.recording.record(self, [logits, labels, one], shape: logits.shape)
    return [toLogits, nil, (gradient * rest).sum().reshaped(scale.shape)]
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
