internal import RunStore

/// How the losses of antithetic pairs differ: a histogram a subject, all over the same bins.
struct PairsPlot {
  private static let binCount = 48
  /// So many differences, spread evenly, say where the bins lie.
  private static let sampleSize = 50_000
  private let subjects: [PlotSubject]

  init(_ subjects: [PlotSubject]) { self.subjects = subjects }

  private struct Histogram {
    var counts = [Int](repeating: 0, count: PairsPlot.binCount)
    var below = 0
    var above = 0
    var nonfinite = 0
    /// Of all finite differences.
    var finite = 0
    var positive = 0

    mutating func add(_ value: Double, _ range: ClosedRange<Double>) {
      guard value.isFinite else { return nonfinite += 1 }
      finite += 1
      if value > 0 { positive += 1 }
      if value < range.lowerBound { return below += 1 }
      if value > range.upperBound { return above += 1 }
      let share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
      counts[min(Int(share * Double(counts.count)), counts.count - 1)] += 1
    }
  }

  private func forEachDifference(of run: Run, _ body: (Int, Double) -> Void) throws {
    let names = ["positive_loss", "negative_loss"].map { ColumnName("pairs", $0) }
    var index = 0
    try RunReading(run: run, abscissa: .iterations).forEachPart(names) { part in
      for record in part.x.indices {
        for (positive, negative) in zip(part.values(0, of: record), part.values(1, of: record)) {
          body(index, positive - negative)
          index += 1
        }
      }
    }
  }

  /// From zero as far to either side: all but the outermost two hundredths of the differences, and no further than eight
  /// times the middle one, since a few tasks with enormous losses would press all others into a bar.
  private func commonRange() throws -> ClosedRange<Double> {
    let runs = subjects.flatMap(\.runs)
    let total = runs.reduce(0) { sum, run in
      sum + run.recordCount * RunReading(run: run, abscissa: .iterations).rowsPerRecord("pairs")
    }
    let step = max(1, total / Self.sampleSize)
    var sizes: [Double] = []
    for run in runs {
      try forEachDifference(of: run) { index, value in
        if index % step == 0, value.isFinite { sizes.append(abs(value)) }
      }
    }
    sizes.sort()
    guard let greatest = sizes.last, greatest > 0 else { return -1...1 }
    // Where nearly all are 0, the quantile is too.
    let (quantile, middle) = (Spread.quantile(sizes, 0.98), Spread.quantile(sizes, 0.5))
    let most = quantile > 0 ? quantile : greatest
    let reach = min(max(middle > 0 ? min(most, 8 * middle) : most, 1e-300), 1e300)
    return -reach...reach
  }

  func chart() throws -> Chart {
    let range = try commonRange()
    let width = range.upperBound - range.lowerBound
    let edges = (0...Self.binCount).map {
      $0 == Self.binCount ? range.upperBound : range.lowerBound + width * Double($0) / Double(Self.binCount)
    }
    let histograms = try subjects.map { subject in
      var histogram = Histogram()
      for run in subject.runs { try forEachDifference(of: run) { histogram.add($1, range) } }
      return histogram
    }
    let panels = zip(subjects, histograms).enumerated().map { index, pair in
      panel(pair.0.label, pair.1, edges, isOnly: subjects.count == 1, look: .numbered(index))
    }
    return Chart(
      title: "Differences of antithetic pairs" + (subjects.count == 1 ? " · \(subjects[0].label)" : ""),
      summary: "Histogram of the loss with theta plus the perturbation less that with theta minus it.", panels: panels,
      notes: zip(subjects, histograms).flatMap { notes($0.label, $1) })
  }

  private func panel(
    _ label: String, _ histogram: Histogram, _ edges: [Double], isOnly: Bool, look: Look
  ) -> Panel {
    var y = Axis.fitting(
      "pairs", [0, Double(max(1, histogram.counts.max() ?? 1))], isWhole: true, air: 0.06)
    y.range = 0...y.range.upperBound
    return Panel(
      title: isOnly ? "" : label,
      x: Axis("positive less negative loss [normalised]", range: edges[0]...edges[edges.count - 1]), y: y,
      marks: [.bars(edges: edges, heights: histogram.counts.map(Double.init), look), .upright(0)])
  }

  private func notes(_ label: String, _ histogram: Histogram) -> [String] {
    let prefix = subjects.count == 1 ? "" : "\(label): "
    guard histogram.finite + histogram.nonfinite > 0 else { return [] }
    var words = [counted(histogram.finite, "pair")]
    if histogram.finite > 0 {
      words.append("\(Cell.fraction(Double(histogram.positive) / Double(histogram.finite)).rounded) above 0")
    }
    if histogram.below + histogram.above > 0 {
      words.append("\(histogram.below) to the left and \(histogram.above) to the right of what is shown")
    }
    if histogram.nonfinite > 0 { words.append("\(histogram.nonfinite) without a finite difference") }
    return [prefix + words.joined(separator: ", ") + "."]
  }
}
