import Foundation

/// Student's t distribution, for the smallest difference that so many seeds can show.
package enum StudentT {
  /// P(T <= t) with `degrees` of freedom: through the regularised incomplete beta function.
  package static func cumulative(_ t: Double, degrees: Double) -> Double {
    let tail = 0.5 * incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5)
    return t > 0 ? 1 - tail : tail
  }

  /// The t below which lies a share p in (0.5, 1): by halving, until it moves no more.
  package static func quantile(_ p: Double, degrees: Double) -> Double {
    precondition(p > 0.5 && p < 1 && degrees > 0, "a quantile of \(p) with \(degrees) degrees of freedom")
    var (low, high) = (0.0, 1.0)
    while cumulative(high, degrees: degrees) < p, high < 1e300 { high *= 2 }
    for _ in 0..<200 {
      let middle = low + (high - low) / 2
      if middle == low || middle == high { break }
      if cumulative(middle, degrees: degrees) < p { low = middle } else { high = middle }
    }
    return low + (high - low) / 2
  }

  /// I_x(a, b), by the continued fraction of DLMF 8.17.22 in Lentz's form.
  private static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    if x <= 0 { return 0 }
    if x >= 1 { return 1 }
    // It converges fast below the mean; above, the mirrored function is taken.
    if x > (a + 1) / (a + b + 2) { return 1 - incompleteBeta(1 - x, b, a) }
    let front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    let tiny = 1e-300
    var (fraction, c, d) = (1.0, 1.0, 0.0)
    for step in 0...10_000 {
      let m = Double(step / 2)
      let numerator: Double
      if step == 0 {
        numerator = 1
      } else if step.isMultiple(of: 2) {
        numerator = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      } else {
        numerator = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      }
      d = 1 + numerator * d
      d = 1 / (abs(d) < tiny ? tiny : d)
      c = 1 + numerator / c
      if abs(c) < tiny { c = tiny }
      fraction *= c * d
      if abs(1 - c * d) < 1e-16 { break }
    }
    return front * (fraction - 1)
  }
}
