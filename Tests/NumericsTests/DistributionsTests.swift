import Numerics
import Testing

/// Random words against Random123's known answers, and the bulk draws against their plain forms.
@Suite struct DistributionsTests {
  let randomness = Randomness(key: 0x0123_4567_89AB_CDEF)
  let address = Address(.perturbation, outerIteration: 7, particle: 3)

  @Test func philoxGivesTheKnownAnswersOfRandom123() {
    let ones = UInt32.max
    #expect(
      Philox.block(counter: SIMD4(repeating: 0), key: SIMD2(repeating: 0))
        == SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
    #expect(
      Philox.block(counter: SIMD4(repeating: ones), key: SIMD2(repeating: ones))
        == SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
    #expect(
      Philox.block(
        counter: SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), key: SIMD2(0xa409_3822, 0x299f_31d0))
        == SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
  }

  /// What a bulk draw of `count` numbers gives.
  func drawn(
    _ count: Int, _ draw: (Randomness) -> (Address, UnsafeMutableBufferPointer<Float>) -> Void
  ) -> [Float] {
    var numbers = [Float](repeating: .nan, count: count)
    numbers.withUnsafeMutableBufferPointer { draw(randomness)(address, $0) }
    return numbers
  }

  @Test(arguments: [0, 1, 3, 4, 31, 32, 33, 63, 64, 100, 1001])
  func normalsInBulkHaveTheBitsOfTheBlocksOneByOne(count: Int) {
    let plain = (0..<count).map { randomness.normals(address, index: $0 / 4)[$0 % 4] }
    #expect(drawn(count, Randomness.normals).map(\.bitPattern) == plain.map(\.bitPattern))
  }

  @Test(arguments: [0, 1, 5, 32, 70, 333])
  func uniformsInBulkHaveTheBitsOfTheWordsOneByOne(count: Int) {
    let plain = (0..<count).map { Float(randomness.words(address, index: $0 / 4)[$0 % 4] >> 8) * 0x1p-24 }
    #expect(drawn(count, Randomness.uniforms) == plain)
  }

  @Test func anElementDoesNotDependOnHowManyAreDrawn() {
    for draw in [Randomness.normals, Randomness.uniforms, Randomness.truncatedNormals] {
      #expect(Array(drawn(500, draw).prefix(77)) == drawn(77, draw))
    }
  }

  /// Mean and standard deviation in double precision.
  func moments(_ numbers: [Float]) -> (mean: Double, deviation: Double) {
    let mean = numbers.reduce(0) { $0 + Double($1) } / Double(numbers.count)
    let variance = numbers.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(numbers.count)
    return (mean, variance.squareRoot())
  }

  @Test func momentsAreThoseOfTheDistribution() {
    // 400,000 numbers: five standard errors of a mean are 0.0079 sigma, of a deviation 0.0056 sigma.
    let normal = moments(drawn(400_000, Randomness.normals))
    #expect(abs(normal.mean) < 0.008 && abs(normal.deviation - 1) < 0.006)
    let uniform = moments(drawn(400_000, Randomness.uniforms))
    #expect(abs(uniform.mean - 0.5) < 0.003 && abs(uniform.deviation - 0.288675) < 0.002)
    let truncated = drawn(400_000, Randomness.truncatedNormals)
    #expect(truncated.allSatisfy { $0.magnitude <= 2 })
    #expect(abs(moments(truncated).mean) < 0.008 && abs(moments(truncated).deviation - 0.879626) < 0.006)
  }
}
