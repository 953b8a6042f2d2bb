/// exp and log of a `Double`, rounded correctly: the double next to the true value, on every machine.
///
/// They are for the few numbers of which each digit counts and time does not: the published configurations of TaskSet
/// turn out to be those of a correctly rounded exp (glibc 2.36 gives another last digit in 8 of its 12,000). They compute
/// in pairs of doubles with a relative error below 2^-96, so that a near tie is decided wrongly once in some 2^42 values.
/// Kernels use the faster functions of their own.
package enum CorrectlyRounded {
  /// e^x for |x| <= 64: beyond, the 107 bits of ln 2 are too few for the error that is promised.
  package static func exp(_ x: Double) -> Double {
    precondition(abs(x) <= 64, "exp(\(x)) is outside the range of this function")
    // x = k ln 2 + r with |r| <= ln 2 / 2, then e^x = 2^k e^r.
    let k = (x / DoublePair.ln2.high).rounded()
    let r = DoublePair(x) - DoublePair.ln2 * k
    // e^r = 1 + r (1 + r/2 (1 + r/3 ( ... ))): 0.35^28 / 28! is below 2^-140.
    var sum = DoublePair(1)
    for n in stride(from: 28.0, through: 1, by: -1) { sum = sum * r / n + DoublePair(1) }
    return sum.high * Double(sign: .plus, exponent: Int(k), significand: 1)
  }

  /// ln x for normal x > 0.
  package static func log(_ x: Double) -> Double {
    precondition(x.isNormal && x > 0, "log(\(x)) is outside the range of this function")
    // x = 2^e m with m in [sqrt 1/2, sqrt 2), where m = 1 stays 1; then ln x = e ln 2 + ln m.
    var e = Double(x.exponent)
    var m = x.significand
    if m > 1.414_213_562_373_095 {
      m /= 2
      e += 1
    }
    // ln m = 2 atanh s = 2 s (1 + s^2/3 + s^4/5 + ...), s = (m - 1) / (m + 1), |s| < 0.172: 24 terms reach 2^-120.
    let s = DoublePair(m - 1) / (DoublePair(m) + DoublePair(1))
    let square = s * s
    var sum = DoublePair(0)
    for n in stride(from: 47.0, through: 1, by: -2) { sum = sum * square + DoublePair(1) / n }
    return (DoublePair.ln2 * e + s * sum * 2).high
  }
}

/// A number as the unevaluated sum of two doubles, of which the second is at most half a unit in the last place of the
/// first (Dekker 1971): some 106 bits. Products are split exactly by a fused multiply-add.
struct DoublePair {
  var high: Double
  var low: Double

  init(_ value: Double) { self.init(high: value, low: 0) }

  init(high: Double, low: Double) {
    self.high = high
    self.low = low
  }

  /// a + b exactly, whatever their sizes (Knuth's two-sum).
  init(sumOf a: Double, _ b: Double) {
    let sum = a + b
    let part = sum - a
    self.init(high: sum, low: (a - (sum - part)) + (b - part))
  }

  /// a b exactly.
  init(productOf a: Double, _ b: Double) {
    let product = a * b
    self.init(high: product, low: (-product).addingProduct(a, b))
  }

  /// The same number with `low` brought back within half a unit of `high`.
  private var normalized: DoublePair { DoublePair(sumOf: high, low) }

  static let ln2 = DoublePair(high: 0x1.62e42fefa39efp-1, low: 0x1.abc9e3b39803fp-56)

  static func + (a: DoublePair, b: DoublePair) -> DoublePair {
    var sum = DoublePair(sumOf: a.high, b.high)
    let lows = DoublePair(sumOf: a.low, b.low)
    sum.low += lows.high
    sum = sum.normalized
    sum.low += lows.low
    return sum.normalized
  }

  static func - (a: DoublePair, b: DoublePair) -> DoublePair { a + DoublePair(high: -b.high, low: -b.low) }

  static func * (a: DoublePair, b: DoublePair) -> DoublePair {
    var product = DoublePair(productOf: a.high, b.high)
    product.low += a.high * b.low + a.low * b.high
    return product.normalized
  }

  static func * (a: DoublePair, b: Double) -> DoublePair { a * DoublePair(b) }

  /// Long division: three quotients of doubles, each of what the ones before left over.
  static func / (a: DoublePair, b: DoublePair) -> DoublePair {
    let first = a.high / b.high
    let rest = a - b * first
    let second = rest.high / b.high
    let third = (rest - b * second).high / b.high
    return DoublePair(sumOf: first, second) + DoublePair(third)
  }

  static func / (a: DoublePair, b: Double) -> DoublePair { a / DoublePair(b) }
}
