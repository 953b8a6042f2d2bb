package import Numerics

/// One of the four operations on two arrays; a scalar, or a row against a matrix, is repeated.
package struct Combine: DivisibleOperation {
  package let arithmetic: Arithmetic
  package let firstCount: Int
  package let secondCount: Int

  /// The elements that are read together: a repeated row is read as a whole, a repeated scalar with each element.
  private var partLength: Int { firstCount == secondCount ? 1 : min(firstCount, secondCount) }

  package var partCount: Int { max(firstCount, secondCount) / partLength }

  package func run(_ operands: Operands, parts: Range<Int>, into result: UnsafeMutablePointer<Float>) {
    let (first, count) = (parts.lowerBound * partLength, parts.count * partLength)
    let isRepeated = (firstCount < secondCount, secondCount < firstCount)
    arithmetic.apply(
      operands.first + (isRepeated.0 ? 0 : first), isRepeated.0 ? firstCount : count,
      operands.second + (isRepeated.1 ? 0 : first), isRepeated.1 ? secondCount : count, into: result + first)
  }

  package func pullBack(_ gradient: Term, through result: Term, to inputs: [Term]) -> [Term?] {
    let (a, b) = (inputs[0], inputs[1])
    let (toA, toB) =
      switch arithmetic {
      case .add: (gradient, gradient)
      case .subtract: (gradient, -gradient)
      case .multiply: (gradient * b, gradient * a)
      case .divide: (gradient / b, -(gradient * result / b))
      }
    return [toA.collapsed(to: a.shape), toB.collapsed(to: b.shape)]
  }
}

/// scale · x + offset, with constants.
package struct Affine: DivisibleOperation {
  package let scale: Float
  package let offset: Float
  package let count: Int

  package var partCount: Int { count }

  package func run(_ operands: Operands, parts: Range<Int>, into result: UnsafeMutablePointer<Float>) {
    let first = parts.lowerBound
    Arithmetic.affine(operands.first + first, count: parts.count, scale: scale, offset: offset, into: result + first)
  }

  package func pullBack(_ gradient: Term, through result: Term, to inputs: [Term]) -> [Term?] {
    [gradient.scaled(by: scale, plus: 0)]
  }
}

extension Term {
  package static func + (a: Term, b: Term) -> Term { a.combined(.add, b) }
  package static func - (a: Term, b: Term) -> Term { a.combined(.subtract, b) }
  package static func * (a: Term, b: Term) -> Term { a.combined(.multiply, b) }
  package static func / (a: Term, b: Term) -> Term { a.combined(.divide, b) }

  package static func + (a: Term, b: Float) -> Term { a.scaled(by: 1, plus: b) }
  package static func + (a: Float, b: Term) -> Term { b.scaled(by: 1, plus: a) }
  package static func - (a: Term, b: Float) -> Term { a.scaled(by: 1, plus: -b) }
  package static func - (a: Float, b: Term) -> Term { b.scaled(by: -1, plus: a) }
  package static func * (a: Term, b: Float) -> Term { a.scaled(by: b, plus: 0) }
  package static func * (a: Float, b: Term) -> Term { b.scaled(by: a, plus: 0) }
  package static prefix func - (a: Term) -> Term { a.scaled(by: -1, plus: 0) }

  /// scale · x + offset for every element, with one rounding.
  package func scaled(by scale: Float, plus offset: Float) -> Term {
    recording.record(Affine(scale: scale, offset: offset, count: count), [self], shape: shape)
  }

  /// The shorter shape must be a scalar's or the end of the longer one.
  func combined(_ arithmetic: Arithmetic, _ other: Term) -> Term {
    let isLonger = (count, shape.count) >= (other.count, other.shape.count)
    let (long, short) = isLonger ? (self, other) : (other, self)
    let fits = short.count == 1 || Array(long.shape.suffix(short.shape.count)) == short.shape
    precondition(fits, "\(arithmetic) of the shapes \(shape) and \(other.shape)")
    return recording.record(
      Combine(arithmetic: arithmetic, firstCount: count, secondCount: other.count), [self, other],
      shape: long.shape)
  }

  /// Sums away what repeating a term of that shape has added.
  func collapsed(to shape: [Int]) -> Term {
    let target = shape.reduce(1, *)
    let sum = target == count ? self : summed(outer: 1, middle: count / target, inner: target, shape: shape)
    return sum.reshaped(shape)
  }
}
