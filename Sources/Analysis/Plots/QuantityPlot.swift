internal import RunStore

/// Small multiples of quantities that each record has one of: a panel a quantity, a line a subject.
struct QuantityPlot {
  struct Quantity {
    let title: String
    /// With its unit.
    let label: String
    let columns: [ColumnName]
    let scale: ScaleChoice
    /// Whether its noise is smoothed away; what grows steadily would only lag behind.
    let isSmoothed: Bool
    /// Which values it can have.
    let bounds: ClosedRange<Double>
    /// From a record's values of the columns.
    let value: @Sendable ([Double]) -> Double

    init(
      _ title: String, _ label: String, _ columns: [ColumnName], _ scale: ScaleChoice = .automatic,
      isSmoothed: Bool = true, within bounds: ClosedRange<Double> = 0...(.infinity),
      _ value: @escaping @Sendable ([Double]) -> Double = { $0[0] }
    ) {
      self.title = title
      self.label = label
      self.columns = columns
      self.scale = scale
      self.isSmoothed = isSmoothed
      self.bounds = bounds
      self.value = value
    }
  }

  let title: String
  let summary: String
  let quantities: [Quantity]

  static let norms = QuantityPlot(
    title: "Theta, gradients and updates",
    summary: "Norms of theta, of the gradient estimate and of the updates, and the share of clipped components.",
    quantities: [
      Quantity("Theta", "Euclidean norm", [ColumnName("records", "theta_norm")], isSmoothed: false),
      Quantity("Gradient estimate, before clipping", "Euclidean norm", [ColumnName("records", "gradient_norm")]),
      Quantity("Update of theta", "Euclidean norm", [ColumnName("records", "update_norm")]),
      Quantity(
        "Clipped components of the gradient", "share [%]", [ColumnName("records", "clipped_share")], .linear,
        within: 0...100
      ) { 100 * $0[0] },
    ])

  static let cost = QuantityPlot(
    title: "Cost",
    summary: "Wall time of an outer iteration, inner steps a second, time for storing, and memory.",
    quantities: [
      Quantity("An outer iteration", "wall time [s]", [ColumnName("observed", "seconds")]),
      Quantity(
        "Speed", "inner steps a second [1/s]",
        [ColumnName("records", "inner_steps"), ColumnName("observed", "seconds")]
      ) { $0[1] > 0 ? $0[0] / $0[1] : .nan },
      Quantity("Storing a record", "wall time [ms]", [ColumnName("observed", "storing_seconds")]) { 1000 * $0[0] },
      Quantity(
        "Greatest memory so far", "resident [MiB]", [ColumnName("observed", "peak_memory")], .linear, isSmoothed: false
      ) {
        $0[0] / 1_048_576
      },
    ])

  func chart(_ subjects: [PlotSubject], _ options: PlotOptions) throws -> Chart {
    let runs = subjects.reduce(0) { $0 + $1.runs.count }
    let bins = min(300, options.bins(forCurves: runs * quantities.count * (subjects.count == 1 ? 1 : 2)))
    let curves = try subjects.enumerated().map { index, subject in
      let ofRuns = try subject.runs.map { try self.curves(of: $0, bins: bins, options) }
      return quantities.indices.map { quantity in
        SubjectCurves(
          label: subject.label, look: .numbered(index), curves: ofRuns.map { $0[quantity] },
          isSmoothed: quantities[quantity].isSmoothed, company: subjects.count - 1)
      }
    }
    var notes = Set(curves.joined().flatMap(\.notes)).sorted()
    let steady = quantities.filter { !$0.isSmoothed }.map(\.title).joined(separator: ", ")
    notes.append(
      "Lines: exponential moving average of decay 0.9 over outer iterations (\(steady): as recorded)."
        + (runs == 1 ? " Faint: as recorded." : ""))
    return Chart(
      title: title + (runs == 1 && subjects.count == 1 ? " · \(subjects[0].label)" : ""), summary: summary,
      panels: quantities.indices.map { quantity in
        Panel.ofCurves(
          quantities[quantity].title, quantities[quantity].label, curves.map { $0[quantity] }, options,
          scale: options.scale == .automatic ? quantities[quantity].scale : options.scale,
          within: quantities[quantity].bounds)
      },
      legend: runs == 1 ? [] : curves.flatMap { $0[0].legend(isAlone: subjects.count == 1) }, notes: notes)
  }

  /// A curve for each quantity.
  private func curves(of run: Run, bins: Int, _ options: PlotOptions) throws -> [Curve] {
    var curves = quantities.map { _ in Curve(records: run.recordCount, bins: bins) }
    let names = quantities.flatMap(\.columns)
    try RunReading(run: run, abscissa: options.abscissa).forEachPart(names) { part in
      var first = 0
      for (index, quantity) in quantities.enumerated() {
        let columns = first..<first + quantity.columns.count
        for record in part.x.indices {
          let value = quantity.value(columns.map { part.value($0, of: record) })
          curves[index].add(record: part.firstRecord + record, x: part.x[record], value)
        }
        first = columns.upperBound
      }
    }
    for index in curves.indices { curves[index].finish() }
    return curves
  }
}

extension Panel {
  /// A panel with a line a subject.
  static func ofCurves(
    _ title: String, _ label: String, _ subjects: [SubjectCurves], _ options: PlotOptions, scale: ScaleChoice,
    xs: [Double]? = nil, within bounds: ClosedRange<Double> = -.infinity...(.infinity)
  ) -> Panel {
    let isAlone = subjects.count == 1
    let marks = subjects.map { $0.marks(isAlone: isAlone) }
    let nonfinite = subjects.flatMap { $0.curves.flatMap(\.nonfinite) }.sorted()
    var y = Axis.fitting(label, subjects.lazy.flatMap { $0.extent(isAlone: isAlone) }, scale)
    if y.scale == .linear { y.bound(to: bounds) }
    return Panel(
      title: title,
      x: .fitting(options.abscissa.label, xs ?? subjects.flatMap(\.xs), isWhole: options.abscissa.isWhole, air: 0.01),
      y: y,
      marks: marks.flatMap(\.behind) + marks.flatMap(\.front) + (nonfinite.isEmpty ? [] : [.strokes(nonfinite)]))
  }
}
