/// A function of x and y on a grid, and the levels by which it is drawn.
package struct HeightField: Equatable, Sendable {
  package let columns: Int
  package let rows: Int
  /// Row by row, the lowest y first, the edges of the panel included. What is no finite number counts as higher than all.
  package let values: [Double]
  /// Ascending: the borders of the bands.
  package let levels: [Double]
  package let isLogarithmic: Bool

  /// The most levels that a reader tells apart by their ground.
  private static let mostLevels = 9

  package init(columns: Int, rows: Int, values: [Double], _ scale: ScaleChoice = .automatic) {
    precondition(
      columns >= 2 && rows >= 2 && values.count == columns * rows, "\(values.count) of \(columns) by \(rows)")
    let sorted = values.filter(\.isFinite).sorted()
    let positive = sorted.filter { $0 > 0 }
    isLogarithmic =
      switch scale {
      case .linear: false
      case .logarithmic: !positive.isEmpty
      case .automatic:
        // Nothing below 0, and the middle of the values spans more than a decade.
        !positive.isEmpty && sorted[0] >= 0
          && Spread.quantile(positive, 0.98) / max(Spread.quantile(positive, 0.02), .leastNormalMagnitude) > 10
      }
    let shown = isLogarithmic ? positive : sorted
    if let least = shown.first {
      // A hundredth at either end shall not press the rest flat.
      let low = isLogarithmic ? Spread.quantile(shown, 0.005) : least
      levels = Self.levels(low, Spread.quantile(shown, 0.985), isLogarithmic)
    } else {
      levels = []
    }
    let greatest = (sorted.last ?? 0).magnitude
    let ceiling = min(max(greatest * 2, 1), 1e300)
    self.values = values.map { $0.isFinite ? max(-1e300, min($0, 1e300)) : ceiling }
    self.columns = columns
    self.rows = rows
  }

  private static func levels(_ low: Double, _ high: Double, _ isLogarithmic: Bool) -> [Double] {
    guard low < high else { return [] }
    guard isLogarithmic else {
      let axis = Axis("", range: low...high)
      let inside = Ticks(axis, count: mostLevels - 2).ticks.map(\.value).filter { $0 > low && $0 < high }
      return Array(inside.prefix(mostLevels))
    }
    let (first, last) = (
      Int(Logarithm.ofTen(max(low, 1e-300)).rounded(.down)), Int(Logarithm.ofTen(min(high, 1e300)).rounded(.up))
    )
    // The finest steps that stay few: 1-2-5, 1-3, whole decades, every second one and so on.
    for digits in [[1.0, 2, 5], [1, 3], [1]] {
      // Divided where the power is negative, so that 0.3 is 0.3 and not 3 * 0.1.
      let all = (first...last).flatMap { power in
        digits.map { power < 0 ? $0 / Logarithm.powerOfTen(-power) : $0 * Logarithm.powerOfTen(power) }
      }
      let inside = all.filter { $0 > low && $0 < high }
      if inside.count <= mostLevels { return inside }
    }
    let every = (last - first) / mostLevels + 1
    return (first...last).filter { $0 % every == 0 }.map { Logarithm.powerOfTen($0) }.filter { $0 > low && $0 < high }
  }

  /// The value of the grid's point next to a place: shares of the way along x and y.
  func value(atShare x: Double, _ y: Double) -> Double {
    func index(_ share: Double, _ count: Int) -> Int {
      min(max(Int((share * Double(count - 1)).rounded()), 0), count - 1)
    }
    return values[index(y, rows) * columns + index(x, columns)]
  }
}

/// What the grounds of a surface's bands mean.
package struct ColourBar: Equatable, Sendable {
  /// With its unit.
  package let label: String
  package let levels: [Double]

  package init(_ label: String, levels: [Double]) {
    self.label = label
    self.levels = levels
  }
}
