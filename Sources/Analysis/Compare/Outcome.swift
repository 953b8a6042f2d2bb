internal import RunSchema

/// What runs came to: a metric at milestones of the way that all have gone, at its end, at its best, and in sum.
struct Outcome {
  static let milestones = [0.1, 0.25, 0.5, 1.0]

  let metric: Metric
  let alignment: Alignment
  let curves: [MetricCurve]
  /// Nil where the runs have no stretch in common.
  let stretch: CommonStretch?

  init(_ metric: Metric, of runs: [ComparedRun], along alignment: Alignment) throws {
    self.metric = metric
    self.alignment = alignment
    curves = try runs.map { try MetricCurve(metric, of: $0, along: alignment) }
    stretch = CommonStretch(curves.map(\.positions))
  }

  /// What counts as a run's result when runs are held against each other: the smoothed value at the end of the common way,
  /// or the number that the metric's words ask for.
  func results() -> [Traced] {
    guard let stretch else { return curves.map { _ in .missing } }
    return curves.map { curve in
      switch metric.value {
      case .course: smoothed(curve, at: stretch.end)
      case .reduced(let reduction): reduced(curve, reduction, through: stretch.end)
      case .iteration(let iteration): value(curve, after: iteration)
      }
    }
  }

  var resultWords: String {
    switch metric.value {
    case .course: "\(metric.column), smoothed, at \(stretch.map { alignment.words($0.end) } ?? "the end")"
    case .reduced, .iteration: metric.heading
    }
  }

  func quantities(unit: String?) -> [Quantity] {
    guard let stretch else { return [] }
    if metric.value != .course { return [Quantity(metric.heading, unit: unit, results())] }
    // Forks begin where their parent was; the way starts at 0 for all else.
    let origin = alignment == .iterations ? stretch.start - 1 : 0
    var quantities = Self.milestones.flatMap { share in
      let point = stretch.point(at: share, origin: origin)
      let percent = Int(share * 100)
      let place = "at \(percent) % (\(alignment.words(point.rounded(.down))))"
      return [
        Quantity(
          "smoothed \(place)", key: "smoothed_at_\(percent)_percent", unit: unit,
          curves.map { smoothed($0, at: point) }),
        Quantity("raw \(place)", key: "raw_at_\(percent)_percent", unit: unit, curves.map { raw($0, at: point) }),
      ]
    }
    quantities += [
      Quantity("smoothed, own last", key: "smoothed_final", unit: unit, curves.map { smoothed($0, at: .infinity) }),
      Quantity("raw, own last", key: "raw_final", unit: unit, curves.map { raw($0, at: .infinity) }),
      Quantity("best smoothed", key: "best_smoothed", unit: unit, curves.map { best($0).value }),
      Quantity("best at iteration", key: "best_iteration", curves.map { best($0).iteration }),
      Quantity(
        "area under raw", key: "area", unit: unit.map { "\($0) × \(alignment.unit)" } ?? alignment.unit,
        curves.map { curve in
          let rows = curve.positions.index(at: stretch.start)..<curve.positions.index(at: stretch.end) + 1
          return Traced(
            .number(curve.area(from: stretch.start, to: stretch.end)),
            curve.source(rows, "trapezoids over \(alignment.source)"))
        }),
    ]
    return quantities
  }

  private func smoothed(_ curve: MetricCurve, at point: Double) -> Traced {
    if curve.isEmpty { return .missing }
    let index = curve.positions.index(at: point)
    return Traced(
      .number(curve.smoothed[index]), curve.source(0..<index + 1, "last moving average, decay \(SmoothedLoss.decay)"))
  }

  private func raw(_ curve: MetricCurve, at point: Double) -> Traced {
    if curve.isEmpty { return .missing }
    let index = curve.positions.index(at: point)
    return Traced(.number(curve.raw[index]), curve.source(index..<index + 1, "the value"))
  }

  private func value(_ curve: MetricCurve, after iteration: Int) -> Traced {
    let index = iteration - curve.run.firstIteration - 1
    guard curve.raw.indices.contains(index) else { return .missing }
    return Traced(.number(curve.raw[index]), curve.source(index..<index + 1, "the value"))
  }

  private func reduced(_ curve: MetricCurve, _ reduction: Metric.Reduction, through end: Double) -> Traced {
    if curve.isEmpty { return .missing }
    let rows = 0..<curve.positions.index(at: end) + 1
    guard let value = reduction.value(of: Array(curve.raw[rows])) else { return .missing }
    return Traced(.number(value), curve.source(rows, reduction.rawValue))
  }

  private func best(_ curve: MetricCurve) -> (value: Traced, iteration: Traced) {
    guard !curve.isEmpty, let best = curve.best(through: curve.raw.count - 1) else { return (.missing, .missing) }
    let source = curve.source(0..<curve.raw.count, "lowest moving average, decay \(SmoothedLoss.decay)")
    return (
      Traced(.number(best.value), source),
      Traced(
        .unsigned(UInt64(curve.iteration(best.index))),
        curve.source(0..<curve.raw.count, "outer iteration of the lowest moving average, decay \(SmoothedLoss.decay)"))
    )
  }
}
