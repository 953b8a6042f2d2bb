package import Numerics

/// A function of one number, applied to every element.
package struct Map: Operation {
  package let function: Elementwise
  package let count: Int

  package func run(_ operands: Operands, into result: UnsafeMutablePointer<Float>) {
    function.apply(operands.first, count: count, into: result)
  }

  package func pullBack(_ gradient: Term, through result: Term, to inputs: [Term]) -> [Term?] {
    let derivative = MapDerivative(function: function, count: count)
    return [result.recording.record(derivative, [gradient, inputs[0], result], shape: result.shape)]
  }
}

/// g · f'(x), given g, x and y = f(x).
package struct MapDerivative: Operation {
  package let function: Elementwise
  package let count: Int

  package func run(_ operands: Operands, into result: UnsafeMutablePointer<Float>) {
    function.pullBack(operands.first, x: operands.second, y: operands.third, count: count, into: result)
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
