/// Powers with whole exponents, made of multiplications alone.

/// base^exponent by repeated squaring, in double precision, from the lowest bit of the exponent up; exponent >= 0.
package func power(_ base: Double, _ exponent: Int) -> Double {
  precondition(exponent >= 0, "the exponent \(exponent) is negative")
  var result = 1.0
  var square = base
  var rest = exponent
  while rest > 0 {
    if rest & 1 == 1 { result *= square }
    square *= square
    rest >>= 1
  }
  return result
}
