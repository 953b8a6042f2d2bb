/// One number a run, for the runs of a group, summed up.
package struct Sample: Equatable, Sendable {
  package let values: [Double]

  package init(values: [Double]) { self.values = values }

  package var count: Int { values.count }
  package var mean: Double { Statistics.mean(values) }
  /// Nil below two values.
  package var standardDeviation: Double? { count > 1 ? Statistics.standardDeviation(values) : nil }
  package var median: Double { Statistics.median(values) }
  package var interquartileMean: Double { Statistics.interquartileMean(values) }

  /// Of the interquartile mean; nil below two values.
  package func interval(_ bootstrap: Bootstrap = Bootstrap()) -> Bootstrap.Interval? {
    guard count > 1 else { return nil }
    return bootstrap.interval([values]) { Statistics.interquartileMean($0[0]) }
  }
}

/// Two numbers a seed: what a group and another came to on it.
package struct PairedSample: Equatable, Sendable {
  package let left: [Double]
  package let right: [Double]
  /// Right less left.
  package let differences: [Double]

  /// Both hold a value for each seed, in one order.
  package init(left: [Double], right: [Double]) {
    precondition(left.count == right.count, "\(left.count) and \(right.count) values cannot be paired")
    self.left = left
    self.right = right
    differences = zip(left, right).map { $1 - $0 }
  }

  package var count: Int { differences.count }
  package var mean: Double { Statistics.mean(differences) }
  /// Nil below two pairs.
  package var standardDeviation: Double? { count > 1 ? Statistics.standardDeviation(differences) : nil }

  /// The standard deviation that the difference would have if seeds were not shared: the root of the sum of both variances.
  package var unpairedStandardDeviation: Double? {
    guard count > 1 else { return nil }
    let (a, b) = (Statistics.standardDeviation(left), Statistics.standardDeviation(right))
    return (a * a + b * b).squareRoot()
  }

  /// How many times the seeds an unpaired comparison would need for the same precision.
  package var pairingGain: Double? {
    guard let paired = standardDeviation, let unpaired = unpairedStandardDeviation, paired > 0 else { return nil }
    return unpaired * unpaired / (paired * paired)
  }

  /// Cohen's d of paired samples: the mean difference in standard deviations of the differences.
  package var effectSize: Double? {
    guard let deviation = standardDeviation, deviation > 0 else { return nil }
    return mean / deviation
  }

  /// The share of pairs in which the right is lower, a tie counted half.
  package var shareLower: Double { differences.reduce(0.0) { $0 + ($1 < 0 ? 1 : $1 == 0 ? 0.5 : 0) } / Double(count) }

  /// Of the mean difference; whole pairs are drawn. Nil below two pairs.
  package func interval(_ bootstrap: Bootstrap = Bootstrap()) -> Bootstrap.Interval? {
    count > 1 ? bootstrap.interval([differences]) { Statistics.mean($0[0]) } : nil
  }

  package var wilcoxon: Wilcoxon { Wilcoxon(differences) }

  package static let greatestSeedCount = 1_000

  /// The mean difference that so many seeds would show, at 5 % two-sided, in four of five repetitions:
  /// (t(0.975) + t(0.8)) s / sqrt(n), both t with n - 1 degrees of freedom.
  package func detectableDifference(seeds: Int) -> Double? {
    guard let deviation = standardDeviation, seeds > 1 else { return nil }
    let degrees = Double(seeds - 1)
    let factor = StudentT.quantile(0.975, degrees: degrees) + StudentT.quantile(0.8, degrees: degrees)
    return factor * deviation / Double(seeds).squareRoot()
  }

  /// The least number of seeds that would show a difference as large as the one seen; nil for more than a thousand.
  package var seedsNeeded: Int? {
    guard let deviation = standardDeviation, deviation > 0, mean != 0 else { return nil }
    var (low, high) = (2, Self.greatestSeedCount)
    guard let least = detectableDifference(seeds: high), least <= abs(mean) else { return nil }
    while low < high {
      let middle = (low + high) / 2
      if let difference = detectableDifference(seeds: middle), difference <= abs(mean) {
        high = middle
      } else {
        low = middle + 1
      }
    }
    return low
  }
}
