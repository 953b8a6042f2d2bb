internal import RunSchema
internal import RunStore

/// The plots that can be made of runs.
package enum PlotKind: String, CaseIterable, Sendable {
  case loss, tasks, norms, truncation, pairs, mix, cost
}

/// How a plot is made of runs.
package struct PlotOptions: Sendable {
  package var abscissa: PlotAbscissa
  package var scale: ScaleChoice
  /// Into how many bins a run's records are thinned at most.
  package var bins: Int

  package init(abscissa: PlotAbscissa = .iterations, scale: ScaleChoice = .automatic, bins: Int = 600) {
    self.abscissa = abscissa
    self.scale = scale
    self.bins = bins
  }

  /// Fewer bins where there are many curves, so that a picture stays below some 300 KB.
  func bins(forCurves count: Int) -> Int { max(60, min(bins, 12_000 / max(1, count))) }
}

extension Chart {
  /// A plot of runs.
  ///
  /// - Throws: StoreError for what cannot be read.
  package init(_ kind: PlotKind, of subjects: [PlotSubject], _ options: PlotOptions) throws {
    switch kind {
    case .loss: self = try LossPlot(subjects, options).chart()
    case .tasks: self = try TasksPlot(subjects, options).chart()
    case .norms: self = try QuantityPlot.norms.chart(subjects, options)
    case .truncation: self = try TruncationPlot(subjects, options).chart()
    case .pairs: self = try PairsPlot(subjects).chart()
    case .mix: self = try MixPlot(subjects, options).chart()
    case .cost: self = try QuantityPlot.cost.chart(subjects, options)
    }
    if subjects.allSatisfy({ $0.runs.allSatisfy { $0.recordCount == 0 } }) {
      notes.append(subjects.isEmpty ? "no runs" : "no records yet")
    }
    sources = try subjects.flatMap(\.runs).map {
      "run \($0.id), \($0.recordCount) records, records_sha256 \(try $0.recordsDigest().hex)"
    }
  }
}
