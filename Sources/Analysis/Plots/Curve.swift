internal import RunSchema

/// A quantity over a run's records, thinned to what a picture can show: the records are shared out to bins, and of each
/// bin the least and the greatest value stay, where they were, so that no outlier is lost.
package struct Curve {
  /// Stretches of records with finite values, between such without.
  package private(set) var raw: [[Point]] = []
  /// The smoothed value (`SmoothedLoss`) at each bin's last finite record.
  package private(set) var smoothed: [Point] = []
  /// Least, greatest and mean value of each bin.
  package private(set) var ranges: [Strip] = []
  package private(set) var means: [Point] = []
  /// Where a value is no finite number; at most one a bin.
  package private(set) var nonfinite: [Double] = []
  package private(set) var nonfiniteCount = 0
  package private(set) var finiteCount = 0

  private let records: Int
  private let bins: Int
  private var bin = -1
  private var ema = SmoothedLoss()
  private var least: Point?
  private var greatest: Point?
  private var last: Point?
  private var sum = 0.0
  private var count = 0
  private var isGap = true

  /// - Parameter records: how many records will come at most.
  package init(records: Int, bins: Int) {
    precondition(bins > 0, "\(bins) bins")
    self.records = max(records, 1)
    self.bins = bins
  }

  /// Takes in the value of a record; records come in order, and not all need come.
  package mutating func add(record: Int, x: Double, _ value: Double) {
    let place = records <= bins ? record : Int((Double(record) * Double(bins) / Double(records)).rounded(.down))
    if place != bin { close() }
    bin = place
    guard value.isFinite else {
      nonfiniteCount += 1
      if nonfinite.last.map({ $0 < x }) ?? true, nonfinite.count <= place { nonfinite.append(x) }
      // A gap only where a picture can show one.
      if records <= bins { isGap = true }
      return
    }
    finiteCount += 1
    let point = Point(x, value)
    if least.map({ value < $0.y }) ?? true { least = point }
    if greatest.map({ value > $0.y }) ?? true { greatest = point }
    sum += value
    count += 1
    ema.add(value)
    last = point
  }

  /// After the last record.
  package mutating func finish() { close() }

  private mutating func close() {
    guard let least, let greatest, let last, let smooth = ema.value else { return }
    smoothed.append(Point(last.x, smooth))
    ranges.append(Strip(last.x, least.y, greatest.y))
    means.append(Point(last.x, sum / Double(count)))
    let pair = least.x == greatest.x ? [least] : least.x < greatest.x ? [least, greatest] : [greatest, least]
    if isGap {
      raw.append(pair)
    } else {
      raw[raw.count - 1] += pair
    }
    isGap = false
    (self.least, self.greatest, self.last, sum, count) = (nil, nil, nil, 0, 0)
  }
}

/// Several curves as one: at each place their median and how far they spread.
package struct Spread: Equatable {
  package let medians: [Point]
  /// The interquartile range; of fewer than four curves the least and the greatest.
  package let strips: [Strip]
  package let isInterquartile: Bool
  /// Whether some curves go on where others have ended, and the spread does not.
  package let isCut: Bool

  /// - Parameter curves: points in order of x; those without points are passed over.
  package init(_ curves: [[Point]]) {
    let curves = curves.filter { !$0.isEmpty }
    isInterquartile = curves.count >= 4
    guard let first = curves.max(by: { $0.count < $1.count }) else {
      (medians, strips, isCut) = ([], [], false)
      return
    }
    let start = curves.map { $0[0].x }.max()!
    let end = curves.map { $0[$0.count - 1].x }.min()!
    isCut = curves.contains { $0[$0.count - 1].x > end }
    var walkers = curves.map { Walker(points: $0) }
    var (medians, strips) = ([Point](), [Strip]())
    for x in first.lazy.map(\.x) where x >= start && x <= end {
      let values = walkers.indices.map { walkers[$0].value(at: x) }.sorted()
      medians.append(Point(x, Self.quantile(values, 0.5)))
      let (low, high) = isInterquartile ? (0.25, 0.75) : (0, 1)
      strips.append(Strip(x, Self.quantile(values, low), Self.quantile(values, high)))
    }
    (self.medians, self.strips) = (medians, strips)
  }

  /// Of sorted values, by straight lines between them (definition 7 of Hyndman and Fan 1996).
  package static func quantile(_ sorted: [Double], _ share: Double) -> Double {
    let place = share * Double(sorted.count - 1)
    let index = min(Int(place), sorted.count - 1)
    let next = min(index + 1, sorted.count - 1)
    let part = place - Double(index)
    // Halves are added where a difference could run over.
    return part == 0 ? sorted[index] : sorted[index] * (1 - part) + sorted[next] * part
  }

  /// Goes along a curve to the right.
  private struct Walker {
    let points: [Point]
    var index = 0

    mutating func value(at x: Double) -> Double {
      while index + 1 < points.count, points[index + 1].x <= x { index += 1 }
      let here = points[index]
      guard index + 1 < points.count, x > here.x else { return here.y }
      let next = points[index + 1]
      let part = (x - here.x) / (next.x - here.x)
      return here.y * (1 - part) + next.y * part
    }
  }
}
