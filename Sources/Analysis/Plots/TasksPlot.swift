internal import RunStore

/// The loss of each task family: a panel a family, a line a subject.
struct TasksPlot {
  /// More panels than this are a wall, not a picture.
  private static let mostPanels = 24
  private let families: TaskFamilies
  /// By subject, then by family.
  private let curves: [[SubjectCurves]]
  private let options: PlotOptions
  private var mixedPairs = 0

  init(_ subjects: [PlotSubject], _ options: PlotOptions) throws {
    self.options = options
    let families = TaskFamilies(subjects.lazy.flatMap(\.runs))
    let runs = subjects.reduce(0) { $0 + $1.runs.count }
    let bins = min(200, options.bins(forCurves: runs * families.names.count * (subjects.count == 1 ? 1 : 2)))
    var mixed = 0
    curves = try subjects.enumerated().map { index, subject in
      let ofRuns = try subject.runs.map { try Self.curves(of: $0, families, bins, options, mixed: &mixed) }
      return families.names.indices.map { family in
        SubjectCurves(
          label: subject.label, look: .numbered(index), curves: ofRuns.map { $0[family] }, isSmoothed: true,
          company: subjects.count - 1)
      }
    }
    self.families = families
    mixedPairs = mixed
  }

  /// For each family the mean loss of an iteration's pairs of that family.
  private static func curves(
    of run: Run, _ families: TaskFamilies, _ bins: Int, _ options: PlotOptions, mixed: inout Int
  ) throws -> [Curve] {
    var curves = families.names.map { _ in Curve(records: run.recordCount, bins: bins) }
    let names = ["task_family", "last_task_family", "positive_loss", "negative_loss"].map { ColumnName("pairs", $0) }
    var sums = families.names.map { _ in (sum: 0.0, count: 0) }
    var mixedHere = 0
    try RunReading(run: run, abscissa: options.abscissa).forEachPart(names) { part in
      for record in part.x.indices {
        let columns = names.indices.map { part.values($0, of: record) }
        for pair in 0..<columns[0].count {
          func value(_ column: Int) -> Double { columns[column][columns[column].startIndex + pair] }
          // A pair that changed its family in the unroll has one loss for both.
          guard value(0) == value(1) else {
            mixedHere += 1
            continue
          }
          let family = families.place(of: value(0), in: run.id)
          sums[family].sum += value(2) / 2 + value(3) / 2
          sums[family].count += 1
        }
        for family in sums.indices where sums[family].count > 0 {
          curves[family].add(
            record: part.firstRecord + record, x: part.x[record], sums[family].sum / Double(sums[family].count))
          sums[family] = (0, 0)
        }
      }
    }
    mixed += mixedHere
    for index in curves.indices { curves[index].finish() }
    return curves
  }

  func chart() -> Chart {
    let seen = families.names.indices.filter { family in
      curves.contains { $0[family].curves.contains { $0.finiteCount + $0.nonfiniteCount > 0 } }
    }
    let shown = seen.prefix(Self.mostPanels)
    let xs = curves.joined().flatMap(\.xs)
    let lines = curves.reduce(0) { $0 + ($1.first?.curves.count ?? 0) }
    var notes = Set(curves.joined().flatMap(\.notes)).sorted()
    notes.append("Lines: exponential moving average of decay 0.9 over the iterations that had the family.")
    if seen.count > shown.count {
      notes.append("Not shown: \(counted(seen.count - shown.count, "more family", "more families")).")
    }
    if mixedPairs > 0 {
      notes.append("Left out: \(counted(mixedPairs, "pair")) that changed to another family in the unroll.")
    }
    return Chart(
      title: "Loss of each task family" + (lines == 1 ? " · \(curves[0][0].label)" : ""),
      summary: "For each task family the mean loss of the pairs that trained on it.",
      panels: shown.map { family in
        Panel.ofCurves(
          families.names[family], "normalised loss", curves.map { $0[family] }, options, scale: options.scale, xs: xs)
      },
      legend: lines == 1 ? [] : curves.flatMap { $0.first?.legend(isAlone: curves.count == 1) ?? [] }, notes: notes)
  }
}
