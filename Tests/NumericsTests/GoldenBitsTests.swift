import Numerics
import Testing

/// The bits of numerics version 1. A change here is a new version, and a line under Bits in the changelog.
@Suite struct GoldenBitsTests {
  /// FNV-1a over the bit patterns, low byte first.
  static func digest(_ numbers: some Sequence<Float>) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for number in numbers {
      for byte in 0..<4 {
        hash = (hash ^ UInt64(number.bitPattern >> (8 * byte) & 0xFF)) &* 0x100_0000_01b3
      }
    }
    return hash
  }

  @Test func theVersionIsOne() {
    #expect(NumericsVersion.current == "1")
  }

  /// 65,536 arguments over all bit patterns: NaNs, infinities and subnormals included.
  @Test func elementaryFunctionsHaveTheirGoldenBits() {
    let golden: [String: UInt64] = [
      "exp": 4722700105168069475, "log": 2208578702906880083, "tanh": 10043999137522926248,
      "sigmoid": 5479063799027507034, "sin": 3749590962422675309, "cos": 4250866592336360182,
    ]
    for function in ElementaryTests.functions {
      let results = (0..<65_536).lazy.map { function.scalar(Float(bitPattern: UInt32($0) &* 65_521)) }
      #expect(Self.digest(results) == golden[function.name], "\(function.name)")
    }
    #expect(Self.digest((0..<1000).map { Elementary.sin(ofDouble: Double($0) * 1e7 / 3) }) == 12250775008694811943)
  }

  @Test func drawsHaveTheirGoldenBits() {
    let randomness = Randomness(key: 0xDEAD_BEEF_0000_0001)
    let address = Address(.initialTheta, outerIteration: 5, particle: 2)
    func digest(_ draw: (Randomness) -> (Address, UnsafeMutableBufferPointer<Float>) -> Void) -> UInt64 {
      var numbers = [Float](repeating: 0, count: 4099)
      numbers.withUnsafeMutableBufferPointer { draw(randomness)(address, $0) }
      return Self.digest(numbers)
    }
    #expect(digest(Randomness.uniforms) == 3776244398422949678)
    #expect(digest(Randomness.normals) == 15737565640945366117)
    #expect(digest(Randomness.truncatedNormals) == 409237258750087634)
  }
}
