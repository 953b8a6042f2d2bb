// Statistics against SciPy's and NumPy's numbers, stored by Tools/statistics-golden.py, to 1e-9 of their size.

import Analysis
import Foundation
import RunSchema
import Testing

@Suite struct StatisticsAgainstSciPy {
  let golden: JSONValue
  /// As the stored numbers were made.
  let bootstrap = Bootstrap(resamples: 1_000)

  init() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
      "Fixtures/statistics.json")
    golden = try JSONParser.parse(String(contentsOf: file, encoding: .utf8))
  }

  private func close(_ a: Double?, _ b: Double?) -> Bool {
    guard let a, let b else { return a == nil && b == nil }
    return abs(a - b) <= 1e-9 * max(1, abs(b))
  }

  @Test func samplesAreSummedUpTheSame() throws {
    for entry in try golden.list("samples") {
      let sample = Sample(values: try entry.numbers("values"))
      #expect(close(sample.mean, entry.number("mean")))
      #expect(close(sample.median, entry.number("median")))
      #expect(close(sample.standardDeviation, entry.number("sd")))
      #expect(close(sample.interquartileMean, entry.number("iqm")), "\(sample.values)")
      for (p, expected) in zip([0.025, 0.25, 0.9], try entry.numbers("quantiles")) {
        #expect(close(Statistics.quantile(sample.values.sorted(), p), expected))
      }
      let interval = sample.interval(bootstrap)
      if sample.count > 1 {
        let expected = try entry.numbers("iqm_interval")
        #expect(close(interval?.low, expected[0]) && close(interval?.high, expected[1]))
      } else {
        #expect(interval == nil)
      }
    }
  }

  @Test func pairsAreTestedTheSame() throws {
    for entry in try golden.list("pairs") {
      let pairs = PairedSample(left: try entry.numbers("left"), right: try entry.numbers("right"))
      let expected = try #require(entry["wilcoxon"])
      #expect(Double(pairs.wilcoxon.count) == expected.number("count"))
      #expect(close(pairs.wilcoxon.positiveRanks, expected.number("positive_ranks")))
      #expect(close(pairs.wilcoxon.negativeRanks, expected.number("negative_ranks")))
      #expect(close(pairs.wilcoxon.pValue, expected.number("p")), "\(pairs.differences)")
      guard entry["mean"] != nil else { continue }
      #expect(close(pairs.mean, entry.number("mean")))
      #expect(close(pairs.standardDeviation, entry.number("sd")))
      #expect(close(pairs.effectSize, entry.number("effect_size")))
      #expect(close(pairs.detectableDifference(seeds: pairs.count), entry.number("detectable")))
      let (interval, bounds) = (pairs.interval(bootstrap), try entry.numbers("interval"))
      #expect(close(interval?.low, bounds[0]) && close(interval?.high, bounds[1]))
    }
  }

  @Test func groupsAreComparedTheSame() throws {
    for entry in try golden.list("groups") {
      let strata = [try entry.numbers("left"), try entry.numbers("right")]
      #expect(close(Statistics.probabilityOfLower(strata[0], than: strata[1]), entry.number("chance")))
      let interval = bootstrap.interval(strata) { Statistics.probabilityOfLower($0[0], than: $0[1]) }
      let expected = try entry.numbers("interval")
      #expect(close(interval.low, expected[0]) && close(interval.high, expected[1]))
      let iqm = bootstrap.interval(strata) { Statistics.interquartileMean($0[0] + $0[1]) }
      let bounds = try entry.numbers("stratified_iqm")
      #expect(close(iqm.low, bounds[0]) && close(iqm.high, bounds[1]))
    }
  }

  @Test func studentsQuantilesAreTheSame() throws {
    for entry in try golden.list("t") {
      let (p, degrees) = (try #require(entry.number("p")), try #require(entry.number("degrees")))
      #expect(close(StudentT.quantile(p, degrees: degrees), entry.number("t")), "\(p), \(degrees)")
    }
  }

  @Test func holmsAdjustmentIsTheSame() throws {
    let holm = try #require(golden["holm"])
    for (a, b) in zip(Statistics.holm(try holm.numbers("values")), try holm.numbers("adjusted")) {
      #expect(close(a, b))
    }
  }

  @Test func theRandomNumbersAreThoseOfThePublishedAlgorithm() {
    var random = SplitMix(seed: 1_234_567)
    let expected: [UInt64] = [
      6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423, 4_593_380_528_125_082_431,
      16_408_922_859_458_223_821,
    ]
    #expect(expected.map { _ in random.next() } == expected)
  }

  @Test func anIntervalIsTheSameEachTime() {
    let sample = Sample(values: (1...12).map { (Double($0) * 0.7).squareRoot() })
    #expect(sample.interval() == sample.interval())
    #expect(sample.interval() != sample.interval(Bootstrap(seed: 7)))
  }

  @Test func theNeededSeedsAreTheFewestThatShowTheDifference() throws {
    let pairs = PairedSample(left: [1, 2, 3, 4, 5], right: [1.5, 1.9, 3.6, 4.1, 5.8])
    let needed = try #require(pairs.seedsNeeded)
    #expect(try #require(pairs.detectableDifference(seeds: needed)) <= pairs.mean)
    #expect(try #require(pairs.detectableDifference(seeds: needed - 1)) > pairs.mean)
  }

  @Test func noPairsAndEqualPairsHaveNoTest() {
    #expect(Wilcoxon([]).pValue == nil && Wilcoxon([0, 0]).pValue == nil && Wilcoxon([0]).rankBiserial == nil)
  }
}

extension JSONValue {
  func number(_ key: String) -> Double? { self[key]?.double }

  func numbers(_ key: String) throws -> [Double] { try list(key).map { try #require($0.double) } }

  func list(_ key: String) throws -> [JSONValue] {
    guard case .array(let values)? = self[key] else { throw MissingKey(key: key) }
    return values
  }

  private struct MissingKey: Error { let key: String }

  private var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }
}
