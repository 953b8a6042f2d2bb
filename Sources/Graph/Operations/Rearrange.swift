/// Operations that move elements and compute nothing.

/// The same elements in a place of their own.
package struct Copy: Operation {
  package let count: Int

  package func run(_ operands: Operands, into result: UnsafeMutablePointer<Float>) {
    result.update(from: operands.first, count: count)
  }

  package func pullBack(_ gradient: Term, through result: Term, to inputs: [Term]) -> [Term?] { [gradient] }
}

/// A matrix with rows and columns exchanged.
package struct Transpose: Operation {
  package let rows: Int
  package let columns: Int

  package func run(_ operands: Operands, into result: UnsafeMutablePointer<Float>) {
    for i in 0..<rows {
      for j in 0..<columns { result[j * rows + i] = operands.first[i * columns + j] }
    }
  }

  package func pullBack(_ gradient: Term, through result: Term, to inputs: [Term]) -> [Term?] {
    [gradient.transposed()]
  }
}

/// An array [outer, first, second, inner] with the two middle axes exchanged.
package struct ExchangeAxes: Operation {
  package let outer: Int
  package let first: Int
  package let second: Int
  package let inner: Int

  package func run(_ operands: Operands, into result: UnsafeMutablePointer<Float>) {
    for o in 0..<outer {
      let (source, target) = (operands.first + o * first * second * inner, result + o * first * second * inner)
      for i in 0..<first {
        for j in 0..<second {
          (target + (j * first + i) * inner).update(from: source + (i * second + j) * inner, count: inner)
        }
      }
    }
  }

  package func pullBack(_ gradient: Term, through result: Term, to inputs: [Term]) -> [Term?] {
    let back = ExchangeAxes(outer: outer, first: second, second: first, inner: inner)
    return [gradient.recording.record(back, [gradient], shape: inputs[0].shape)]
  }
}

/// The part `start ..< start + count` of each row of an [outer, whole] array.
package struct Slice: Operation {
  package let outer: Int
  package let whole: Int
  package let start: Int
  package let count: Int

  package func run(_ operands: Operands, into result: UnsafeMutablePointer<Float>) {
    for o in 0..<outer {
      (result + o * count).update(from: operands.first + (o * whole + start), count: count)
    }
  }

  package func pullBack(_ gradient: Term, through result: Term, to inputs: [Term]) -> [Term?] {
    let pad = Pad(outer: outer, whole: whole, start: start, count: count)
    return [gradient.recording.record(pad, [gradient], shape: inputs[0].shape)]
  }
}

/// The converse of a slice: zeros around each row.
package struct Pad: Operation {
  package let outer: Int
  package let whole: Int
  package let start: Int
  package let count: Int

  package func run(_ operands: Operands, into result: UnsafeMutablePointer<Float>) {
    result.update(repeating: 0, count: outer * whole)
    for o in 0..<outer {
      (result + (o * whole + start)).update(from: operands.first + o * count, count: count)
    }
  }

  package func pullBack(_ gradient: Term, through result: Term, to inputs: [Term]) -> [Term?] {
    let slice = Slice(outer: outer, whole: whole, start: start, count: count)
    return [gradient.recording.record(slice, [gradient], shape: inputs[0].shape)]
  }
}

/// The rows of two arrays, [outer, firstCount] and [outer, secondCount], one behind the other.
package struct Concatenate: Operation {
  package let outer: Int
  package let firstCount: Int
  package let secondCount: Int

  package func run(_ operands: Operands, into result: UnsafeMutablePointer<Float>) {
    for o in 0..<outer {
      let row = result + o * (firstCount + secondCount)
      row.update(from: operands.first + o * firstCount, count: firstCount)
      (row + firstCount).update(from: operands.second + o * secondCount, count: secondCount)
    }
  }

  package func pullBack(_ gradient: Term, through result: Term, to inputs: [Term]) -> [Term?] {
    let whole = firstCount + secondCount
    let first = Slice(outer: outer, whole: whole, start: 0, count: firstCount)
    let second = Slice(outer: outer, whole: whole, start: firstCount, count: secondCount)
    return [
      gradient.recording.record(first, [gradient], shape: inputs[0].shape),
      gradient.recording.record(second, [gradient], shape: inputs[1].shape),
    ]
  }
}

extension Term {
  /// The matrix with rows and columns exchanged.
  package func transposed() -> Term {
    precondition(shape.count == 2, "a transposed array of shape \(shape)")
    return recording.record(Transpose(rows: shape[0], columns: shape[1]), [self], shape: [shape[1], shape[0]])
  }

  /// The array with axis number `axis` and the one behind it exchanged.
  package func exchangingAxes(_ axis: Int) -> Term {
    precondition(
      shape.indices.contains(axis) && shape.indices.contains(axis + 1), "axes \(axis) and behind of \(shape)")
    let operation = ExchangeAxes(
      outer: shape[..<axis].reduce(1, *), first: shape[axis], second: shape[axis + 1],
      inner: shape[(axis + 2)...].reduce(1, *))
    var exchanged = shape
    exchanged.swapAt(axis, axis + 1)
    return recording.record(operation, [self], shape: exchanged)
  }

  /// The elements whose index along `axis` is in `range`.
  package func slice(_ range: Range<Int>, axis: Int) -> Term {
    precondition(shape.indices.contains(axis), "axis \(axis) of the shape \(shape)")
    precondition(
      range.lowerBound >= 0 && range.upperBound <= shape[axis] && !range.isEmpty,
      "the range \(range) of axis \(axis) of the shape \(shape)")
    let inner = shape[(axis + 1)...].reduce(1, *)
    var part = shape
    part[axis] = range.count
    let slice = Slice(
      outer: shape[..<axis].reduce(1, *), whole: shape[axis] * inner, start: range.lowerBound * inner,
      count: range.count * inner)
    return recording.record(slice, [self], shape: part, holdsIndices: holdsIndices)
  }

  /// This and `other` one behind the other along `axis`; the other axes are equal.
  package func concatenated(_ other: Term, axis: Int) -> Term {
    precondition(shape.indices.contains(axis), "axis \(axis) of the shape \(shape)")
    var whole = shape
    whole[axis] += other.shape[axis]
    var expected = other.shape
    expected[axis] = shape[axis]
    precondition(expected == shape, "\(shape) and \(other.shape) cannot be joined along axis \(axis)")
    let inner = shape[(axis + 1)...].reduce(1, *)
    let operation = Concatenate(
      outer: shape[..<axis].reduce(1, *), firstCount: shape[axis] * inner, secondCount: other.shape[axis] * inner)
    return recording.record(operation, [self, other], shape: whole)
  }

  /// All terms one behind the other along the first axis. Pairs are joined first, then pairs of pairs: each element is
  /// copied log2 of their number times.
  package static func stacked(_ terms: [Term]) -> Term {
    precondition(!terms.isEmpty, "no terms to stack")
    guard terms.count > 1 else { return terms[0] }
    let half = terms.count / 2
    return stacked(Array(terms[..<half])).concatenated(stacked(Array(terms[half...])), axis: 0)
  }
}
