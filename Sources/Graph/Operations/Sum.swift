internal import Numerics

/// The sum over the middle axis of an array seen as [outer, middle, inner].
package struct Sum: Operation {
  package let outer: Int
  package let middle: Int
  package let inner: Int

  package func run(_ operands: Operands, into result: UnsafeMutablePointer<Float>) {
    Reduction.sum(operands.first, outer: outer, middle: middle, inner: inner, into: result)
  }

  package func pullBack(_ gradient: Term, through result: Term, to inputs: [Term]) -> [Term?] {
    [gradient.expanded(outer: outer, middle: middle, inner: inner, shape: inputs[0].shape)]
  }
}

/// An array seen as [outer, inner], repeated along a new middle axis.
package struct Expand: Operation {
  package let outer: Int
  package let middle: Int
  package let inner: Int

  package func run(_ operands: Operands, into result: UnsafeMutablePointer<Float>) {
    Reduction.expand(operands.first, outer: outer, middle: middle, inner: inner, into: result)
  }

  package func pullBack(_ gradient: Term, through result: Term, to inputs: [Term]) -> [Term?] {
    [gradient.summed(outer: outer, middle: middle, inner: inner, shape: inputs[0].shape)]
  }
}

extension Term {
  /// The sum of all elements, a scalar.
  package func sum() -> Term { summed(outer: 1, middle: count, inner: 1, shape: []) }

  /// The sum of all elements times the float nearest to 1 / their number.
  package func mean() -> Term { sum() * (1 / Float(count)) }

  /// The sum over one axis, which disappears.
  package func sum(axis: Int) -> Term {
    precondition(shape.indices.contains(axis), "axis \(axis) of the shape \(shape)")
    var left = shape
    let middle = left.remove(at: axis)
    return summed(
      outer: shape[..<axis].reduce(1, *), middle: middle, inner: shape[(axis + 1)...].reduce(1, *), shape: left)
  }

  package func mean(axis: Int) -> Term { sum(axis: axis) * (1 / Float(shape[axis])) }

  /// The same elements `count` times along a new axis, which is number `axis` of the result.
  package func repeated(_ count: Int, axis: Int) -> Term {
    precondition(axis >= 0 && axis <= shape.count, "a new axis \(axis) for the shape \(shape)")
    var longer = shape
    longer.insert(count, at: axis)
    return expanded(
      outer: shape[..<axis].reduce(1, *), middle: count, inner: shape[axis...].reduce(1, *), shape: longer)
  }

  func summed(outer: Int, middle: Int, inner: Int, shape: [Int]) -> Term {
    recording.record(Sum(outer: outer, middle: middle, inner: inner), [self], shape: shape)
  }

  func expanded(outer: Int, middle: Int, inner: Int, shape: [Int]) -> Term {
    recording.record(Expand(outer: outer, middle: middle, inner: inner), [self], shape: shape)
  }
}
