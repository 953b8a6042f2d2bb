/// The largest element along the middle axis of an array seen as [outer, middle, inner]; NaN where one is NaN.
package struct Largest: Operation {
  package let outer: Int
  package let middle: Int
  package let inner: Int

  package func run(_ operands: Operands, into result: UnsafeMutablePointer<Float>) {
    for o in 0..<outer {
      let block = operands.first + o * middle * inner
      let target = result + o * inner
      target.update(from: block, count: inner)
      for m in 1..<max(middle, 1) {
        let row = block + m * inner
        for i in 0..<inner where row[i] > target[i] || row[i].isNaN { target[i] = row[i] }
      }
    }
  }

  package func pullBack(_ gradient: Term, through result: Term, to inputs: [Term]) -> [Term?] {
    let derivative = LargestDerivative(outer: outer, middle: middle, inner: inner)
    return [result.recording.record(derivative, [gradient, inputs[0], result], shape: inputs[0].shape)]
  }
}

/// Where the largest element was, its derivative: at the first place among equals. A NaN stays a NaN, at the first place.
package struct LargestDerivative: Operation {
  package let outer: Int
  package let middle: Int
  package let inner: Int

  package func run(_ operands: Operands, into result: UnsafeMutablePointer<Float>) {
    result.update(repeating: 0, count: outer * middle * inner)
    for o in 0..<outer {
      for i in 0..<inner {
        let largest = operands.third[o * inner + i]
        let first = o * middle * inner + i
        let m = (0..<middle).first { operands.second[first + $0 * inner] == largest }
        result[first + (m ?? 0) * inner] = m == nil ? .nan : operands.first[o * inner + i]
      }
    }
  }
}

extension Term {
  /// The largest of all elements, a scalar.
  package func largest() -> Term {
    recording.record(Largest(outer: 1, middle: count, inner: 1), [self], shape: [])
  }

  /// The largest element along one axis, which disappears.
  package func largest(axis: Int) -> Term {
    precondition(shape.indices.contains(axis), "axis \(axis) of the shape \(shape)")
    var left = shape
    let middle = left.remove(at: axis)
    let operation = Largest(
      outer: shape[..<axis].reduce(1, *), middle: middle, inner: shape[(axis + 1)...].reduce(1, *))
    return recording.record(operation, [self], shape: left)
  }
}
