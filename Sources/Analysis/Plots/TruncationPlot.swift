internal import RunStore

/// How long the unrolls were, and where in their tasks they began: the mean over the pairs, and of a single run the least
/// and the greatest.
struct TruncationPlot {
  private struct Quantity {
    let title: String
    let label: String
    let column: String
    let factor: Double
    let most: Double
  }

  private static let quantities = [
    Quantity(title: "Length of the unrolls", label: "inner steps", column: "truncation", factor: 1, most: .infinity),
    Quantity(
      title: "Age of the tasks when an unroll began", label: "inner steps", column: "inner_step", factor: 1,
      most: .infinity),
    Quantity(title: "Unrolls in which a new task began", label: "share [%]", column: "reset", factor: 100, most: 100),
  ]

  /// By subject, then by quantity.
  private let curves: [[SubjectCurves]]
  private let ranges: [[Strip]]
  private let options: PlotOptions

  init(_ subjects: [PlotSubject], _ options: PlotOptions) throws {
    self.options = options
    let runs = subjects.reduce(0) { $0 + $1.runs.count }
    let bins = min(250, options.bins(forCurves: runs * Self.quantities.count))
    let isSingle = runs == 1
    var ranges = Self.quantities.map { _ in [Strip]() }
    curves = try subjects.enumerated().map { index, subject in
      let ofRuns = try subject.runs.map { run in
        let found = try Self.curves(of: run, bins, options)
        if isSingle { ranges = found.map(\.ranges) }
        return found.map(\.mean)
      }
      return Self.quantities.indices.map { quantity in
        SubjectCurves(
          label: subject.label, look: .numbered(index), curves: ofRuns.map { $0[quantity] }, isSmoothed: false,
          company: subjects.count - 1)
      }
    }
    self.ranges = ranges
  }

  private static func curves(
    of run: Run, _ bins: Int, _ options: PlotOptions
  ) throws -> [(mean: Curve, ranges: [Strip])] {
    var means = quantities.map { _ in Curve(records: run.recordCount, bins: bins) }
    var (lows, highs) = (means, means)
    let names = quantities.map { ColumnName("pairs", $0.column) }
    try RunReading(run: run, abscissa: options.abscissa).forEachPart(names) { part in
      for record in part.x.indices {
        for (index, quantity) in quantities.enumerated() {
          let values = part.values(index, of: record)
          guard let low = values.min(), let high = values.max() else { continue }
          let (number, x) = (part.firstRecord + record, part.x[record])
          means[index].add(
            record: number, x: x, values.reduce(0, +) / Double(values.count) * quantity.factor)
          lows[index].add(record: number, x: x, low * quantity.factor)
          highs[index].add(record: number, x: x, high * quantity.factor)
        }
      }
    }
    return quantities.indices.map { index in
      means[index].finish()
      lows[index].finish()
      highs[index].finish()
      let strips = zip(lows[index].ranges, highs[index].ranges).map { Strip($0.x, $0.low, $1.high) }
      return (means[index], quantities[index].column == "reset" ? [] : strips)
    }
  }

  func chart() -> Chart {
    let isSingle = curves.count == 1 && curves[0][0].curves.count == 1
    let legend =
      isSingle
      ? [
        LegendEntry("mean over the pairs", .line(.numbered(0))),
        LegendEntry("least to greatest", .band(.numbered(0))),
      ] : curves.flatMap { $0[0].legend(isAlone: curves.count == 1) }
    return Chart(
      title: "Truncation" + (isSingle ? " · \(curves[0][0].label)" : ""),
      summary: "Length of the unrolls, age of the tasks when they began, and the share that went on to a new task.",
      panels: Self.quantities.indices.map { panel($0) }, legend: legend,
      notes: Set(curves.joined().flatMap(\.notes)).sorted())
  }

  private func panel(_ index: Int) -> Panel {
    let quantity = Self.quantities[index]
    let subjects = curves.map { $0[index] }
    let marks = subjects.map { $0.marks(isAlone: false) }
    let strips = ranges[index]
    var y = Axis.fitting(
      quantity.label, subjects.flatMap { $0.extent(isAlone: false) } + strips.flatMap { [$0.low, $0.high] },
      options.scale == .logarithmic ? .logarithmic : .linear)
    if y.scale == .linear { y.bound(to: 0...quantity.most) }
    return Panel(
      title: quantity.title,
      x: .fitting(options.abscissa.label, subjects.flatMap(\.xs), isWhole: options.abscissa.isWhole, air: 0.01),
      y: y,
      marks: (strips.isEmpty ? [] : [.band(strips, .numbered(0))]) + marks.flatMap(\.behind) + marks.flatMap(\.front))
  }
}
