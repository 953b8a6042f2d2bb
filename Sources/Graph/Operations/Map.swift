package import Numerics

/// A function of one number, applied to every element.
package struct Map: DivisibleOperation {
  package let function: Elementwise
  package let count: Int

  package var partCount: Int { count }

  package func run(_ operands: Operands, parts: Range<Int>, into result: UnsafeMutablePointer<Float>) {
    let first = parts.lowerBound
    function.apply(operands.first + first, count: parts.count, into: result + first)
  }

  package func pullBack(_ gradient: Term, through result: Term, to inputs: [Term]) -> [Term?] {
    let derivative = MapDerivative(function: function, count: count)
    return [result.recording.record(derivative, [gradient, inputs[0], result], shape: result.shape)]
  }
}

/// g · f'(x), given g, x and y = f(x).
package struct MapDerivative: DivisibleOperation {
  package let function: Elementwise
  package let count: Int

  package var partCount: Int { count }

  package func run(_ operands: Operands, parts: Range<Int>, into result: UnsafeMutablePointer<Float>) {
    let first = parts.lowerBound
    function.pullBack(
      operands.first + first, x: operands.second + first, y: operands.third + first, count: parts.count,
      into: result + first)
  }

  /// With G given: by g it is G f'(x), by x it is G g f''(x). The y that it is computed from counts as a part of x.
  package func pullBack(_ gradient: Term, through result: Term, to inputs: [Term]) -> [Term?] {
    let (g, x, y) = (inputs[0], inputs[1], inputs[2])
    let toG = gradient.recording.record(self, [gradient, x, y], shape: x.shape)
    return [toG, x.secondDerivative(of: function, value: y).map { gradient * g * $0 }, nil]
  }
}

extension Term {
  /// The function of every element.
  package func mapped(_ function: Elementwise) -> Term {
    recording.record(Map(function: function, count: count), [self], shape: shape)
  }

  package var exp: Term { mapped(.exp) }
  package var log: Term { mapped(.log) }
  package var squareRoot: Term { mapped(.squareRoot) }
  package var squared: Term { mapped(.square) }
  package var tanh: Term { mapped(.tanh) }
  package var sigmoid: Term { mapped(.sigmoid) }
  package var relu: Term { mapped(.relu) }
  package var sin: Term { mapped(.sin) }
  package var cos: Term { mapped(.cos) }
  package var magnitude: Term { mapped(.magnitude) }
  package func clamped(_ low: Float, _ high: Float) -> Term { mapped(.clamp(low: low, high: high)) }
}

extension Term {
  /// f'(x) at this x, with `value` = f(x) for functions that need it.
  private func slope(of function: Elementwise, value: Term) -> Term {
    let ones = recording.constant(1).expanded(outer: 1, middle: count, inner: 1, shape: shape)
    return recording.record(MapDerivative(function: function, count: count), [ones, self, value], shape: shape)
  }

  /// f''(x) at this x, with y = f(x); nil where it is 0 everywhere but at kinks.
  fileprivate func secondDerivative(of function: Elementwise, value y: Term) -> Term? {
    let x = self
    switch function {
    case .relu, .leakyRelu, .magnitude, .clamp: return nil
    case .exp: return y
    case .log: return -slope(of: .log, value: y).squared
    case .square: return recording.constant(2)
    case .squareRoot: return -(slope(of: .squareRoot, value: y).squared / y)
    case .reciprocal: return 2 * y.squared * y
    case .tanh: return -2 * y * slope(of: .tanh, value: y)
    case .sigmoid: return slope(of: .sigmoid, value: y) * (1 - 2 * y)
    case .sin, .cos: return -y
    // With s = sigmoid(x): s (1 - s) (2 + x (1 - 2 s)).
    case .swish:
      let s = x.sigmoid
      return s * (1 - s) * (2 + x * (1 - 2 * s))
    // Below 0 that is f'(x) = e^x, above 0, where a rectifier has the slope 1, it is 0.
    case .elu: return slope(of: .elu, value: y) * (1 - slope(of: .relu, value: y))
    case .distanceRoot: preconditionFailure("\(function) has no second derivative: at 0 it is infinite")
    }
  }
}
