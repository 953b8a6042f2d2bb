internal import Numerics

/// The draws of which a parametric configuration is made (spec §4.8), one after the other at addresses under the task's seed.
///
/// The distributions are those of LO, the numbers are not: its generator is JAX's.
struct ParametricDraws {
  private let randomness: Randomness
  private let address: Address
  private var index = 0

  /// - Parameter attempt: counts configurations that were drawn and refused.
  init(seed: UInt64, attempt: Int) {
    self.init(Randomness(key: seed), Address(.taskConfiguration, particle: attempt))
  }

  init(_ randomness: Randomness, _ address: Address) {
    self.randomness = randomness
    self.address = address
  }

  /// U(low, high).
  mutating func uniform(_ low: Double, _ high: Double) -> Double {
    defer { index += 1 }
    return low + (high - low) * randomness.uniform(address, index: index)
  }

  /// exp U(log low, log high).
  mutating func logarithmic(_ low: Double, _ high: Double) -> Double {
    CorrectlyRounded.exp(uniform(CorrectlyRounded.log(low), CorrectlyRounded.log(high)))
  }

  /// The same, cut to a whole number: the upper bound itself is hardly ever drawn.
  mutating func logarithmic(_ range: ClosedRange<Int>) -> Int {
    guard range.lowerBound < range.upperBound else { return range.lowerBound }
    let drawn = Self.wholeExponential(uniform(Self.logarithm(range.lowerBound), Self.logarithm(range.upperBound)))
    // A logarithm's rounding must not carry a draw below its bound.
    return max(range.lowerBound, min(drawn, range.upperBound))
  }

  /// The whole part of e^x. An estimate that is off by less than a millionth says it, unless a whole number is as near: most
  /// configurations are drawn to be refused, and need no more.
  static func wholeExponential(_ x: Double) -> Int {
    let estimate = Double(Elementary.exp(Float(x)))
    let margin = 4e-6 * estimate
    let below = Int(estimate - margin)
    return below == Int(estimate + margin) ? below : Int(CorrectlyRounded.exp(x))
  }

  /// The bounds of nearly all ranges, whose logarithms are taken once.
  private static let bounds = Array(1...16) + [32, 64, 100, 128, 256, 512, 10_000]
  private static let logarithms = bounds.map { CorrectlyRounded.log(Double($0)) }

  private static func logarithm(_ bound: Int) -> Double {
    bounds.firstIndex(of: bound).map { logarithms[$0] } ?? CorrectlyRounded.log(Double(bound))
  }

  /// Each place of a list alike.
  mutating func one<Value>(of values: [Value]) -> Value { values[Int(uniform(0, Double(values.count)))] }

  mutating func flag() -> Bool { one(of: [true, false]) }
}

/// The image data sets that configurations name. What is trained on is what the family is given in their place.
package enum ParametricImageName: String, CaseIterable, Hashable, Sendable {
  case cifar10, cifar100, mnist
  case fashionMNIST = "fashion_mnist"
  case imageNet16 = "imagenet16"
}

/// The activations, two of them twice as likely as the others.
enum ParametricActivation: Hashable, Sendable {
  case relu, relu6, selu, tanh, cos, sin, sigmoid, swish, gelu
  /// Slope -0.5 below zero, as published.
  case leakyRelu

  static let drawn: [ParametricActivation] = [
    .relu, .relu, .relu6, .selu, .tanh, .cos, .sin, .sigmoid, .swish, .swish, .gelu, .leakyRelu,
  ]
}

/// The initializers of weights, with their scale U(0.5, 2). One of the five places has a normal distribution twice.
enum ParametricInitializer: Hashable, Sendable {
  /// Rows or columns orthonormal, times the scale.
  case orthogonal(Double)
  /// U(-b, b) with b = scale · sqrt(3 / fan-in).
  case uniformScale(Double)
  /// Normal with the variance scale / fan-in.
  case normal(Double)
  /// Uniform with the variance scale / fan-in.
  case uniform(Double)

  init(from draws: inout ParametricDraws) {
    let kind = draws.one(of: [0, 1, 2, 2, 3])
    let scale = draws.uniform(0.5, 2)
    self =
      switch kind {
      case 0: .orthogonal(scale)
      case 1: .uniformScale(scale)
      case 2: .normal(scale)
      default: .uniform(scale)
      }
  }

  /// The same distribution by one of TaskSet's names.
  func taskSet(fanIn: Int) -> TaskSet.Initializer {
    let fanIn = Double(fanIn)
    return switch self {
    case .orthogonal(let scale): .orthogonal(gain: scale)
    case .uniformScale(let scale): .uniform(bound: scale * (3 / fanIn).squareRoot())
    case .normal(let scale): .normal(deviation: (scale / fanIn).squareRoot())
    case .uniform(let scale): .uniform(bound: (3 * scale / fanIn).squareRoot())
    }
  }
}

extension TaskSet.Initializer {
  /// Haiku's default: normal with the variance 1 / fan-in, cut at two deviations and not widened again.
  static let haiku = TaskSet.Initializer.varianceScaling(scale: cutVariance)

  /// The variance of a standard normal number cut at two deviations.
  static let cutVariance = 0.879_625_66 * 0.879_625_66
}
