/// How a subject's curves of one quantity are drawn: one for a run; for a group the median, its spread, and the runs
/// faintly behind.
struct SubjectCurves {
  let label: String
  let look: Look
  let curves: [Curve]
  /// Whether the line is the smoothed value rather than the mean of the records of a bin.
  let isSmoothed: Bool

  private var lines: [[Point]] { curves.map { isSmoothed ? $0.smoothed : $0.means } }

  /// The most runs whose own lines stand behind a group's median.
  private static let mostMembers = 40

  /// What lies behind, then what lies in front.
  func marks(isAlone: Bool) -> (behind: [Mark], front: [Mark]) {
    if curves.count > 1 {
      let spread = Spread(lines)
      let members = curves.count <= Self.mostMembers ? lines.map { Mark.line($0, look, .faint) } : []
      return (members + [.band(spread.strips, look)], [.line(spread.medians, look, .strong)])
    }
    guard let curve = curves.first else { return ([], []) }
    let raw = isAlone ? curve.raw.map { Mark.line($0, look, .faint) } : []
    return (raw, [.line(lines[0], look, .strong)])
  }

  var spread: Spread? { curves.count > 1 ? Spread(lines) : nil }

  /// The values that an axis must have room for: all of what is drawn strongly; of the rest all but the outermost
  /// hundredth on either side.
  func extent(isAlone: Bool) -> [Double] {
    guard curves.count == 1 else {
      let all = lines.joined().map(\.y).sorted()
      guard !all.isEmpty else { return [] }
      let spread = Spread(lines)
      return [Spread.quantile(all, 0.01), Spread.quantile(all, 0.99)] + spread.medians.map(\.y)
        + spread.strips.flatMap { [$0.low, $0.high] }
    }
    let values = lines[0].map(\.y)
    guard isAlone else { return values }
    let raw = curves[0].raw.joined().map(\.y).sorted()
    guard !raw.isEmpty else { return values }
    return values + [Spread.quantile(raw, 0.01), Spread.quantile(raw, 0.99)]
  }

  var xs: [Double] {
    curves.flatMap { curve in [curve.means.first?.x, curve.means.last?.x].compactMap { $0 } + curve.nonfinite }
  }

  /// What this subject adds to the legend.
  func legend(isAlone: Bool) -> [LegendEntry] {
    guard let spread else { return [LegendEntry(label, .line(look))] }
    let words = spread.isInterquartile ? "interquartile range" : "least to greatest"
    return [LegendEntry("\(label), median", .line(look))] + (isAlone ? [LegendEntry(words, .band(look))] : [])
  }

  /// What a reader must know of it.
  var notes: [String] {
    guard let spread, spread.isCut else { return [] }
    return ["\(label): median and spread as far as all its runs go"]
  }
}
