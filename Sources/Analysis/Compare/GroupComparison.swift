internal import RunSchema

/// Groups of runs held against each other: each group summed up, and each held against the first on the seeds they share.
extension Comparison {
  /// - Parameters:
  ///   - metrics: none for the outer loss.
  package init(groups: [RunGroup], metrics: [Metric], along alignment: Alignment) throws {
    let runs = groups.flatMap(\.runs)
    let subjects = groups.map { ComparisonSection.Subject(heading: $0.letter, key: $0.letter) }
    var sections = Differences.sections(groups, subjects)
    let metrics = metrics.isEmpty ? [try Metric(parsing: "outer_loss")] : metrics
    for metric in metrics {
      let outcome = try GroupOutcome(metric, of: groups, along: alignment)
      var section = outcome.section(subjects)
      section.sentences += [Self.origins(of: runs, along: alignment)].compactMap { $0 }
      sections.append(section)
      if groups.count > 1 { sections.append(try PairedOutcome(outcome).section()) }
    }
    let losses = try FamilyLosses(Outcome(Metric(parsing: "outer_loss"), of: runs, along: alignment))
    if !losses.families.isEmpty { sections.append(GroupFamilies(losses, groups).section(subjects)) }
    var cost = ComparisonSection("Cost: means a run", key: "cost", kind: "group", subjects)
    cost.quantities = try Cost.means(of: groups)
    sections.append(cost)
    self.init(runs: runs, groups: groups, sections: sections, bits: try BitComparison(digestsOf: runs))
  }
}

/// A metric's results in groups: one number a run, and what they come to.
struct GroupOutcome {
  let groups: [RunGroup]
  let outcome: Outcome
  /// For each group, in the order of its runs; a run without a result is left out of the statistics.
  let results: [[Traced]]
  let unit: String?

  init(_ metric: Metric, of groups: [RunGroup], along alignment: Alignment) throws {
    self.groups = groups
    let runs = groups.flatMap(\.runs)
    outcome = try Outcome(metric, of: runs, along: alignment)
    unit = metric.unit(in: runs[0].run)
    var rest = outcome.results()[...]
    results = groups.map { group in
      defer { rest = rest.dropFirst(group.count) }
      return Array(rest.prefix(group.count))
    }
  }

  func value(_ group: Int, seed: UInt64) -> Double? {
    guard let index = groups[group].runs.firstIndex(where: { $0.seed == seed }) else { return nil }
    return results[group][index].cell.finite
  }

  func sample(_ group: Int) -> Sample { Sample(values: results[group].compactMap(\.cell.finite)) }

  /// Of a number made of one of each of some runs.
  func source(_ formula: String, of parts: [(run: ComparedRun, value: Traced)]) -> Source {
    let part = parts.lazy.compactMap { $0.value.source?.formula }.first
    return Source(
      runs: parts.map(\.run.id.text), dataset: "run/\(outcome.curves[0].table)/\(outcome.metric.column)",
      formula: formula + (part.map { "; a part is the \($0)" } ?? ""),
      parts: parts.map { Source.Part($0.run, $0.value) })
  }

  private func source(_ group: Int, _ formula: String) -> Source { source(formula, of: parts(of: group)) }

  func parts(of group: Int) -> [(run: ComparedRun, value: Traced)] {
    Array(zip(groups[group].runs, results[group])).map { (run: $0, value: $1) }
  }

  func section(_ subjects: [ComparisonSection.Subject]) -> ComparisonSection {
    var section = ComparisonSection("Groups: \(outcome.resultWords)", key: "groups", kind: "group", subjects)
    let samples = groups.indices.map(sample)
    func quantity(
      _ label: String, _ key: String, _ formula: String, hasChange: Bool = false, _ value: (Sample) -> Double?
    ) -> Quantity {
      Quantity(
        label, key: key, unit: unit, hasChange: hasChange,
        groups.indices.map { group in
          guard samples[group].count > 0, let value = value(samples[group]) else { return .missing }
          return Traced(.number(value), source(group, formula))
        })
    }
    let intervals = samples.map { $0.interval() }
    func bound(
      _ label: String, _ key: String, _ formula: String, _ bound: KeyPath<Bootstrap.Interval, Double>
    ) -> Quantity {
      Quantity(
        label, key: key, unit: unit, hasChange: false,
        groups.indices.map { group in
          intervals[group].map { Traced(.number($0[keyPath: bound]), source(group, formula)) } ?? .missing
        })
    }
    section.quantities = [
      Quantity(
        "n", hasChange: false,
        groups.indices.map { Traced(.integer(samples[$0].count), source($0, "number of finite parts")) }),
      quantity("mean", "mean", "mean of the parts", hasChange: true, \.mean),
      quantity(
        "sd", "standard_deviation", "standard deviation of the parts, with n - 1 below", \.standardDeviation),
      quantity("median", "median", "median of the parts", hasChange: true, \.median),
      quantity(
        "IQM", "interquartile_mean", "mean of the parts without the floor(n / 4) lowest and highest", hasChange: true,
        \.interquartileMean),
      bound("IQM 95 % from", "interquartile_mean_low", "2.5 % quantile of " + Self.resampling, \.low),
      bound("IQM 95 % to", "interquartile_mean_high", "97.5 % quantile of " + Self.resampling, \.high),
      quantity("lowest", "lowest", "lowest of the parts") { $0.values.min() },
      quantity("highest", "highest", "highest of the parts") { $0.values.max() },
    ]
    section.sentences = sentences(samples)
    return section
  }

  private static let resampling =
    "the IQM of \(Bootstrap.resamples) samples of the parts with replacement, seed \(Bootstrap.seed)"

  private func sentences(_ samples: [Sample]) -> [String] {
    var sentences = [
      "IQM: mean of the middle half. Intervals: percentile bootstrap, \(Bootstrap.resamples) samples, seed \(Bootstrap.seed)."
    ]
    if samples.contains(where: { (2...3).contains($0.count) }) {
      sentences.append("Below 4 runs the IQM is the mean, and an interval spans little more than the runs themselves.")
    }
    for (group, sample) in zip(groups, samples) where sample.count < group.count {
      sentences.append(
        "\(group.count - sample.count) of the \(group.count) runs of \(group.letter) have no finite result: the rest looks better"
          + " than the group is.")
    }
    for group in groups {
      for run in group.repetitions {
        let kept = group.run(seed: run.seed)?.label ?? ""
        sentences.append("\(run.label) repeats seed \(run.seed) of \(group.letter), as \(kept) has it: counted once.")
      }
    }
    return sentences
  }
}

extension Cell {
  /// The number, where it is a finite one.
  var finite: Double? { magnitude.flatMap { $0.isFinite ? $0 : nil } }
}
