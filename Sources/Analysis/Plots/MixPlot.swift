internal import RunStore

/// Which task families the pairs trained on: shares of a whole, stacked, along the records; a panel a subject.
struct MixPlot {
  private static let mostFamilies = 6
  private static let mostBins = 60
  /// So many pairs a bin has at least, so that its shares are more than chance.
  private static let pairsInBin = 40
  private let subjects: [PlotSubject]
  private let options: PlotOptions

  init(_ subjects: [PlotSubject], _ options: PlotOptions) {
    self.subjects = subjects
    self.options = options
  }

  /// What a bin of records had of each family.
  private struct Bin {
    var first = Double.infinity
    var last = -Double.infinity
    var counts: [Int]
  }

  private func bins(of subject: PlotSubject, _ families: TaskFamilies) throws -> [Bin] {
    let records = subject.runs.map(\.recordCount).max() ?? 0
    let pairs = subject.runs.reduce(0) { sum, run in
      sum + run.recordCount * RunReading(run: run, abscissa: options.abscissa).rowsPerRecord("pairs")
    }
    let count = max(1, min(Self.mostBins, records, max(8, pairs / Self.pairsInBin)))
    var bins = [Bin](repeating: Bin(counts: families.names.map { _ in 0 }), count: count)
    for run in subject.runs {
      try RunReading(run: run, abscissa: options.abscissa).forEachPart([ColumnName("pairs", "task_family")]) { part in
        for record in part.x.indices {
          let place = (part.firstRecord + record) * count / max(1, records)
          bins[place].first = min(bins[place].first, part.x[record])
          bins[place].last = max(bins[place].last, part.x[record])
          for family in part.values(0, of: record) {
            bins[place].counts[families.place(of: family, in: run.id)] += 1
          }
        }
      }
    }
    return bins.filter { $0.first <= $0.last }
  }

  func chart() throws -> Chart {
    let families = TaskFamilies(subjects.lazy.flatMap(\.runs))
    let all = try subjects.map { try bins(of: $0, families) }
    let totals = families.names.indices.map { family in
      all.joined().reduce(0) { $0 + $1.counts[family] }
    }
    let seen = families.names.indices.filter { totals[$0] > 0 }.sorted { (-totals[$0], $0) < (-totals[$1], $1) }
    let shown = Array(seen.count <= Self.mostFamilies + 1 ? seen : Array(seen.prefix(Self.mostFamilies)))
    let rest = seen.dropFirst(shown.count)
    let groups = shown.map { [$0] } + (rest.isEmpty ? [] : [Array(rest)])
    let legend = groups.enumerated().map { index, group in
      LegendEntry(
        group.count == 1 ? families.names[group[0]] : "\(group.count) others",
        .layer(group.count > 1 ? .muted : .numbered(index)))
    }
    let single = subjects.count == 1
    return Chart(
      title: "Task mix" + (single ? " · \(subjects[0].label)" : ""),
      summary: "The share of each task family among the pairs, stacked, the most frequent at the bottom.",
      panels: zip(subjects, all).map { panel(single ? "" : $0.label, $1, groups) }, legend: legend)
  }

  private func panel(_ title: String, _ bins: [Bin], _ groups: [[Int]]) -> Panel {
    var marks: [Mark] = []
    var floor = bins.map { _ in 0.0 }
    for (index, group) in groups.enumerated() {
      var strips: [Strip] = []
      for (place, bin) in bins.enumerated() {
        let total = bin.counts.reduce(0, +)
        let share = total == 0 ? 0 : 100 * Double(group.reduce(0) { $0 + bin.counts[$1] }) / Double(total)
        // Steps: a bin's share holds from its first record to the next bin's.
        let end = place + 1 < bins.count ? bins[place + 1].first : bin.last
        strips.append(Strip(bin.first, floor[place], floor[place] + share))
        strips.append(Strip(max(end, bin.first), floor[place], floor[place] + share))
        floor[place] += share
      }
      marks.append(.layer(strips, group.count > 1 ? .muted : .numbered(index)))
    }
    let ends = [bins.first?.first, bins.last?.last].compactMap { $0 }
    return Panel(
      title: title,
      x: .fitting(options.abscissa.label, ends, isWhole: options.abscissa.isWhole, air: 0),
      y: Axis("share of the pairs [%]", range: 0...100), marks: marks)
  }
}
