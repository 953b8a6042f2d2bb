import Numerics
import Testing

struct OrthonormalTests {
  /// Rows of uniform numbers in -1 ..< 1.
  static func matrix(_ count: Int, _ length: Int) -> [Float] {
    var values = [Float](repeating: 0, count: count * length)
    values.withUnsafeMutableBufferPointer { Randomness(key: 11).uniforms(Address(.evaluation), into: $0) }
    return values.map { 2 * $0 - 1 }
  }

  static let shapes = [(1, 1), (1, 9), (2, 2), (5, 5), (7, 20), (8, 8), (33, 40), (64, 64), (100, 100)]

  @Test(arguments: shapes)
  func theRowsAreOrthonormalAndTheTriangleHasAPositiveDiagonal(_ count: Int, _ length: Int) {
    let before = Self.matrix(count, length)
    var after = before
    after.withUnsafeMutableBufferPointer {
      Orthonormal.rows($0.baseAddress!, count: count, length: length)
    }
    func product(_ a: [Float], _ i: Int, _ b: [Float], _ j: Int) -> Double {
      (0..<length).reduce(0) { $0 + Double(a[i * length + $1]) * Double(b[j * length + $1]) }
    }
    // Rounding alone: a few units of 2^-24, times the square root of the length at worst.
    for i in 0..<count {
      for j in 0...i {
        #expect(abs(product(after, i, after, j) - (i == j ? 1 : 0)) < 2e-6, "rows \(i), \(j)")
        // What comes before row i in its decomposition must not contain later rows: R is triangular.
        if j < i { #expect(abs(product(before, j, after, i)) < 2e-5, "row \(j) of the matrix has a part in \(i)") }
      }
      #expect(product(before, i, after, i) > 0)
    }
  }
}
