/// Values to places along an axis.
struct AxisScale {
  private let axis: Axis
  private let low: Double
  private let high: Double

  init(_ axis: Axis) {
    self.axis = axis
    low = axis.scale == .linear ? axis.range.lowerBound : Logarithm.ofTen(axis.range.lowerBound)
    high = axis.scale == .linear ? axis.range.upperBound : Logarithm.ofTen(axis.range.upperBound)
  }

  /// 0 at the axis's lower end, 1 at its upper; bounded, so that what lies far out gives no wild coordinates.
  func share(_ value: Double) -> Double {
    let place: Double
    switch axis.scale {
    case .linear: place = (value - low) / (high - low)
    case .logarithmic: place = value > 0 ? (Logarithm.ofTen(value) - low) / (high - low) : -5
    }
    return place.isNaN ? -5 : min(max(place, -5), 6)
  }
}

extension Axis {
  /// Without what lies beyond values that the quantity can have, as a share of more than all.
  mutating func bound(to bounds: ClosedRange<Double>) {
    let (low, high) = (max(range.lowerBound, bounds.lowerBound), min(range.upperBound, bounds.upperBound))
    if low < high { range = low...high }
  }

  /// An axis on which values lie with some air; those that are no finite numbers are passed over. Without any, 0 to 1.
  package static func fitting(
    _ label: String, _ values: some Sequence<Double>, _ choice: ScaleChoice = .linear, isWhole: Bool = false,
    air: Double = 0.04
  ) -> Axis {
    var (low, high, lowPositive) = (Double.infinity, -Double.infinity, Double.infinity)
    for value in values where value.isFinite {
      low = min(low, value)
      high = max(high, value)
      if value > 0 { lowPositive = min(lowPositive, value) }
    }
    guard low <= high else { return Axis(label, range: 0...1, isWhole: isWhole) }
    let isLogarithmic =
      switch choice {
      case .linear: false
      case .logarithmic: lowPositive < .infinity
      // Two decades of positive values: on a linear axis the lower one would be a line on the floor.
      case .automatic: low > 0 && high / low >= 50
      }
    return isLogarithmic
      ? logarithmic(label, lowPositive...max(high, lowPositive), air: air)
      : linear(label, low...high, isWhole: isWhole, air: air)
  }

  private static func linear(_ label: String, _ range: ClosedRange<Double>, isWhole: Bool, air: Double) -> Axis {
    // Halves, so that the greatest doubles do not run over.
    let width = min(range.upperBound / 2 - range.lowerBound / 2, 1e307) * 2
    let size = max(abs(range.lowerBound), abs(range.upperBound))
    // A constant, or what differs only by rounding, lies in the middle of a range that shows its size.
    let margin = width <= size * 1e-12 ? (size == 0 ? 1 : size * 0.5) : width * air
    let limit = 1e307
    let low = max(-limit, range.lowerBound - margin)
    let high = min(limit, range.upperBound + margin)
    return Axis(
      label, range: min(low, limit / 2)...max(high, -limit / 2, min(low, limit / 2) + 1e-300), isWhole: isWhole)
  }

  private static func logarithmic(_ label: String, _ range: ClosedRange<Double>, air: Double) -> Axis {
    let decades = Logarithm.ofTen(range.upperBound) - Logarithm.ofTen(range.lowerBound)
    // 1 + 2.3 air decades is 10^(air decades) for little air.
    let factor = decades < 1e-6 ? 2 : 1 + 2.3 * air * decades
    let low = max(range.lowerBound / factor, 1e-300)
    return Axis(label, .logarithmic, range: low...max(min(range.upperBound * factor, 1e300), low * 2))
  }
}

/// Whether an axis is logarithmic.
package enum ScaleChoice: String, CaseIterable, Sendable {
  /// As the values ask for: logarithmic where they are all above 0 and span a factor of 50.
  case automatic = "auto"
  case linear
  case logarithmic = "log"
}
