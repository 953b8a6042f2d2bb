import Numerics
import Testing

/// The known answers are NumPy's (2.4.6): `RandomState(seed)` and its methods.
struct MersenneTwisterTests {
  @Test func theWordsAreThoseOfMT19937() {
    var generator = MersenneTwister(seed: 5489)
    let words = (0..<2000).map { _ in generator.word() }
    #expect(words.prefix(3) == [3_499_211_612, 581_869_302, 3_890_346_734])
    #expect(words[999] == 1_341_017_984)
    #expect(words[1999] == 3_949_147_603, "of the fourth block of state")
  }

  @Test func theLargestSeedIsOneToo() {
    var generator = MersenneTwister(seed: .max)
    #expect((0..<3).map { _ in generator.word() } == [419_326_371, 479_346_978, 3_918_654_476])
  }

  @Test func aRowOfMixedDrawsIsThatOfRandomState() {
    var generator = MersenneTwister(seed: 0)
    #expect(generator.uniform() == 0.5488135039273248)
    #expect(generator.normal(mean: 0, deviation: 1) == 0.7415917408091613)
    #expect(generator.integer(below: 100_000) == 95_939)
    #expect([1, 2, 3, 4, 5, 6][generator.integer(below: 6)] == 2)
  }

  @Test func boundedIntegersRejectWhatIsTooLargeAndDrawNothingForOne() {
    var generator = MersenneTwister(seed: 12345)
    let bounds = [1, 2, 3, 7, 100, 65_536, 100_000, 4_294_967_295]
    #expect(bounds.map { generator.integer(below: $0) } == [0, 0, 1, 5, 1, 19_876, 4094, 3_549_516_158])
    // Goes on where the integers stopped, so the number of rejected words is right as well.
    let choices = (0..<12).map { _ in generator.index(weights: [6, 3, 1]) }
    #expect(choices == [0, 0, 2, 1, 1, 1, 1, 2, 0, 0, 0, 1])
    let normals = (0..<3).map { _ in generator.normal(mean: 0.5, deviation: 2) }
    #expect(normals == [1.0499832668642481, 0.9578257578706318, 3.2058336703308994])
    // The fourth normal waits while others draw.
    #expect(generator.uniform(-3, 1) == -1.129603971122814)
    #expect(generator.normal(mean: 0, deviation: 1) == 0.8864293405915888)
    #expect(generator.integer(below: 10) == 5)
  }

  @Test func aCopyGoesOnByItself() {
    var generator = MersenneTwister(seed: 7)
    _ = generator.normal(mean: 0, deviation: 1)
    var copy = generator
    let expected = (0..<700).map { _ in generator.normal(mean: 0, deviation: 1) }
    #expect((0..<700).map { _ in copy.normal(mean: 0, deviation: 1) } == expected)
  }

  @Test func aWeightOfZeroIsNeverChosen() {
    var generator = MersenneTwister(seed: 3)
    let drawn = Set((0..<1000).map { _ in generator.index(weights: [0, 1, 0, 2, 0]) })
    #expect(drawn == [1, 3])
  }
}
