/// Logarithms from additions, multiplications and divisions alone, so that a picture has the same bytes on every system.
package enum Logarithm {
  private static let ln2 = 0.693_147_180_559_945_3
  private static let ln10 = 2.302_585_092_994_046

  /// The logarithm to the base of ten of a finite number above 0, to within a few units in the last place.
  ///
  /// x = 2^e m with m in [1/sqrt 2, sqrt 2); ln m = 2 (s + s^3/3 + s^5/5 + ...) with s = (m - 1) / (m + 1), |s| < 0.172.
  package static func ofTen(_ x: Double) -> Double {
    precondition(x > 0 && x.isFinite, "a logarithm of \(x)")
    var exponent = Double(x.exponent)
    var m = x.significand
    if m > 1.414_213_562_373_095_1 {
      m /= 2
      exponent += 1
    }
    let s = (m - 1) / (m + 1)
    let square = s * s
    var sum = 0.0
    for k in stride(from: 23, through: 1, by: -2) { sum = sum * square + 1 / Double(k) }
    return (exponent * ln2 + 2 * s * sum) / ln10
  }

  /// Ten to a whole power, correctly rounded; 0 and infinity beyond the doubles.
  static func powerOfTen(_ exponent: Int) -> Double { Double("1e\(exponent)") ?? (exponent < 0 ? 0 : .infinity) }
}
