/// How a subject's curves of one quantity are drawn: one for a run; for a group the median, its spread, and the runs
/// faintly behind.
struct SubjectCurves {
  let label: String
  let look: Look
  let curves: [Curve]
  /// Whether the line is the smoothed value rather than the mean of the records of a bin.
  let isSmoothed: Bool
  /// How many other subjects are drawn beside it.
  let company: Int

  private var lines: [[Point]] { curves.map { isSmoothed ? $0.smoothed : $0.means } }

  /// The most runs whose own lines stand behind a group's median; beside other groups they would hide these.
  private var mostMembers: Int { company > 0 ? 6 : 40 }

  /// Many lines are thin, so that they can be followed.
  private var weight: Mark.Weight { company > 8 ? .thin : .strong }

  /// What lies behind, then what lies in front.
  func marks(isAlone: Bool) -> (behind: [Mark], front: [Mark]) {
    if curves.count > 1 {
      let spread = Spread(lines)
      let members = curves.count <= mostMembers ? lines.map { Mark.line($0, look, .faint) } : []
      return (members + [.band(spread.strips, look)], [.line(spread.medians, look, weight)])
    }
    guard let curve = curves.first else { return ([], []) }
    let raw = isAlone ? curve.raw.map { Mark.line($0, look, .faint) } : []
    return (raw, [.line(lines[0], look, weight)])
  }

  var spread: Spread? { curves.count > 1 ? Spread(lines) : nil }

  /// The values that an axis must have room for: all of what is drawn strongly, and what is drawn faintly unless a few
  /// outliers would press all else flat.
  func extent(isAlone: Bool) -> [Double] {
    if curves.count > 1 {
      let spread = Spread(lines)
      let strong = spread.medians.map(\.y) + spread.strips.flatMap { [$0.low, $0.high] }
      return curves.count > mostMembers ? strong : strong + Self.faint(lines.joined().map(\.y).sorted(), beside: strong)
    }
    let strong = lines.joined().map(\.y)
    guard isAlone, let curve = curves.first else { return strong }
    return strong + Self.faint(curve.raw.joined().map(\.y).sorted(), beside: strong)
  }

  /// All of it where that is no more than three times the room that the middle 98 in a hundred and the strong lines take.
  private static func faint(_ sorted: [Double], beside strong: [Double]) -> [Double] {
    guard let least = sorted.first, let greatest = sorted.last else { return [] }
    let middle = [Spread.quantile(sorted, 0.01), Spread.quantile(sorted, 0.99)]
    let needed = middle + strong
    // Halves, so that the greatest doubles do not run over.
    let room = needed.max()! / 2 - needed.min()! / 2
    return greatest / 2 - least / 2 <= 3 * room ? [least, greatest] : middle
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
