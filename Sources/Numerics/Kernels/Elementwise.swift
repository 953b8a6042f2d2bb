/// Functions of one number, applied to each element of an array, and their derivatives.
package enum Elementwise: Hashable, Sendable {
  case exp, log, squareRoot, square, reciprocal, tanh, sigmoid, relu, sin, cos, swish
  /// The square root whose derivative at 0 counts as 0, not as infinite: for distances, whose gradient at 0 is 0 / 0.
  case distanceRoot
  /// x above 0, e^x - 1 below.
  case elu
  /// x above 0, slope · x below.
  case leakyRelu(slope: Float)
  /// |x|, whose derivative at 0 counts as 0.
  case magnitude
  /// x held between two bounds.
  case clamp(low: Float, high: Float)

  /// y = f(x) for `count` elements; `y` may be `x`.
  @inlinable
  package func apply(_ x: UnsafePointer<Float>, count: Int, into y: UnsafeMutablePointer<Float>) {
    let zero = Vector.zero
    let one = Vector(repeating: 1)
    switch self {
    case .exp: Self.map(x, count, y) { Elementary.exp($0) }
    case .log: Self.map(x, count, y) { Elementary.log($0) }
    case .squareRoot, .distanceRoot: Self.map(x, count, y) { $0.root }
    case .square: Self.map(x, count, y) { $0 * $0 }
    case .reciprocal: Self.map(x, count, y) { one / $0 }
    case .tanh: Self.map(x, count, y) { Elementary.tanh($0) }
    case .sigmoid: Self.map(x, count, y) { Elementary.sigmoid($0) }
    case .relu: Self.map(x, count, y) { $0.replacing(with: zero, where: $0 .< zero) }
    case .sin: Self.map(x, count, y) { Elementary.sin($0) }
    case .cos: Self.map(x, count, y) { Elementary.cos($0) }
    case .swish: Self.map(x, count, y) { $0 * Elementary.sigmoid($0) }
    case .elu: Self.map(x, count, y) { $0.replacing(with: Elementary.exp($0) - one, where: $0 .< zero) }
    case .leakyRelu(let slope):
      let slopes = Vector(repeating: slope)
      Self.map(x, count, y) { $0.replacing(with: slopes * $0, where: $0 .< zero) }
    case .magnitude: Self.map(x, count, y) { $0.replacing(with: -$0, where: $0 .< zero) }
    case .clamp(let low, let high):
      let (lows, highs) = (Vector(repeating: low), Vector(repeating: high))
      Self.map(x, count, y) { x in
        x.replacing(with: lows, where: x .< lows).replacing(with: highs, where: x .> highs)
      }
    }
  }

  /// d = g · f'(x) for `count` elements, where y = f(x). At a kink the derivative is that from the left.
  @inlinable
  package func pullBack(
    _ g: UnsafePointer<Float>, x: UnsafePointer<Float>, y: UnsafePointer<Float>, count: Int,
    into d: UnsafeMutablePointer<Float>
  ) {
    let zero = Vector.zero
    let one = Vector(repeating: 1)
    let half = Vector(repeating: 0.5)
    switch self {
    case .exp: Self.map(g, x, y, count, d) { g, _, y in g * y }
    case .log: Self.map(g, x, y, count, d) { g, x, _ in g / x }
    case .squareRoot: Self.map(g, x, y, count, d) { g, _, y in g * (half / y) }
    case .distanceRoot:
      Self.map(g, x, y, count, d) { g, _, y in (g * (half / y)).replacing(with: zero, where: y .== zero) }
    case .square: Self.map(g, x, y, count, d) { g, x, _ in g * (x + x) }
    case .reciprocal: Self.map(g, x, y, count, d) { g, _, y in -(g * (y * y)) }
    case .tanh: Self.map(g, x, y, count, d) { g, _, y in g * fma(-y, y, one) }
    case .sigmoid: Self.map(g, x, y, count, d) { g, _, y in g * (y * (one - y)) }
    case .relu: Self.map(g, x, y, count, d) { g, x, _ in g.replacing(with: zero, where: x .<= zero) }
    case .sin: Self.map(g, x, y, count, d) { g, x, _ in g * Elementary.cos(x) }
    case .cos: Self.map(g, x, y, count, d) { g, x, _ in -(g * Elementary.sin(x)) }
    case .swish:
      // With s = sigmoid(x) and y = x s: y' = s + y (1 - s).
      Self.map(g, x, y, count, d) { g, x, y in
        let s = Elementary.sigmoid(x)
        return g * fma(y, one - s, s)
      }
    case .elu: Self.map(g, x, y, count, d) { g, x, y in g.replacing(with: g * (y + one), where: x .<= zero) }
    case .leakyRelu(let slope):
      let slopes = Vector(repeating: slope)
      Self.map(g, x, y, count, d) { g, x, _ in g.replacing(with: g * slopes, where: x .<= zero) }
    case .magnitude:
      Self.map(g, x, y, count, d) { g, x, _ in
        g.replacing(with: -g, where: x .< zero).replacing(with: zero, where: x .== zero)
      }
    case .clamp(let low, let high):
      let (lows, highs) = (Vector(repeating: low), Vector(repeating: high))
      Self.map(g, x, y, count, d) { g, x, _ in
        g.replacing(with: zero, where: x .<= lows).replacing(with: zero, where: x .> highs)
      }
    }
  }

  @inlinable @inline(__always)
  static func map(
    _ x: UnsafePointer<Float>, _ count: Int, _ y: UnsafeMutablePointer<Float>, _ f: (Vector) -> Vector
  ) {
    var i = 0
    while i &+ 8 <= count {
      f(Vector(from: x + i)).store(to: y + i)
      i &+= 8
    }
    if i < count {
      f(Vector(first: count &- i, from: x + i, else: 1)).store(first: count &- i, to: y + i)
    }
  }

  @inlinable @inline(__always)
  static func map(
    _ g: UnsafePointer<Float>, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ count: Int,
    _ d: UnsafeMutablePointer<Float>, _ f: (Vector, Vector, Vector) -> Vector
  ) {
    var i = 0
    while i &+ 8 <= count {
      f(Vector(from: g + i), Vector(from: x + i), Vector(from: y + i)).store(to: d + i)
      i &+= 8
    }
    if i < count {
      let left = count &- i
      let result = f(
        Vector(first: left, from: g + i, else: 1), Vector(first: left, from: x + i, else: 1),
        Vector(first: left, from: y + i, else: 1))
      result.store(first: left, to: d + i)
    }
  }
}

extension Vector {
  /// The `count` < 8 floats at `pointer`, and `filler` in the lanes behind them.
  @inlinable @inline(__always)
  package init(first count: Int, from pointer: UnsafePointer<Float>, else filler: Float) {
    self.init(repeating: filler)
    for lane in 0..<count { self[lane] = pointer[lane] }
  }

  /// Writes the first `count` < 8 lanes to `pointer`.
  @inlinable @inline(__always)
  package func store(first count: Int, to pointer: UnsafeMutablePointer<Float>) {
    for lane in 0..<count { pointer[lane] = self[lane] }
  }
}
