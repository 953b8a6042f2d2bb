/// Wilcoxon's signed rank test (1945): are differences of pairs as often and as far above 0 as below?
package struct Wilcoxon: Equatable, Sendable {
  /// Pairs that count: those whose difference is not 0.
  package let count: Int
  /// The sums of the ranks of positive and of negative differences; ties share the mean of their ranks.
  package let positiveRanks: Double
  package let negativeRanks: Double
  /// Two-sided and exact, ties included: of all 2^n signs, the share at least as far out; nil where no pair counts or
  /// more do than `greatestCount`.
  package let pValue: Double?

  /// Above this the sums would take long, and nobody trains as many seeds.
  package static let greatestCount = 300

  package init(_ differences: [Double]) {
    let differences = differences.filter { $0 != 0 }
    let ranks = Self.doubledRanks(differences.map { abs($0) })
    count = differences.count
    var positive = 0
    for (difference, rank) in zip(differences, ranks) where difference > 0 { positive += rank }
    let all = ranks.reduce(0, +)
    positiveRanks = Double(positive) / 2
    negativeRanks = Double(all - positive) / 2
    pValue = (1...Self.greatestCount).contains(count) ? Self.pValue(min(positive, all - positive), ranks) : nil
  }

  /// The effect as the matched-pairs rank-biserial correlation (Kerby 2014): from -1, all below 0, to 1.
  package var rankBiserial: Double? {
    count == 0 ? nil : (positiveRanks - negativeRanks) / (positiveRanks + negativeRanks)
  }

  /// Twice the ranks, from 1, so that the mean rank of ties is a whole number too.
  private static func doubledRanks(_ values: [Double]) -> [Int] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = Array(repeating: 0, count: values.count)
    var start = 0
    while start < order.count {
      var end = start
      while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
      // Ranks start + 1 ... end, whose doubled mean is start + 1 + end.
      for index in order[start..<end] { ranks[index] = start + 1 + end }
      start = end
    }
    return ranks
  }

  /// 2 P(W <= statistic): the distribution of the sum when each rank counts with chance 1/2, built rank by rank.
  private static func pValue(_ statistic: Int, _ ranks: [Int]) -> Double {
    var chances = [1.0] + Array(repeating: 0.0, count: ranks.reduce(0, +))
    var reached = 0
    for rank in ranks {
      reached += rank
      for sum in stride(from: reached, through: 0, by: -1) {
        chances[sum] = (chances[sum] + (sum >= rank ? chances[sum - rank] : 0)) / 2
      }
    }
    return min(1, 2 * chances[...statistic].reduce(0, +))
  }
}
