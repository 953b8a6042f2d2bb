package import RunSchema
internal import RunStore

/// Runs held against each other: what differs in what they are, what they came to, what they cost, and where their bits part.
package struct Comparison: Sendable {
  package let runs: [ComparedRun]
  /// Empty where single runs are compared.
  package let groups: [RunGroup]
  package private(set) var sections: [ComparisonSection]
  /// The first run against each other one.
  package let bits: BitComparison

  init(runs: [ComparedRun], groups: [RunGroup], sections: [ComparisonSection], bits: BitComparison) {
    self.runs = runs
    self.groups = groups
    self.sections = sections
    self.bits = bits
  }

  /// - Parameters:
  ///   - metrics: none for the outer loss.
  package init(_ runs: [ComparedRun], metrics: [Metric], along alignment: Alignment) throws {
    precondition(runs.count >= 2, "a comparison of \(runs.count) runs")
    let subjects = Self.subjects(runs)
    var sections = Differences.sections(runs, subjects)
    let metrics = metrics.isEmpty ? [try Metric(parsing: "outer_loss")] : metrics
    for metric in metrics { sections.append(try Self.outcome(metric, runs, subjects, alignment)) }
    if let origins = Self.origins(of: runs, along: alignment) {
      sections[sections.count - 1].sentences.append(origins)
    }
    if let families = try Self.families(runs, subjects, alignment) { sections.append(families) }
    var cost = ComparisonSection("Cost", key: "cost", kind: "run", subjects)
    cost.quantities = try Cost.quantities(runs)
    sections.append(cost)
    let bits =
      runs.count <= BitComparison.greatestCount
      ? try BitComparison(locatingIn: runs) : try BitComparison(digestsOf: runs)
    self.init(runs: runs, groups: [], sections: sections, bits: bits)
  }

  static func subjects(_ runs: [ComparedRun]) -> [ComparisonSection.Subject] {
    runs.map { .init(heading: $0.heading, key: $0.id.text) }
  }

  private static func outcome(
    _ metric: Metric, _ runs: [ComparedRun], _ subjects: [ComparisonSection.Subject], _ alignment: Alignment
  ) throws -> ComparisonSection {
    let outcome = try Outcome(metric, of: runs, along: alignment)
    let title = metric.value == .course ? "Outcome: \(metric.column)" : "Outcome: \(metric.heading)"
    var section = ComparisonSection(title, key: "outcome", kind: "run", subjects)
    section.quantities = outcome.quantities(unit: metric.unit(in: runs[0].run))
    guard let stretch = outcome.stretch else {
      section.sentences.append("(the runs have no stretch of \(alignment.unit) in common)")
      return section
    }
    if metric.value == .course {
      section.sentences.append(
        "Milestones are shares of the way that all runs have gone, up to \(alignment.words(stretch.end)). Smoothed: moving"
          + " average of decay \(SmoothedLoss.decay).")
    }
    if case .iteration(let iteration) = metric.value,
      section.quantities.allSatisfy({ $0.values.allSatisfy(\.cell.isMissing) })
    {
      throw AnalysisError(
        .notFound, doing: "comparing \(metric.heading)", problem: "no run has a record of outer iteration \(iteration)")
    }
    return section
  }

  /// Where the axis starts of runs that go on from others; nil where that needs no word.
  static func origins(of runs: [ComparedRun], along alignment: Alignment) -> String? {
    let late = runs.filter { $0.firstIteration > 0 }
    if late.isEmpty || alignment == .iterations { return nil }
    let words = late.map { "\($0.label) at outer iteration \($0.firstIteration)" }.joined(separator: ", ")
    return "A run's \(alignment == .seconds ? "seconds" : "inner steps") count from its own start: \(words)."
  }

  private static func families(
    _ runs: [ComparedRun], _ subjects: [ComparisonSection.Subject], _ alignment: Alignment
  ) throws -> ComparisonSection? {
    let losses = try FamilyLosses(Outcome(Metric(parsing: "outer_loss"), of: runs, along: alignment))
    if losses.families.isEmpty { return nil }
    var section = ComparisonSection("Outer loss by task family", key: "task_families", kind: "run", subjects)
    section.quantities = losses.quantities()
    section.sentences = ["Means over the pairs in the last tenth of the way that all runs have gone."]
    return section
  }
}

/// Where the first of some runs parts from each other one.
package struct BitComparison: Sendable {
  /// Up to so many runs it is looked for where they part; of more it is only said whether.
  static let greatestCount = 4

  package let diffs: [RunDiff]
  /// The first run's id and those of the others, where the digests of all their records are the same.
  package let sameRecords: [Bool]
  private let labels: [String]

  /// Looks for the place where each parts from the first.
  init(locatingIn runs: [ComparedRun]) throws {
    labels = runs.map(\.label)
    diffs = try runs.dropFirst().map { try RunDiff(runs[0], $0) }
    sameRecords = diffs.map(\.isSame)
  }

  /// Compares digests of all records only.
  init(digestsOf runs: [ComparedRun]) throws {
    labels = runs.map(\.label)
    diffs = []
    sameRecords = try runs.dropFirst().map { try $0.hasSameRecords(as: runs[0]) }
  }

  package var isSame: Bool { sameRecords.allSatisfy { $0 } }

  package var sentences: [String] {
    if !diffs.isEmpty {
      return diffs.map { diff in
        guard let cause = diff.cause else { return diff.verdict + "." }
        var words = diff.verdict
        if let record = diff.record { words += " (\(record.place): \(record.values.words))" }
        if let checkpoint = diff.checkpoint, let tensor = checkpoint.firstTensor {
          words += "; first checkpoint that differs: \(checkpoint.iteration), \(tensor.name)"
        }
        return words + ". Cause: " + cause.words(diff.left, diff.right) + "."
      }
    }
    let same = sameRecords.filter { $0 }.count
    let others = "of the other \(counted(sameRecords.count, "run"))"
    let words = same == 0 ? "none \(others)" : "\(same) \(others)"
    return [
      "\(words) \(same > 1 ? "have" : "has") the same records as \(labels[0]), bit for bit; runs diff says where two of them part."
    ]
  }

  package var json: JSONValue {
    [
      "same": .bool(isSame), "same_as_first": .array(sameRecords.map { .bool($0) }),
      "diffs": .array(diffs.map(\.json)), "sentences": .array(sentences.map { .text($0) }),
    ]
  }
}

// What others know.
extension Comparison {
  /// Puts sentences below a section, by its key.
  package mutating func add(_ sentences: [String], to key: String) {
    guard let index = sections.firstIndex(where: { $0.key == key }) else { return }
    sections[index].sentences += sentences
  }

  /// The states at the moments up to which the runs are looked at, in the runs' order.
  package mutating func add(_ states: [ComparedState]) {
    precondition(states.count == runs.count, "\(states.count) states of \(runs.count) runs")
    let index = sections.firstIndex { $0.key == "task_families" } ?? sections.endIndex
    sections.insert(StateComparison(states).section(Self.subjects(runs)), at: index)
  }
}

// As documents.
extension Comparison {
  /// For people: sections in order of suspicion.
  package var presentation: Presentation {
    var parts = groups.isEmpty ? [header] : [groupHeader]
    for section in sections {
      parts.append(.init(section.heading, sentences: section.sentences, table: section.table))
    }
    parts.append(.init("Bits", sentences: bits.sentences))
    return Presentation(parts)
  }

  private var header: Presentation.Part {
    var table = Table(columns: [
      .init("run"), .init("id"), .init("recipe"), .init("seed", alignment: .right), .init("status"),
      .init("iterations", alignment: .right), .init("started"),
    ])
    for run in runs {
      table.append([
        .text(run.label), .text(run.id.text), run.fact("recipe_name")?.cell ?? .missing, .unsigned(run.seed),
        .text(run.status), .integer(run.lastIteration),
        run.run.events.first.map { .instant($0.secondsSince1970) } ?? .missing,
      ])
    }
    return .init(counted(runs.count, "run"), table: table)
  }

  private var groupHeader: Presentation.Part {
    var table = Table(columns: [
      .init("group"), .init("n", alignment: .right), .init("what it is", key: "words"), .init("seeds"), .init("runs"),
    ])
    for group in groups {
      table.append([
        .text(group.letter), .integer(group.count), .text(group.words), .seeds(group.seeds),
        .list(Self.few(group.runs.map(\.label))),
      ])
    }
    return .init("\(counted(runs.count, "run")) in \(counted(groups.count, "group"))", table: table)
  }

  /// The first of many names, and how many more there are.
  private static func few(_ names: [String]) -> [String] {
    names.count <= 4 ? names : names.prefix(3) + ["and \(names.count - 3) more"]
  }

  /// One line a value, so that any number of runs and quantities is one table.
  package var longTable: Table {
    var table = Table(columns: [
      .init("section"), .init("quantity"), .init("unit"), .init("subject"), .init("id"), .init("value"),
    ])
    for section in sections {
      for quantity in section.quantities {
        for (subject, value) in zip(section.subjects, quantity.values) {
          table.append([
            .text(section.key), .text(quantity.key), quantity.exactUnit.map { .text($0) } ?? .missing,
            .text(subject.heading), .text(subject.key), value.cell,
          ])
        }
      }
    }
    return table
  }

  package func json(made: Provenance? = nil) -> JSONValue {
    .object([
      .init("schema", "runs/compare/1"), .init("made_by", made?.json ?? .null), .init("runs", .array(runs.map(\.json))),
      .init(
        "groups",
        .array(
          groups.map { group in
            [
              "key": .text(group.letter), "words": .text(group.words),
              "runs": .array(group.runs.map { .text($0.id.text) }),
              "seeds": .array(group.seeds.map { .unsigned($0) }),
              "repetitions": .array(group.repetitions.map { .text($0.id.text) }),
            ]
          })),
      .init("sections", .object(keyed)), .init("bits", bits.json),
    ])
  }

  /// Sections by their keys; a second one of a key gets a number.
  private var keyed: [JSONValue.Member] {
    var counts: [String: Int] = [:]
    return sections.map { section in
      let count = (counts[section.key] ?? 0) + 1
      counts[section.key] = count
      return .init(count == 1 ? section.key : "\(section.key)_\(count)", section.json)
    }
  }
}
