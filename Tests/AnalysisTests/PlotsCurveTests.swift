// Thinning, spread, ticks and logarithms: what pictures are made of.

import Analysis
import Foundation
import Testing

@Suite struct PlotsCurves {
  @Test(arguments: [1, 2, 599, 600, 601, 1_000_000])
  func thinningKeepsTheLeastAndTheGreatestValueWhereTheyAre(records: Int) {
    // Neither the first nor the last of its bin, where there are bins of many.
    let spike = records * 3 / 5 + (records > 10_000 ? 137 : 0)
    var curve = Curve(records: records, bins: 600)
    for record in 0..<records {
      let value = record == spike ? 1000 : record == spike / 2 ? -1000 : Double(record % 17)
      curve.add(record: record, x: Double(record), value)
    }
    curve.finish()
    let points = Array(curve.raw.joined())
    #expect(points.count <= 1200 && curve.smoothed.count <= 600 && curve.raw.count == 1)
    #expect(points.contains(Point(Double(spike), 1000)))
    if records > 2 { #expect(points.contains(Point(Double(spike / 2), -1000))) }
    #expect(zip(points, points.dropFirst()).allSatisfy { $0.x < $1.x })
    #expect(curve.finiteCount == records)
  }

  @Test func whatIsNoNumberLeavesAGapAndAMark() {
    var curve = Curve(records: 5, bins: 10)
    for (record, value) in [1, .nan, 3, .infinity, 5].enumerated() {
      curve.add(record: record, x: Double(record), value)
    }
    curve.finish()
    #expect(curve.raw == [[Point(0, 1)], [Point(2, 3)], [Point(4, 5)]])
    #expect(curve.nonfinite == [1, 3] && curve.nonfiniteCount == 2)
    var empty = Curve(records: 100_000, bins: 50)
    for record in 0..<100_000 { empty.add(record: record, x: Double(record), .nan) }
    empty.finish()
    #expect(empty.raw.isEmpty && empty.nonfiniteCount == 100_000 && empty.nonfinite.count <= 51)
  }

  @Test func spreadIsTheMedianAndTheQuartiles() {
    let curves = (1...5).map { level in (0..<4).map { Point(Double($0), Double(level * level)) } }
    let spread = Spread(curves)
    #expect(spread.medians.map(\.y) == [9, 9, 9, 9])
    #expect(spread.strips.allSatisfy { $0.low == 4 && $0.high == 16 } && spread.isInterquartile && !spread.isCut)
    let three = Spread(Array(curves.prefix(3)))
    #expect(three.strips.allSatisfy { $0.low == 1 && $0.high == 9 } && !three.isInterquartile)
  }

  @Test func spreadGoesAsFarAsAllCurvesGoAndSaysSo() {
    let long = (0..<10).map { Point(Double($0), 2 * Double($0)) }
    let sparse = [Point(0, 0), Point(6, 12)]
    let spread = Spread([long, sparse, []])
    #expect(spread.medians == (0...6).map { Point(Double($0), 2 * Double($0)) })
    #expect(spread.isCut)
    #expect(Spread([]).medians.isEmpty && Spread([[], []]).medians.isEmpty)
  }

  @Test func quantilesAgreeWithNumPy() {
    // numpy.quantile([1, 2, 4, 8, 16, 32], [0, 0.01, 0.25, 0.5, 0.9, 1])
    let sorted = [1.0, 2, 4, 8, 16, 32]
    let expected = [(0.0, 1.0), (0.01, 1.05), (0.25, 2.5), (0.5, 6), (0.9, 24), (1, 32)]
    for (share, value) in expected { #expect(abs(Spread.quantile(sorted, share) - value) < 1e-12) }
  }

  @Test func logarithmsAgreeWithTheCLibrary() {
    var state: UInt64 = 3
    for _ in 0..<20_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let value = Double(bitPattern: state & 0x7FFF_FFFF_FFFF_FFFF)
      guard value.isFinite, value > 0 else { continue }
      let expected = log10(value)
      #expect(abs(Logarithm.ofTen(value) - expected) <= 4 * max(abs(expected).ulp, 1e-16))
    }
    #expect(Logarithm.ofTen(1) == 0)
  }

  private static let ranges: [ClosedRange<Double>] = [
    0...1, 0.1...0.9, -3...7, 0...1000, 0...60_000, 1e-9...2e-9, -1e300...1e300, 999.999...1000.001, 1...40, 0...2.5e6,
    17.0...18.06, -0.137...0.137,
  ]

  @Test(arguments: ranges, [2, 5, 12])
  func linearTicksAreEvenAndTheirLabelsSayThem(range: ClosedRange<Double>, count: Int) {
    let ticks = Ticks(Axis("", range: range), count: count).ticks
    #expect((2...count + 2).contains(ticks.count), "\(ticks.map(\.label))")
    #expect(Set(ticks.map(\.label)).count == ticks.count, "\(ticks.map(\.label))")
    let step = ticks.count > 1 ? ticks[1].value - ticks[0].value : 1
    let size = range.upperBound - range.lowerBound
    for tick in ticks {
      #expect(range.lowerBound - size * 1e-6 <= tick.value && tick.value <= range.upperBound + size * 1e-6)
      #expect(abs(Self.number(tick.label) - tick.value) <= abs(step) * 1e-3 + abs(tick.value) * 1e-9, "\(tick)")
    }
    for (one, next) in zip(ticks, ticks.dropFirst()) { #expect(abs(next.value - one.value - step) <= abs(step) * 1e-6) }
  }

  @Test(arguments: [1e-12...1e12, 0.002...0.5, 3...30, 1...100_000, 2e-300...1e300, 5...6] as [ClosedRange<Double>])
  func logarithmicTicksLieInTheRangeAndTheirLabelsSayThem(range: ClosedRange<Double>) {
    let ticks = Ticks(Axis("", .logarithmic, range: range), count: 6).ticks
    let labelled = ticks.filter { !$0.label.isEmpty }
    #expect((1...13).contains(labelled.count), "\(labelled.map(\.label))")
    for tick in labelled {
      #expect(range.contains(tick.value) && abs(Self.number(tick.label) / tick.value - 1) < 1e-3, "\(tick)")
    }
  }

  @Test func largeNumbersAreShort() {
    func labels(_ range: ClosedRange<Double>, _ scale: Axis.Scale = .linear) -> [String] {
      Ticks(Axis("", scale, range: range), count: 5).ticks.map(\.label).filter { !$0.isEmpty }
    }
    #expect(labels(0...1) == ["0", "0.2", "0.4", "0.6", "0.8", "1.0"])
    #expect(labels(0...5000) == ["0", "1k", "2k", "3k", "4k", "5k"])
    #expect(labels(0.1...1000, .logarithmic) == ["0.1", "1", "10", "100", "1k"])
    #expect(labels(-2...2) == ["−2", "−1", "0", "1", "2"])
  }

  /// A label as a number.
  private static func number(_ label: String) -> Double {
    var text = label.replacingOccurrences(of: "−", with: "-")
    let factors: [Character: Double] = ["k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12]
    guard let factor = text.last.flatMap({ factors[$0] }) else { return Double(text) ?? .nan }
    text.removeLast()
    return (Double(text) ?? .nan) * factor
  }
}
