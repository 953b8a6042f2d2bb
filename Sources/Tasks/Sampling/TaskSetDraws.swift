internal import Numerics

/// The draws of which TaskSet's configurations are made, on top of NumPy's legacy generator (spec §4.2).
package struct TaskSetDraws {
  private var generator: MersenneTwister

  package init(seed: UInt32) { generator = MersenneTwister(seed: seed) }

  /// exp U(ln low, ln high), both rounded correctly.
  mutating func logarithmic(_ low: Double, _ high: Double) -> Double {
    CorrectlyRounded.exp(generator.uniform(CorrectlyRounded.log(low), CorrectlyRounded.log(high)))
  }

  /// The same, rounded to a whole number, half to even.
  mutating func logarithmic(_ range: ClosedRange<Int>) -> Int {
    Int(logarithmic(Double(range.lowerBound), Double(range.upperBound)).rounded(.toNearestOrEven))
  }

  /// As many whole numbers as said, one after the other.
  mutating func logarithmic(_ range: ClosedRange<Int>, count: Int) -> [Int] {
    (0..<count).map { _ in logarithmic(range) }
  }

  /// U(low, high).
  mutating func uniform(_ low: Double, _ high: Double) -> Double { generator.uniform(low, high) }

  /// U(low, high) rounded to a whole number, half to even.
  mutating func uniform(_ range: ClosedRange<Int>) -> Int {
    Int(uniform(Double(range.lowerBound), Double(range.upperBound)).rounded(.toNearestOrEven))
  }

  /// Each of 0 ..< bound alike.
  mutating func integer(below bound: Int) -> Int { generator.integer(below: bound) }

  mutating func normal(mean: Double, deviation: Double) -> Double {
    generator.normal(mean: mean, deviation: deviation)
  }

  mutating func bool(probability: Double) -> Bool { uniform(0, 1) < probability }

  /// Each place of a list alike; a value that stands twice is twice as likely.
  mutating func one<Value>(of values: [Value]) -> Value { values[generator.integer(below: values.count)] }

  /// Each case alike, in the order of the names.
  mutating func one<Choice: CaseIterable & RawRepresentable>(of choices: Choice.Type) -> Choice
  where Choice.RawValue == String { one(of: choices.byName) }

  /// A case with its weight, in the order of the names.
  mutating func weighted<Choice: CaseIterable & RawRepresentable>(_ weight: (Choice) -> Int) -> Choice
  where Choice.RawValue == String {
    let choices = Choice.byName
    return choices[generator.index(weights: choices.map(weight))]
  }
}

extension CaseIterable where Self: RawRepresentable, RawValue == String {
  /// The cases as Python sorts their names: by code points, so capitals first.
  static var byName: [Self] {
    allCases.sorted { $0.rawValue.unicodeScalars.lexicographicallyPrecedes($1.rawValue.unicodeScalars) }
  }
}
