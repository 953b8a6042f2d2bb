/// Reverse-mode differentiation, written into the same recording: a derivative is made of terms like any other, and may be
/// differentiated again.
extension Term {
  /// The derivatives of this scalar by each of some terms of which it was made; zeros where one has no influence. A term's
  /// influence on another of them does not count.
  package func gradients(by terms: [Term]) -> [Term] {
    precondition(count == 1, "the gradient of the shape \(shape), which is no scalar")
    return recording.gradients(of: self, by: terms)
  }
}

extension Recording {
  /// The derivative of `loss` by each of `terms`, in their order; zeros where it has no influence.
  func gradients(of loss: Term, by terms: [Term]) -> [Term] {
    guard let lowest = terms.map(\.index).min() else { return [] }
    let isLeaf = Set(terms.map(\.index))
    // Nodes before the first of the terms are made of none of them. Derivatives are recorded behind the loss.
    let moves = dependence(on: isLeaf, lowest...max(lowest, loss.index))
    var gradients = [Term?](repeating: nil, count: moves.count)
    var pieces = [[SlicePiece]](repeating: [], count: moves.count)
    if loss.index >= lowest { gradients[loss.index - lowest] = constant([1], loss.shape) }
    for index in stride(from: loss.index, through: lowest, by: -1) where moves[index - lowest] {
      let place = index - lowest
      if !pieces[place].isEmpty { accumulate(assembled(pieces[place], nodes[index].shape), into: &gradients[place]) }
      guard let gradient = gradients[place], !isLeaf.contains(index) else { continue }
      switch nodes[index].source {
      case .parameter, .input, .constant: continue
      case .view(let of):
        accumulate(gradient.reshaped(nodes[of].shape), into: &gradients[of - lowest])
      case .operation(let slice as Slice, let inputs):
        pieces[inputs[0] - lowest].append(SlicePiece(slice: slice, gradient: gradient))
      case .operation(let operation, let inputs):
        let operands = inputs.map { Term(recording: self, index: $0) }
        let parts = operation.pullBack(gradient, through: Term(recording: self, index: index), to: operands)
        for (input, part) in zip(inputs, parts) where input >= lowest && moves[input - lowest] {
          guard let part else { continue }
          precondition(
            part.shape == nodes[input].shape,
            "\(operation) gives a gradient of shape \(part.shape) for an input of shape \(nodes[input].shape)")
          accumulate(part, into: &gradients[input - lowest])
        }
      }
    }
    return terms.map { term in
      let place = term.index - lowest
      let found = place < gradients.count ? gradients[place] : nil
      return found ?? constant([Float](repeating: 0, count: term.count), term.shape)
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

  /// For each node of a range whether one of the leaves has an influence on it.
  private func dependence(on leaves: Set<Int>, _ range: ClosedRange<Int>) -> [Bool] {
    var result: [Bool] = []
    func moves(_ index: Int) -> Bool { index >= range.lowerBound && result[index - range.lowerBound] }
    for index in range {
      switch nodes[index].source {
      case .parameter, .input, .constant: result.append(leaves.contains(index))
      case .view(let of): result.append(leaves.contains(index) || moves(of))
      case .operation(_, let inputs): result.append(leaves.contains(index) || inputs.contains(where: moves))
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
