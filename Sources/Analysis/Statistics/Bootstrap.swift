/// Intervals by resampling: how far a number could have come out otherwise with other seeds.
package struct Bootstrap {
  /// The seed and the number of samples that all intervals of this program are made with.
  package static let seed: UInt64 = 2021
  package static let resamples = 10_000
  package static let level = 0.95

  package struct Interval: Equatable, Sendable {
    package let low: Double
    package let high: Double
  }

  private let seed: UInt64
  private let resamples: Int

  package init(seed: UInt64 = Bootstrap.seed, resamples: Int = Bootstrap.resamples) {
    precondition(resamples > 0, "\(resamples) samples")
    self.seed = seed
    self.resamples = resamples
  }

  /// The percentile interval of a statistic. Each stratum is drawn from by itself, as many values as it has, so that the
  /// share of each stays as it is; with one stratum this is the plain bootstrap.
  package func interval(_ strata: [[Double]], level: Double = Bootstrap.level, _ statistic: ([[Double]]) -> Double)
    -> Interval
  {
    precondition(strata.allSatisfy { !$0.isEmpty }, "a stratum without values")
    var random = SplitMix(seed: seed)
    var sample = strata
    var values: [Double] = []
    values.reserveCapacity(resamples)
    for _ in 0..<resamples {
      for stratum in strata.indices {
        let values = strata[stratum]
        for index in values.indices { sample[stratum][index] = values[random.index(below: values.count)] }
      }
      values.append(statistic(sample))
    }
    values.sort()
    return Interval(
      low: Statistics.quantile(values, (1 - level) / 2), high: Statistics.quantile(values, (1 + level) / 2))
  }
}
