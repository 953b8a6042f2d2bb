internal import RunSchema
internal import RunStore

/// The outer loss over the records: as recorded, faintly, and smoothed; of groups the median and its spread.
struct LossPlot {
  private let subjects: [SubjectCurves]
  private let options: PlotOptions

  init(_ subjects: [PlotSubject], _ options: PlotOptions) throws {
    self.options = options
    let bins = options.bins(forCurves: subjects.reduce(0) { $0 + $1.runs.count } * (subjects.count == 1 ? 1 : 2))
    self.subjects = try subjects.enumerated().map { index, subject in
      let curves = try subject.runs.map { run in
        var curve = Curve(records: run.recordCount, bins: bins)
        try RunReading(run: run, abscissa: options.abscissa)
          .forEachPart([ColumnName("records", "outer_loss")]) { part in
            for record in part.x.indices {
              curve.add(record: part.firstRecord + record, x: part.x[record], part.value(0, of: record))
            }
          }
        curve.finish()
        return curve
      }
      return SubjectCurves(
        label: subject.label, look: .numbered(index), curves: curves, isSmoothed: true, company: subjects.count - 1)
    }
  }

  func chart() -> Chart {
    let few = subjects.count <= 3
    let y = Axis.fitting(
      "outer loss [normalised: 1 is the start of inner training]",
      subjects.lazy.flatMap { $0.extent(isAlone: few) }, options.scale)
    let x = Axis.fitting(
      options.abscissa.label, subjects.flatMap(\.xs), isWhole: options.abscissa.isWhole, air: 0.01)
    let marks = subjects.map { $0.marks(isAlone: few) }
    let nonfinite = subjects.flatMap { $0.curves.flatMap(\.nonfinite) }.sorted()
    var legend = subjects.flatMap { $0.legend(isAlone: subjects.count == 1) }
    let single = subjects.count == 1 && subjects[0].curves.count == 1
    if single {
      legend = [LegendEntry("smoothed", .line(.numbered(0))), LegendEntry("as recorded", .faintLine(.numbered(0)))]
    }
    var notes = subjects.flatMap(\.notes)
    if subjects.count > 1, subjects.contains(where: { $0.curves.count > 1 }) {
      let isQuartile = subjects.contains { $0.curves.count >= 4 }
      notes.append(
        "Bands: \(isQuartile ? "interquartile range (least to greatest of fewer than 4 runs)" : "least to greatest")")
    }
    notes.append(
      "Smoothed: exponential moving average of decay \(Cell.number(SmoothedLoss.decay).rounded) over outer iterations.")
    let count = subjects.reduce(0) { $0 + $1.curves.reduce(0) { $0 + $1.nonfiniteCount } }
    if count > 0 {
      legend.append(LegendEntry("no finite number", .strokes))
      notes.append("Passed over: \(counted(count, "recorded loss", "recorded losses")) without a finite value.")
    }
    if few { notes += beyond(y) }
    return Chart(
      title: single ? "Outer loss · \(subjects[0].label)" : "Outer loss",
      summary: "The outer loss along \(options.abscissa.label).",
      panels: [
        Panel(
          x: x, y: y,
          marks: marks.flatMap(\.behind) + marks.flatMap(\.front) + (nonfinite.isEmpty ? [] : [.strokes(nonfinite)]))
      ], legend: legend, notes: notes)
  }

  /// How much of what was recorded lies beyond the axis.
  private func beyond(_ y: Axis) -> [String] {
    let points = subjects.lazy.filter { $0.curves.count == 1 }.flatMap { $0.curves[0].raw.joined() }
    let outside = points.filter { !y.range.contains($0.y) }
    guard let least = outside.map(\.y).min(), let greatest = outside.map(\.y).max() else { return [] }
    return [
      "Recorded values from \(Cell.number(least, digits: 3).rounded) to \(Cell.number(greatest, digits: 3).rounded)"
        + " lie beyond the axis."
    ]
  }
}
