/// The outer loss of each task family near the end of the way that all runs have gone.
struct FamilyLosses {
  /// The last tenth of the common way.
  static let share = 0.1
  static let dataset = "run/pairs/{positive_loss, negative_loss}"

  /// By the family's name, in order of first appearance, for each run.
  let families: [String]
  /// means[family][run]
  let means: [[Traced]]

  /// Families are those of the tasks at the start of each unroll.
  init(_ outcome: Outcome) throws {
    guard let stretch = outcome.stretch else {
      families = []
      means = []
      return
    }
    let origin = outcome.alignment == .iterations ? stretch.start - 1 : 0
    let from = stretch.point(at: 1 - Self.share, origin: origin)
    var found: [String: [Traced]] = [:]
    var names: [String] = []
    for (index, curve) in outcome.curves.enumerated() {
      let last = curve.positions.index(at: stretch.end)
      let before = curve.positions.index(at: from)
      let records = min(before + 1, last)..<last + 1
      for (family, mean) in try Self.means(of: curve.run, records) {
        if found[family] == nil {
          names.append(family)
          found[family] = Array(repeating: .missing, count: outcome.curves.count)
        }
        found[family]?[index] = mean
      }
    }
    families = names
    means = names.map { found[$0] ?? [] }
  }

  /// The mean of (positive + negative) / 2 over a family's pairs in some records, by the family's index.
  private static func means(of run: ComparedRun, _ records: Range<Int>) throws -> [(String, Traced)] {
    guard let pairs = run.run.tables.first(where: { $0.name == "pairs" }) else { return [] }
    let rows = records.lowerBound * pairs.rowsPerRecord..<records.upperBound * pairs.rowsPerRecord
    let family = try run.numbers("pairs", "task_family", rows: rows)
    let positive = try run.numbers("pairs", "positive_loss", rows: rows)
    let negative = try run.numbers("pairs", "negative_loss", rows: rows)
    let names = run.taskFamilies
    var sums: [Int: (sum: Double, count: Int)] = [:]
    for row in family.indices {
      let key = Int(family[row])
      let loss = (positive[row] + negative[row]) / 2
      sums[key] = ((sums[key]?.sum ?? 0) + loss, (sums[key]?.count ?? 0) + 1)
    }
    return sums.keys.sorted().map { key in
      let (sum, count) = sums[key] ?? (0, 1)
      let name = names.indices.contains(key) ? names[key] : "family \(key)"
      let source = Source(
        run: run.id.text, dataset: Self.dataset, rows: rows,
        formula: "mean of both losses over the \(counted(count, "pair")) with task_family \(key)")
      return (name, Traced(.number(sum / Double(count)), source))
    }
  }

  func quantities() -> [Quantity] {
    zip(families, means).map { family, means in
      Quantity(family, key: family, unit: "normalised loss", means)
    }
  }
}
