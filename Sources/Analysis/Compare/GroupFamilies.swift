/// The outer loss by task family, in groups: interquartile means over runs, and over all families together with the
/// bootstrap stratified by family.
struct GroupFamilies {
  private let losses: FamilyLosses
  private let groups: [RunGroup]
  /// numbers[family][group]: of the runs that met the family.
  private let numbers: [[[Number]]]

  private typealias Number = (run: ComparedRun, value: Traced)

  init(_ losses: FamilyLosses, _ groups: [RunGroup]) {
    self.losses = losses
    self.groups = groups
    numbers = losses.means.map { means in
      var rest = means[...]
      return groups.map { group in
        defer { rest = rest.dropFirst(group.count) }
        return zip(group.runs, rest.prefix(group.count)).map { (run: $0, value: $1) }.filter {
          $0.value.cell.finite != nil
        }
      }
    }
  }

  func section(_ subjects: [ComparisonSection.Subject]) -> ComparisonSection {
    var section = ComparisonSection("Outer loss by task family: IQM", key: "task_families", kind: "group", subjects)
    for (family, numbers) in zip(losses.families, numbers) {
      section.quantities += rows(family, key: family, numbers.map { $0.isEmpty ? [] : [$0] })
    }
    if losses.families.count > 1 {
      let all = groups.indices.map { group in numbers.map { $0[group] }.filter { !$0.isEmpty } }
      section.quantities += rows("all families", key: "all_families", all)
    }
    section.sentences = [
      "n: runs that met the family, of all families together runs times families. Means over the pairs in the last tenth of"
        + " the way that all runs have gone, a number a run and family. Intervals: bootstrap stratified by family, none"
        + " of a single number."
    ]
    return section
  }

  /// `strata` holds for each group the runs' numbers, by family.
  private func rows(_ label: String, key: String, _ strata: [[[Number]]]) -> [Quantity] {
    let values = strata.map { $0.map { $0.compactMap(\.value.cell.finite) } }
    let intervals = values.map { strata in
      strata.joined().count > 1 ? Bootstrap().interval(strata) { Self.iqm($0) } : nil
    }
    func quantity(
      _ label: String, _ suffix: String, _ unit: String?, _ formula: String, hasChange: Bool = false,
      _ cell: (Int) -> Cell?
    ) -> Quantity {
      Quantity(
        label, key: key + suffix, unit: unit, hasChange: hasChange,
        groups.indices.map { group in
          guard !strata[group].isEmpty, let cell = cell(group) else { return .missing }
          return Traced(cell, Self.source(formula, of: Array(strata[group].joined())))
        })
    }
    let unit = "normalised loss"
    let resampling =
      "the IQM of \(Bootstrap.resamples) samples of the parts with replacement, each family by itself, seed \(Bootstrap.seed)"
    return [
      quantity(label, "", unit, "mean of the parts without the floor(n / 4) lowest and highest", hasChange: true) {
        .number(Self.iqm(values[$0]))
      },
      quantity("  n", "_n", nil, "number of parts") { .integer(values[$0].joined().count) },
      quantity("  95 % from", "_low", unit, "2.5 % quantile of " + resampling) {
        intervals[$0].map { .number($0.low) }
      },
      quantity("  95 % to", "_high", unit, "97.5 % quantile of " + resampling) {
        intervals[$0].map { .number($0.high) }
      },
    ]
  }

  private static func iqm(_ strata: [[Double]]) -> Double { Statistics.interquartileMean(Array(strata.joined())) }

  private static func source(_ formula: String, of numbers: [Number]) -> Source {
    var runs: [String] = []
    for number in numbers where !runs.contains(number.run.id.text) { runs.append(number.run.id.text) }
    return Source(
      runs: runs, dataset: FamilyLosses.dataset,
      formula: formula + "; a part is the mean of both losses over a run's pairs of a task_family",
      parts: numbers.map { Source.Part($0.run, $0.value) })
  }
}
