/// What differs in what runs are, before their first iteration: only what differs, and said aloud where nothing does.
enum Differences {
  /// A section for each kind of facts, in order of suspicion.
  static func sections(_ runs: [ComparedRun], _ subjects: [ComparisonSection.Subject]) -> [ComparisonSection] {
    Fact.Section.allCases.compactMap { kind in
      var section = ComparisonSection(kind.title, key: kind.rawValue, kind: "run", subjects)
      let differing = keys(of: kind, in: runs).filter { !isSame($0, in: runs) }
      section.quantities = differing.map { key in
        Quantity(
          key, key: key,
          runs.map { run in
            guard let fact = run.fact(key) else { return .missing }
            return Traced(fact.cell, fact.source([run]))
          })
      }
      section.isOfFacts = true
      if differing.isEmpty { section.sentences = ["(no difference)"] }
      // Theta_0 follows from the seed, and the executable from the sources: said once, where they are the news.
      return kind == .start && differing.allSatisfy { $0 == "theta_0" } ? nil : section
    }
  }

  /// The same for groups: what differs among all runs; a field that is not the same within a group "varies".
  static func sections(_ groups: [RunGroup], _ subjects: [ComparisonSection.Subject]) -> [ComparisonSection] {
    let runs = groups.flatMap(\.runs)
    return Fact.Section.allCases.compactMap { kind in
      var section = ComparisonSection(kind.title, key: kind.rawValue, kind: "group", subjects)
      let differing = keys(of: kind, in: runs).filter { !isSame($0, in: runs) }
      section.quantities = differing.map { key in
        Quantity(
          key, key: key,
          groups.map { group in
            guard let fact = group.runs[0].fact(key) else { return .missing }
            func parts() -> [Source.Part] {
              group.runs.map { .init(of: $0.id.text, rows: nil, value: $0.fact(key)?.cell ?? .missing) }
            }
            if kind == .seed { return Traced(.seeds(group.seeds), fact.source(group.runs, parts: parts())) }
            if !isSame(key, in: group.runs) {
              return Traced(
                .text("(varies)"), fact.source(group.runs, formula: "not the same in all runs", parts: parts()))
            }
            return Traced(fact.cell, fact.source(group.runs))
          })
      }
      section.isOfFacts = true
      if differing.isEmpty { section.sentences = ["(no difference)"] }
      return kind == .start && differing.allSatisfy { $0 == "theta_0" } ? nil : section
    }
  }

  static func keys(of section: Fact.Section, in runs: [ComparedRun]) -> [String] {
    var keys: [String] = []
    var known: Set<String> = []
    for run in runs {
      for fact in run.facts where fact.section == section && known.insert(fact.key).inserted { keys.append(fact.key) }
    }
    return keys
  }

  static func isSame(_ key: String, in runs: [ComparedRun]) -> Bool {
    let facts = runs.map { $0.fact(key) }
    return facts.allSatisfy { $0 == facts[0] }
  }
}

extension Fact.Section {
  var title: String {
    switch self {
    case .recipe: "Recipe"
    case .seed: "Seed"
    case .start: "Start"
    case .code: "Code"
    case .numerics: "Numerics"
    case .compiler: "Compiler and libraries"
    case .machine: "Machine"
    }
  }
}
