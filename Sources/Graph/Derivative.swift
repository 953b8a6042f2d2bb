/// Reverse-mode differentiation, written into the same recording.
extension Recording {
  /// The derivative of `loss` by each parameter, in the order in which they were declared; zeros where it has no influence.
  func gradients(of loss: Term) -> [Term] {
    var gradients = [Term?](repeating: nil, count: nodes.count)
    gradients[loss.index] = constant([1], loss.shape)
    let moves = dependsOnParameters()
    for index in stride(from: loss.index, through: 0, by: -1) where moves[index] {
      guard let gradient = gradients[index] else { continue }
      switch nodes[index].source {
      case .parameter, .input, .constant: continue
      case .view(let of):
        accumulate(gradient.reshaped(nodes[of].shape), into: &gradients[of])
      case .operation(let operation, let inputs):
        let terms = inputs.map { Term(recording: self, index: $0) }
        let parts = operation.pullBack(gradient, through: Term(recording: self, index: index), to: terms)
        for (input, part) in zip(inputs, parts) where moves[input] {
          guard let part else { continue }
          precondition(
            part.shape == nodes[input].shape,
            "\(operation) gives a gradient of shape \(part.shape) for an input of shape \(nodes[input].shape)")
          accumulate(part, into: &gradients[input])
        }
      }
    }
    return parameterTerms.map {
      gradients[$0.index] ?? constant([Float](repeating: 0, count: $0.count), $0.shape)
    }
  }

  /// Contributions are added in the order in which they are found: from the last use of a term to the first.
  private func accumulate(_ part: Term, into sum: inout Term?) {
    sum = sum.map { $0 + part } ?? part
  }

  /// For each node whether a parameter has an influence on it.
  private func dependsOnParameters() -> [Bool] {
    var result: [Bool] = []
    for node in nodes {
      switch node.source {
      case .parameter: result.append(true)
      case .input, .constant: result.append(false)
      case .view(let of): result.append(result[of])
      case .operation(_, let inputs): result.append(inputs.contains { result[$0] })
      }
    }
    return result
  }
}
