internal import Numerics

/// The sum over rows of logits of a weight times the softmax cross-entropy with an integer label.
package struct WeightedCrossEntropy: Operation {
  package let rows: Int
  package let columns: Int

  package var scratchCount: Int { SoftmaxCrossEntropy.scratchCount(rows: 1) }

  package func run(_ operands: Operands, into result: UnsafeMutablePointer<Float>) {
    var sum = 0.0
    for i in 0..<rows {
      let loss = SoftmaxCrossEntropy.loss(
        operands.first + i * columns, operands.secondIndices + i, rows: 1, columns: columns, scratch: operands.scratch)
      sum += Double(operands.third[i]) * Double(loss)
    }
    result[0] = Float(sum)
  }

  package func pullBack(_ gradient: Term, through result: Term, to inputs: [Term]) -> [Term?] {
    let derivative = WeightedCrossEntropyDerivative(rows: rows, columns: columns)
    let toLogits = gradient.recording.record(derivative, inputs, shape: inputs[0].shape)
    return [toLogits * gradient, nil, nil]
  }
}

/// The derivative of the sum by each logit, given logits, labels and weights.
package struct WeightedCrossEntropyDerivative: Operation {
  package let rows: Int
  package let columns: Int

  package func run(_ operands: Operands, into result: UnsafeMutablePointer<Float>) {
    for i in 0..<rows {
      SoftmaxCrossEntropy.gradient(
        operands.first + i * columns, operands.secondIndices + i, rows: 1, columns: columns, scale: operands.third[i],
        into: result + i * columns)
    }
  }
}

extension Term {
  /// The sum over rows of this (logits, m x classes) of a weight times the cross-entropy with `labels` (m indices). No
  /// derivative by the weights flows.
  package func softmaxCrossEntropy(_ labels: Term, weights: Term) -> Term {
    precondition(
      shape.count == 2 && labels.holdsIndices && labels.count == shape[0] && weights.count == shape[0],
      "cross-entropy of logits \(shape), labels \(labels.shape) and weights \(weights.shape)")
    return recording.record(
      WeightedCrossEntropy(rows: shape[0], columns: shape[1]), [self, labels, weights], shape: [])
  }
}
