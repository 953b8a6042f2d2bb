/// Where an axis has its marks, and what is written at them.
package struct Ticks: Equatable {
  package struct Tick: Equatable {
    package let value: Double
    /// Empty for a small mark between others.
    package let label: String
  }

  package let ticks: [Tick]

  /// About `count` labelled ticks on an axis.
  package init(_ axis: Axis, count: Int) {
    switch axis.scale {
    case .linear: ticks = Self.linear(axis.range, count: max(2, count), isWhole: axis.isWhole)
    case .logarithmic: ticks = Self.logarithmic(axis.range, count: max(2, count))
    }
  }

  /// Steps of 1, 2 or 5 times a power of ten.
  private static func linear(_ range: ClosedRange<Double>, count: Int, isWhole: Bool) -> [Tick] {
    let rough = (range.upperBound - range.lowerBound) / Double(count)
    guard rough > 0, rough.isFinite else { return [] }
    var power = Int(Logarithm.ofTen(rough).rounded(.down))
    let mantissa = rough / Logarithm.powerOfTen(power)
    // A tick more is better than half as many.
    var digit = mantissa <= 1.2 ? 1 : mantissa <= 2.4 ? 2 : mantissa <= 6 ? 5 : 10
    if digit == 10 { (digit, power) = (1, power + 1) }
    if isWhole, power < 0 { (digit, power) = (1, 0) }
    var ticks = linear(range, digit, power)
    // One number alone does not say how an axis goes.
    while ticks.count == 1, !isWhole || (digit, power) != (1, 0) {
      (digit, power) = digit == 5 ? (2, power) : digit == 2 ? (1, power) : (5, power - 1)
      ticks = linear(range, digit, power)
    }
    return ticks
  }

  /// Steps of `digit` times that power of ten.
  private static func linear(_ range: ClosedRange<Double>, _ digit: Int, _ power: Int) -> [Tick] {
    // Multiples are made as n * digit / 10^-power, so that 0.3 is 0.3 and not 3 * 0.1.
    func value(_ n: Double) -> Double {
      power < 0
        ? n * Double(digit) / Logarithm.powerOfTen(-power) : n * Double(digit) * Logarithm.powerOfTen(power)
    }
    let step = value(1)
    let slack = (range.upperBound - range.lowerBound) * 1e-9
    let first = ((range.lowerBound - slack) / step).rounded(.up)
    let last = ((range.upperBound + slack) / step).rounded(.down)
    guard first <= last, last - first < 1000, step > 0 else { return [] }
    let values = stride(from: first, through: last, by: 1).map { value($0) + 0 }
    let labels = TickLabels(step: step, values: values)
    return values.map { Tick(value: $0, label: labels.text($0)) }
  }

  /// Powers of ten; where there are few, also 2 and 5 times them; small marks between.
  private static func logarithmic(_ range: ClosedRange<Double>, count: Int) -> [Tick] {
    let (low, high) = (Logarithm.ofTen(range.lowerBound), Logarithm.ofTen(range.upperBound))
    let (first, last) = (Int(low.rounded(.down)), Int(high.rounded(.up)))
    let decades = high - low
    // Less than half a decade: 1, 2 and 5 are too few.
    if decades < 0.5 { return linear(range, count: count, isWhole: false) }
    let labelled: Set<Int> =
      decades * 3 <= Double(count) + 1 ? [1, 2, 5] : decades * 2 <= Double(count) + 1 ? [1, 3] : [1]
    let every = max(1, Int((decades / Double(count)).rounded(.up)))
    var ticks: [Tick] = []
    for power in first...last {
      for digit in every == 1 ? 1...9 : 1...1 {
        let value =
          power < 0 ? Double(digit) / Logarithm.powerOfTen(-power) : Double(digit) * Logarithm.powerOfTen(power)
        guard value >= range.lowerBound * (1 - 1e-9), value <= range.upperBound * (1 + 1e-9) else { continue }
        let isLabelled = labelled.contains(digit) && power % every == 0
        ticks.append(Tick(value: value, label: isLabelled ? TickLabels.short(value) : ""))
      }
    }
    return ticks
  }
}

/// The words for the ticks of one axis, all in one form: 0.1, 0.25, 1k, 2M, 3e-05.
struct TickLabels {
  private let unit: (size: Double, suffix: String)
  private let places: Int

  private static let units: [(size: Double, suffix: String)] = [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")]

  /// For values that lie `step` apart.
  init(step: Double, values: [Double]) {
    let greatest = values.map(abs).max() ?? 0
    // Where four digits would do and the steps are small, "1250" is easier to read than "1.25k".
    let unit =
      Self.units.first { greatest >= $0.size && step >= $0.size / (greatest < 10 * $0.size ? 2 : 100) } ?? (1, "")
    let scaled = step / unit.size
    self.unit = unit
    // 1, 2 and 5 times a power of ten, or whole multiples: so many places show the step exactly.
    places = scaled >= 1 ? 0 : Int((-Logarithm.ofTen(scaled) - 1e-9).rounded(.up))
  }

  func text(_ value: Double) -> String {
    if value == 0 { return "0" }
    if places > 5 { return Decimal(value).rounded(significant: 4) }
    if abs(value) >= 1e15 { return Decimal(value).rounded(significant: 4) }
    return Self.minus(Decimal(value / unit.size).rounded(places: places)) + unit.suffix
  }

  /// A number that stands alone: 0.001, 20, 1k, 5M, 1e-07.
  static func short(_ value: Double) -> String {
    let size = abs(value)
    guard size < 1e15, let unit = units.first(where: { size >= $0.size }) else {
      return minus(Decimal(value).rounded(significant: 3))
    }
    return minus(Decimal(value / unit.size).rounded(significant: 3)) + unit.suffix
  }

  /// With the sign that is as wide as a plus.
  private static func minus(_ text: String) -> String { text.hasPrefix("-") ? "−" + text.dropFirst() : text }
}
