/// Reverse-mode differentiation, written into the same recording.
extension Recording {
  /// The derivative of `loss` by each parameter, in the order in which they were declared; zeros where it has no influence.
  func gradients(of loss: Term) -> [Term] {
    var gradients = [Term?](repeating: nil, count: nodes.count)
    var pieces = [[SlicePiece]](repeating: [], count: nodes.count)
    gradients[loss.index] = constant([1], loss.shape)
    let moves = dependsOnParameters()
    for index in stride(from: loss.index, through: 0, by: -1) where moves[index] {
      if !pieces[index].isEmpty { accumulate(assembled(pieces[index], nodes[index].shape), into: &gradients[index]) }
      guard let gradient = gradients[index] else { continue }
      switch nodes[index].source {
      case .parameter, .input, .constant: continue
      case .view(let of):
        accumulate(gradient.reshaped(nodes[of].shape), into: &gradients[of])
      case .operation(let slice as Slice, let inputs):
        pieces[inputs[0]].append(SlicePiece(slice: slice, gradient: gradient))
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

  /// The gradient of an array of which only slices were used: they are joined where they tile it, so that a sequence cut into
  /// its steps costs a few copies; else zeros are put around each and all are added.
  private func assembled(_ pieces: [SlicePiece], _ shape: [Int]) -> Term {
    let inOrder = pieces.sorted { $0.slice.start < $1.slice.start }
    let (outer, whole) = (pieces[0].slice.outer, pieces[0].slice.whole)
    var end = 0
    for piece in inOrder {
      guard piece.slice.outer == outer && piece.slice.start == end else { return padded(pieces, shape) }
      end += piece.slice.count
    }
    return end == whole ? joined(inOrder[...]).reshaped(shape) : padded(pieces, shape)
  }

  private func padded(_ pieces: [SlicePiece], _ shape: [Int]) -> Term {
    var sum: Term?
    for piece in pieces {
      let slice = piece.slice
      let pad = Pad(outer: slice.outer, whole: slice.whole, start: slice.start, count: slice.count)
      accumulate(record(pad, [piece.gradient], shape: shape), into: &sum)
    }
    return sum!
  }

  private func joined(_ pieces: ArraySlice<SlicePiece>) -> Term {
    let first = pieces[pieces.startIndex]
    if pieces.count == 1 { return first.gradient.reshaped([first.slice.outer, first.slice.count]) }
    let half = pieces.startIndex + pieces.count / 2
    return joined(pieces[..<half]).concatenated(joined(pieces[half...]), axis: 1)
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

/// The derivative by one slice of an array.
private struct SlicePiece {
  let slice: Slice
  let gradient: Term
}
