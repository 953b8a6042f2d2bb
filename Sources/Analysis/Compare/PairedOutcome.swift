internal import RunStore

/// Each group against the first, on the seeds that both have: same seed means same tasks and perturbations.
struct PairedOutcome {
  /// Below this many pairs no p-value is given.
  static let leastCount = 4

  private struct Pair {
    let group: Int
    let seeds: [UInt64]
    let sample: PairedSample
    let wilcoxon: Wilcoxon
    /// Iterations that both runs of a seed have, and the seeds whose tasks were the same in all of them; nil where the
    /// number of pairs of perturbations differs.
    let sameDraws: Int?
  }

  private let outcome: GroupOutcome
  private let pairs: [Pair]
  /// By Holm over all pairs that have one.
  private let adjusted: [Double?]

  init(_ outcome: GroupOutcome) throws {
    self.outcome = outcome
    pairs = try outcome.groups.indices.dropFirst().map { group in
      let seeds = outcome.groups[0].seeds.filter { seed in
        outcome.value(0, seed: seed) != nil && outcome.value(group, seed: seed) != nil
      }
      let sample = PairedSample(
        left: seeds.compactMap { outcome.value(0, seed: $0) },
        right: seeds.compactMap { outcome.value(group, seed: $0) })
      return Pair(
        group: group, seeds: seeds, sample: sample, wilcoxon: sample.wilcoxon,
        sameDraws: try Self.sameDraws(outcome.groups[0], outcome.groups[group], seeds))
    }
    let values = pairs.map { $0.seeds.count >= Self.leastCount ? $0.wilcoxon.pValue : nil }
    var holm = Statistics.holm(values.compactMap { $0 })[...]
    adjusted = values.map { $0 == nil ? nil : holm.removeFirst() }
  }

  /// The number of seeds on which both runs met the same tasks in all iterations that both have.
  private static func sameDraws(_ left: RunGroup, _ right: RunGroup, _ seeds: [UInt64]) throws -> Int? {
    var count = 0
    for seed in seeds {
      guard let a = left.run(seed: seed), let b = right.run(seed: seed),
        a.rowsPerRecord("pairs") == b.rowsPerRecord("pairs")
      else { return nil }
      if try a.hasSameColumn("pairs", "task_seed", as: b) { count += 1 }
    }
    return count
  }

  func section() -> ComparisonSection {
    let first = outcome.groups[0].letter
    var section = ComparisonSection(
      "Against \(first): \(outcome.outcome.resultWords)", key: "against_first", kind: "pair",
      pairs.map { pair in
        let letter = outcome.groups[pair.group].letter
        return .init(heading: "\(letter) less \(first)", key: "\(letter)-\(first)")
      })
    let unit = outcome.unit
    section.quantities = [
      Quantity(
        "seeds in common", key: "n", hasChange: false,
        pairs.map { traced($0, .integer($0.sample.count), "number of differences d") }),
      quantity("mean difference", "mean_difference", unit, "mean of d") { $0.count > 0 ? $0.mean : nil },
      interval("  95 % from", "mean_difference_low", "2.5 %", \.low),
      interval("  95 % to", "mean_difference_high", "97.5 %", \.high),
      quantity(
        "sd of differences", "standard_deviation", unit, "standard deviation of d, with n - 1 below",
        \.standardDeviation),
      quantity(
        "sd if unpaired", "unpaired_standard_deviation", unit, "root of the sum of both groups' variances",
        \.unpairedStandardDeviation),
      quantity("effect size d", "effect_size", nil, "mean of d by its standard deviation", \.effectSize),
      quantity("rank-biserial r", "rank_biserial", nil, "(W+ - W-) / (W+ + W-) of the ranks of |d|") {
        $0.wilcoxon.rankBiserial
      },
      Quantity(
        "share of seeds lower", key: "share_lower", hasChange: false,
        pairs.map {
          $0.seeds.isEmpty ? .missing : traced($0, .fraction($0.sample.shareLower), "share of d below 0, ties half")
        }),
      Quantity(
        "p (Wilcoxon)", key: "p_value", hasChange: false,
        pairs.map { pair in
          guard pair.seeds.count >= Self.leastCount, let p = pair.wilcoxon.pValue else { return .missing }
          return traced(pair, .number(p, digits: 4), "exact two-sided signed rank test of d")
        }),
    ]
    if pairs.count > 1 {
      section.quantities.append(
        Quantity(
          "p (Holm)", key: "p_value_holm", hasChange: false,
          zip(pairs, adjusted).map { pair, p in
            p.map {
              traced(
                pair, .number($0, digits: 4), "exact two-sided signed rank test of d, adjusted by Holm over all groups")
            }
              ?? .missing
          }))
    }
    section.quantities +=
      improvement() + [
        quantity(
          "detectable difference", "detectable_difference", unit,
          "(t(0.975, n - 1) + t(0.8, n - 1)) sd(d) / sqrt(n)"
        ) { $0.detectableDifference(seeds: $0.count) }
      ]
    section.sentences = pairs.indices.map(sentence)
    return section
  }

  /// A number made of the differences on the shared seeds.
  private func traced(_ pair: Pair, _ cell: Cell, _ formula: String) -> Traced {
    let parts = [0, pair.group].flatMap { group in
      outcome.parts(of: group).filter { pair.seeds.contains($0.run.seed) }
    }
    let words =
      "; d is a part of \(outcome.groups[pair.group].letter) less that of \(outcome.groups[0].letter) of the same seed"
    return Traced(cell, outcome.source(formula + words, of: parts))
  }

  /// A number made of all runs of both groups.
  private func tracedOverAll(_ pair: Pair, _ cell: Cell, _ formula: String) -> Traced {
    Traced(cell, outcome.source(formula, of: [0, pair.group].flatMap(outcome.parts)))
  }

  private func quantity(
    _ label: String, _ key: String, _ unit: String?, _ formula: String, _ value: (PairedSample) -> Double?
  ) -> Quantity {
    Quantity(
      label, key: key, unit: unit, hasChange: false,
      pairs.map { pair in value(pair.sample).map { traced(pair, .number($0), formula) } ?? .missing })
  }

  private static let resampling = "\(Bootstrap.resamples) samples with replacement, seed \(Bootstrap.seed)"

  private func interval(
    _ label: String, _ key: String, _ share: String, _ bound: KeyPath<Bootstrap.Interval, Double>
  ) -> Quantity {
    Quantity(
      label, key: key, unit: outcome.unit, hasChange: false,
      pairs.map { pair in
        pair.sample.interval().map {
          traced(pair, .number($0[keyPath: bound]), "\(share) quantile of the mean of d in \(Self.resampling)")
        } ?? .missing
      })
  }

  /// The chance that a run of the other group is lower than one of the first, over all their runs, shared seeds or not.
  private func improvement() -> [Quantity] {
    let first = outcome.sample(0).values
    var rows: [[Traced]] = [[], [], []]
    for pair in pairs {
      let other = outcome.sample(pair.group).values
      guard !first.isEmpty, !other.isEmpty else {
        for index in rows.indices { rows[index].append(.missing) }
        continue
      }
      let chance = Statistics.probabilityOfLower(other, than: first)
      let words = "share of all pairs of a run of each group in which the second group's is lower, ties half"
      rows[0].append(tracedOverAll(pair, .fraction(chance), words))
      let interval =
        first.count > 1 && other.count > 1
        ? Bootstrap().interval([other, first]) { Statistics.probabilityOfLower($0[0], than: $0[1]) } : nil
      for (row, share, bound) in [(1, "2.5 %", interval?.low), (2, "97.5 %", interval?.high)] {
        let words = "\(share) quantile of that share in \(Self.resampling), each group by itself"
        rows[row].append(bound.map { tracedOverAll(pair, .fraction($0), words) } ?? .missing)
      }
    }
    let labels = [
      ("chance to be lower", "probability_of_improvement"), ("  95 % from", "probability_of_improvement_low"),
      ("  95 % to", "probability_of_improvement_high"),
    ]
    return zip(labels, rows).map { Quantity($0.0, key: $0.1, hasChange: false, $1) }
  }
}

// What can and what cannot be concluded.
extension PairedOutcome {
  private func sentence(_ index: Int) -> String {
    let pair = pairs[index]
    let (letter, first) = (outcome.groups[pair.group].letter, outcome.groups[0].letter)
    let count = pair.sample.count
    guard count > 0 else {
      return
        "\(letter) and \(first) share no seed: nothing can be paired, and only the chance to be lower, over all runs, is"
        + " given."
    }
    return [verdict(pair, adjusted[index], letter, first), draws(pair, letter, first), gain(pair)].compactMap { $0 }
      .joined(separator: " ")
  }

  private func verdict(_ pair: Pair, _ p: Double?, _ letter: String, _ first: String) -> String {
    let sample = pair.sample
    let count = sample.count
    let least = 2 / Double(1 << min(count, 60))
    let lower = sample.differences.filter { $0 < 0 }.count
    let seen = "\(letter) is lower than \(first) on \(lower) of \(counted(count, "shared seed"))"
    guard let p else {
      guard count >= Self.leastCount else {
        return "\(seen): no p-value for n = \(count), since even if all seeds agree the test cannot come below"
          + " p = \(least); 6 seeds could reach 0.031. This is an observation about these seeds, not a finding."
      }
      return "\(seen): all results are equal, so there is nothing to test."
    }
    let value = Cell.number(p, digits: 2).rounded + (pairs.count > 1 ? " (Holm)" : "")
    if p < 0.05 {
      return "\(seen), p = \(value): a difference this consistent would rarely come by chance, so \(letter) is"
        + " \(sample.mean < 0 ? "lower" : "higher") for this recipe and these tasks; how much, the interval says."
    }
    if least >= 0.05 {
      return
        "\(seen), p = \(value): with n = \(count) the least p is \(least), so 5 % cannot be reached whatever comes out;"
        + " 6 seeds at least could."
    }
    var words = "\(seen), p = \(value): the seeds do not tell the two apart"
    if let detectable = sample.detectableDifference(seeds: count) {
      words +=
        "; a true difference below \(Cell.number(detectable, digits: 2).rounded) would be missed more often than once in"
        + " five"
    }
    if let needed = sample.seedsNeeded, needed > count {
      words += ", and one as large as seen takes some \(needed) seeds"
    }
    return words + ". It does not show that they are equal."
  }

  private func draws(_ pair: Pair, _ letter: String, _ first: String) -> String? {
    guard let same = pair.sameDraws else {
      return "Their numbers of pairs differ, so a shared seed does not mean the same tasks throughout."
    }
    if same == pair.seeds.count { return "Paired runs met the same tasks in every iteration." }
    return "Paired runs met the same tasks on \(same) of \(counted(pair.seeds.count, "seed")) only."
  }

  private func gain(_ pair: Pair) -> String? {
    guard let gain = pair.sample.pairingGain, let paired = pair.sample.standardDeviation,
      let unpaired = pair.sample.unpairedStandardDeviation
    else { return nil }
    func short(_ value: Double) -> String { Cell.number(value, digits: 2).rounded }
    let worth = gain >= 1 ? "pairing is worth \(short(gain)) times the seeds" : "pairing gains nothing here"
    return "Paired sd \(short(paired)), unpaired \(short(unpaired)): \(worth)."
  }
}
