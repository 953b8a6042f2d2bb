/// How a time grows with sizes: a panel a size, both axes logarithmic, so that a power is a straight line.
package struct GrowthPlot: Sendable {
  /// What was measured along one size.
  package struct Series: Sendable {
    package let quantity: String
    /// Size and seconds, by size: the median, with the least and the greatest.
    package let values: [(size: Double, median: Double, lowest: Double, highest: Double)]

    package init(_ quantity: String, _ values: [(size: Double, median: Double, lowest: Double, highest: Double)]) {
      self.quantity = quantity
      self.values = values.sorted { $0.size < $1.size }
    }

    /// The power of the size with which the time grows from the last value but one to the last; nil of less than two.
    package var lastPower: Double? {
      guard let last = values.last, let before = values.dropLast().last, before.size < last.size else { return nil }
      return Logarithm.ofTen(last.median / before.median) / Logarithm.ofTen(last.size / before.size)
    }
  }

  private let title: String
  private let series: [Series]

  package init(title: String, _ series: [Series]) {
    self.title = title
    self.series = series
  }

  package func chart() -> Chart {
    Chart(
      title: title, summary: "Milliseconds an outer iteration, as each of its sizes grows and the others stay.",
      panels: series.map { series in
        let points = series.values.map { Point($0.size, 1e3 * $0.median) }
        let strips = series.values.map { Strip($0.size, 1e3 * $0.lowest, 1e3 * $0.highest) }
        return Panel(
          x: .fitting(series.quantity, points.map(\.x), .logarithmic, isWhole: true),
          y: .fitting(
            "time [ms]", strips.flatMap { [$0.low, $0.high] }, .logarithmic),
          marks: [.band(strips, .numbered(0)), .line(points, .numbered(0), .strong)]
            + points.map { .dot($0, .numbered(0), .disc, radius: 3) })
      },
      notes: ["Lines: medians. Bands: least to greatest."]
        + series.compactMap { series in
          series.lastPower.map { power in
            let sizes = series.values.suffix(2).map { "\(Int($0.size))" }
            return "From \(sizes[0]) to \(sizes[1]) \(series.quantity): as the power \(rounded(power))."
          }
        })
  }

  private func rounded(_ power: Double) -> Double { (power * 100).rounded() / 100 }
}
