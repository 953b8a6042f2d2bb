import Numerics
import Optimizers
import Testing

/// The bits of every optimizer in numerics version 1: parameters and state after ten steps on tensors of five ranks.
@Suite struct GoldenBitsTests {
  static let golden: [String: UInt64] = [
    "MLP": 908234617813530780,
    "AdafactorMLP": 7762375156076528356,
    "SGD": 247300410108386709,
    "Momentum": 5205305666020830253,
    "RMSProp": 7056801340052404826,
    "Adam": 16513984049740505255,
    "LearnedMomentum": 14740449380104079125,
    "Hierarchical": 8337079262184257393,
  ]

  /// FNV-1a over the bit patterns, word by word.
  static func digest(_ numbers: [Float]) -> UInt64 {
    numbers.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1.bitPattern)) &* 0x100_0000_01b3 }
  }

  @Test(arguments: LawsTests.all)
  func tenStepsHaveTheirGoldenBits(_ conformer: LawsTests.Conformer) {
    let optimizer = conformer.make(LawsTests.layout)
    let start = (parameters: LawsTests.normals(LawsTests.layout, 0), state: optimizer.initialState())
    let end = LawsTests.run(optimizer, start, 0..<10)
    let digest = Self.digest(end.parameters.values + end.state.values)
    #expect(digest == Self.golden[conformer.testDescription], "numerics version \(NumericsVersion.current)")
  }
}
