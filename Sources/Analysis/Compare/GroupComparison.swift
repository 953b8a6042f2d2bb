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
      sections.append(outcome.section(subjects))
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

  func source(_ group: Int, _ formula: String) -> Source {
    Source(
      runs: groups[group].runs.map(\.id.text), dataset: "run/\(outcome.curves[0].table)/\(outcome.metric.column)",
      formula: "\(formula) of \(outcome.resultWords), a number a run, made")
  }

  func section(_ subjects: [ComparisonSection.Subject]) -> ComparisonSection {
    var section = ComparisonSection("Groups: \(outcome.resultWords)", key: "groups", kind: "group", subjects)
    let samples = groups.indices.map(sample)
    func quantity(_ label: String, _ key: String, _ value: (Sample) -> Double?) -> Quantity {
      Quantity(
        label, key: key, unit: unit,
        groups.indices.map { group in
          guard samples[group].count > 0, let value = value(samples[group]) else { return .missing }
          return Traced(.number(value), source(group, label))
        })
    }
    let intervals = samples.map { $0.interval() }
    func bound(_ label: String, _ key: String, _ bound: KeyPath<Bootstrap.Interval, Double>) -> Quantity {
      Quantity(
        label, key: key, unit: unit,
        groups.indices.map { group in
          intervals[group].map { Traced(.number($0[keyPath: bound]), source(group, label)) } ?? .missing
        })
    }
    section.quantities = [
      Quantity(
        "n", groups.indices.map { Traced(.integer(samples[$0].count), source($0, "number of finite values")) }),
      quantity("mean", "mean", \.mean),
      quantity("sd", "standard_deviation", \.standardDeviation), quantity("median", "median", \.median),
      quantity("IQM", "interquartile_mean", \.interquartileMean),
      bound("IQM 95 % from", "interquartile_mean_low", \.low),
      bound("IQM 95 % to", "interquartile_mean_high", \.high), quantity("lowest", "lowest") { $0.values.min() },
      quantity("highest", "highest") { $0.values.max() },
    ]
    section.sentences = sentences(samples)
    return section
  }

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

/// The outer loss by task family, in groups: interquartile means over runs, and over all families together with the
/// bootstrap stratified by family.
struct GroupFamilies {
  let losses: FamilyLosses
  let groups: [RunGroup]

  init(_ losses: FamilyLosses, _ groups: [RunGroup]) {
    self.losses = losses
    self.groups = groups
  }

  func section(_ subjects: [ComparisonSection.Subject]) -> ComparisonSection {
    var section = ComparisonSection("Outer loss by task family: IQM", key: "task_families", kind: "group", subjects)
    // strata[family][group]
    var strata: [[[Double]]] = []
    for means in losses.means {
      var rest = means[...]
      strata.append(
        groups.map { group in
          defer { rest = rest.dropFirst(group.count) }
          return rest.prefix(group.count).compactMap(\.cell.finite)
        })
    }
    for (family, values) in zip(losses.families, strata) {
      section.quantities += rows(family, key: family, values.map { $0.isEmpty ? [] : [$0] })
    }
    if losses.families.count > 1 {
      let all = groups.indices.map { group in strata.map { $0[group] }.filter { !$0.isEmpty } }
      section.quantities += rows("all families", key: "all_families", all)
    }
    section.sentences = [
      "Means over the pairs in the last tenth of the way that all runs have gone, a number a run and family."
        + " Intervals: bootstrap stratified by family."
    ]
    return section
  }

  /// `strata` holds for each group the runs' numbers, by family.
  private func rows(_ label: String, key: String, _ strata: [[[Double]]]) -> [Quantity] {
    func iqm(_ strata: [[Double]]) -> Double { Statistics.interquartileMean(Array(strata.joined())) }
    func source(_ group: Int, _ formula: String) -> Source {
      Source(
        runs: groups[group].runs.map(\.id.text), dataset: "run/pairs/{positive_loss, negative_loss}", formula: formula)
    }
    let intervals = strata.map { strata in
      strata.joined().count > 1 ? Bootstrap().interval(strata, iqm) : nil
    }
    let indices = groups.indices
    return [
      Quantity(
        label, key: key, unit: "normalised loss",
        indices.map {
          strata[$0].isEmpty ? .missing : Traced(.number(iqm(strata[$0])), source($0, "interquartile mean"))
        }),
      Quantity(
        "  95 % from", key: key + "_low", unit: "normalised loss",
        indices.map { group in intervals[group].map { Traced(.number($0.low), source(group, "bootstrap")) } ?? .missing
        }),
      Quantity(
        "  95 % to", key: key + "_high", unit: "normalised loss",
        indices.map { group in intervals[group].map { Traced(.number($0.high), source(group, "bootstrap")) } ?? .missing
        }),
    ]
  }
}

extension Cell {
  /// The number, where it is a finite one.
  var finite: Double? { magnitude.flatMap { $0.isFinite ? $0 : nil } }
}
