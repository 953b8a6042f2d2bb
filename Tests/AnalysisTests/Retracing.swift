// Numbers computed again from what an explanation says of them, by plain loops over the datasets that it names.

import Analysis
import RunStore
import Testing

struct Retracing {
  private let runs: [String: ComparedRun]

  init(_ comparison: Comparison) { self.init(comparison.runs) }

  init(_ runs: [ComparedRun]) { self.runs = Dictionary(runs.map { ($0.id.text, $0) }) { first, _ in first } }

  /// Nil for a formula that is none of those below.
  func value(of source: Source) throws -> Double? {
    if source.parts.isEmpty {
      guard source.runs.count == 1, let rows = source.rows else { return nil }
      return try value(source.formula, source.runs[0], source.dataset, rows)
    }
    let halves = source.formula.split(separator: "; ", maxSplits: 1).map(String.init)
    let numbers = source.parts.compactMap { Double($0.value.exact) }.filter(\.isFinite)
    try check(source)
    return value(halves[0], of: numbers, source)
  }

  /// Each part is what its rows say.
  private func check(_ source: Source) throws {
    guard let formula = source.formula.split(separator: "; a part is the ").dropFirst().first else { return }
    for part in source.parts {
      guard let rows = part.rows, let value = Double(part.value.exact) else { continue }
      guard let made = try self.value(String(formula), part.of, source.dataset, rows) else { continue }
      #expect(abs(made - value) <= 1e-12 * max(1, abs(value)), "a part of \(source.formula)")
    }
  }

  // Of the rows of a run.
  private func value(_ formula: String, _ run: String, _ dataset: String, _ rows: Range<Int>) throws -> Double? {
    let run = try #require(runs[run])
    let words = dataset.split(separator: "/").map(String.init)
    guard words.count == 3, words[0] == "run", ["records", "pairs", "observed"].contains(words[1]) else { return nil }
    func column(_ table: String, _ name: String) throws -> [Double] {
      try #require(try run.run.column(table, name, rows: rows).doubles)
    }
    if words[2].hasPrefix("{") { return try familyMean(formula, column) }
    if formula.hasPrefix("number of rows with task_family") {
      return Double(try column(words[1], words[2]).count { $0 == Self.lastNumber(formula) })
    }
    if formula.hasPrefix("share of the sum") {
      let (values, families) = (try column(words[1], words[2]), try column(words[1], "task_family"))
      var costs: [Double]?
      if formula.contains("step_work"), case .float64(let work)? = run.run.identity["step_work"]?.values {
        costs = work
      }
      let parts = zip(values, families).map { $0 * (costs?[Int($1)] ?? 1) }
      let own = zip(parts, families).filter { $1 == Self.lastNumber(formula) }.map(\.0)
      return own.reduce(0, +) / parts.reduce(0, +)
    }
    if formula.hasPrefix("number of rows without two finite losses") { return Double(try unfinished(formula, column)) }
    let values = try column(words[1], words[2])
    let averages = Self.movingAverages(values)
    switch formula.split(separator: ",")[0] {
    case "the value", "value": return values.count == 1 ? values[0] : nil
    case "sum": return values.reduce(0, +)
    case "first": return values.first
    case "last": return values.last
    case "mean": return values.reduce(0, +) / Double(values.count)
    case "median": return Self.median(values)
    case "max": return values.max()
    case "min": return values.min()
    case "sd": return Self.standardDeviation(values)
    case "number of rows": return Double(values.count + (formula.contains("first_iteration") ? run.firstIteration : 0))
    case "last moving average": return averages.last
    case "lowest moving average": return averages.min()
    case "outer iteration of the lowest moving average":
      let lowest = try #require(averages.min())
      return Double(run.firstIteration + averages.firstIndex(of: lowest)! + 1)
    default: break
    }
    guard formula.hasPrefix("trapezoids over ") else { return nil }
    let axis = formula.split(separator: "/").suffix(2).map(String.init)
    var steps = try column(axis[0], axis[1])
    if !formula.contains("running sum") { steps = zip([0] + steps, steps).map { $1 - $0 } }
    var area = 0.0
    for index in values.indices.dropFirst() { area += steps[index] * (values[index] + values[index - 1]) / 2 }
    return area
  }

  private func familyMean(_ formula: String, _ column: (String, String) throws -> [Double]) throws -> Double? {
    guard let family = Self.lastNumber(formula) else { return nil }
    let (families, positive) = (try column("pairs", "task_family"), try column("pairs", "positive_loss"))
    let negative = try column("pairs", "negative_loss")
    let last = formula.contains("began and ended") ? try column("pairs", "last_task_family") : families
    let means = families.indices.filter { families[$0] == family && last[$0] == family }
      .map { (positive[$0] + negative[$0]) / 2 }.filter(\.isFinite)
    return means.reduce(0, +) / Double(means.count)
  }

  private func unfinished(_ formula: String, _ column: (String, String) throws -> [Double]) throws -> Int {
    let losses = try zip(column("pairs", "positive_loss"), column("pairs", "negative_loss"))
    return try zip(column("pairs", "task_family"), losses).count { family, losses in
      family == Self.lastNumber(formula) && !(losses.0.isFinite && losses.1.isFinite)
    }
  }

  private static func lastNumber(_ formula: String) -> Double? {
    formula.split(separator: " ").last.flatMap { Double($0) }
  }

  private static func median(_ values: [Double]) -> Double? {
    let sorted = values.sorted()
    return sorted.isEmpty ? nil : (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }

  // Of the parts.
  private func value(_ formula: String, of numbers: [Double], _ source: Source) -> Double? {
    let sorted = numbers.sorted()
    let half = numbers.count / 2
    let differences = zip(numbers, numbers.dropFirst(half)).prefix(half).map { $1 - $0 }
    func mean(_ values: some Collection<Double>) -> Double { values.reduce(0, +) / Double(values.count) }
    switch formula {
    case "number of finite parts", "number of parts", "number of runs, each seed once": return Double(numbers.count)
    case "mean of the parts": return mean(numbers)
    case "standard deviation of the parts, with n - 1 below": return Self.standardDeviation(numbers)
    case "median of the parts": return Self.median(numbers)
    case "lowest of the parts", "min of the parts": return sorted.first
    case "highest of the parts", "max of the parts": return sorted.last
    case "first of the parts": return numbers.first
    case "last of the parts": return numbers.last
    case "sum of the parts": return numbers.reduce(0, +)
    case "sd of the parts": return Self.standardDeviation(numbers)
    case "mean of the parts without the floor(n / 4) lowest and highest":
      return mean(sorted.dropFirst(numbers.count / 4).dropLast(numbers.count / 4))
    case "(second - first) / |first| of the parts": return (numbers[1] - numbers[0]) / abs(numbers[0])
    case "number of differences d": return Double(differences.count)
    case "mean of d": return mean(differences)
    case "standard deviation of d, with n - 1 below": return Self.standardDeviation(differences)
    case "mean of d by its standard deviation":
      return Self.standardDeviation(differences).map { mean(differences) / $0 }
    case "root of the sum of both groups' variances":
      let deviations = [numbers.prefix(half), numbers.suffix(half)].compactMap { Self.standardDeviation(Array($0)) }
      return deviations.reduce(0) { $0 + $1 * $1 }.squareRoot()
    case "share of d below 0, ties half": return mean(differences.map { $0 < 0 ? 1 : $0 == 0 ? 0.5 : 0 })
    case "share of all pairs of a run of each group in which the second group's is lower, ties half":
      let first = source.parts.prefix(half).compactMap { Double($0.value.exact) }
      let second = source.parts.suffix(half).compactMap { Double($0.value.exact) }
      return mean(second.flatMap { b in first.map { a in b < a ? 1 : b == a ? 0.5 : 0 } })
    default: return nil
    }
  }

  /// m(1) = x(1), m(i) = 0.9 m(i-1) + 0.1 x(i).
  private static func movingAverages(_ values: [Double]) -> [Double] {
    var average: Double?
    return values.map { value in
      average = average.map { 0.9 * $0 + (1 - 0.9) * value } ?? value
      return average!
    }
  }

  private static func standardDeviation(_ values: [Double]) -> Double? {
    guard values.count > 1 else { return nil }
    let mean = values.reduce(0, +) / Double(values.count)
    return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
  }
}
