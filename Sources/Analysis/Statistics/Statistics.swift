/// Numbers that sum up a sample. Formulas and sources: Docs/statistics.md.
package enum Statistics {
  /// The arithmetic mean; NaN of nothing.
  package static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  /// The standard deviation with n - 1 below the line; NaN below two values.
  package static func standardDeviation(_ values: [Double]) -> Double {
    guard values.count > 1 else { return .nan }
    let mean = mean(values)
    return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
  }

  package static func median(_ values: [Double]) -> Double { quantile(values.sorted(), 0.5) }

  /// Linear between the neighbours of (n - 1) p, as NumPy's default (type 7 of Hyndman and Fan). `sorted` rises.
  package static func quantile(_ sorted: [Double], _ p: Double) -> Double {
    guard let last = sorted.last else { return .nan }
    let place = Double(sorted.count - 1) * p
    let index = Int(place)
    guard index + 1 < sorted.count else { return last }
    return sorted[index] + (sorted[index + 1] - sorted[index]) * (place - Double(index))
  }

  /// The interquartile mean: the mean without floor(n / 4) values at either end. Below four values it is the mean.
  package static func interquartileMean(_ values: [Double]) -> Double {
    let cut = values.count / 4
    return mean(Array(values.sorted()[cut..<values.count - cut]))
  }

  /// The chance that a value of `left` is lower than one of `right`, a tie counted half: U / (n m) of Mann and Whitney.
  package static func probabilityOfLower(_ left: [Double], than right: [Double]) -> Double {
    let wins = left.reduce(0.0) { sum, a in
      right.reduce(sum) { $0 + (a < $1 ? 1 : a == $1 ? 0.5 : 0) }
    }
    return wins / (Double(left.count) * Double(right.count))
  }

  /// p-values multiplied so that the chance of one false finding among all stays what it was (Holm 1979).
  package static func holm(_ values: [Double]) -> [Double] {
    var adjusted = values
    var greatest = 0.0
    for (rank, index) in values.indices.sorted(by: { values[$0] < values[$1] }).enumerated() {
      greatest = max(greatest, min(1, Double(values.count - rank) * values[index]))
      adjusted[index] = greatest
    }
    return adjusted
  }
}
