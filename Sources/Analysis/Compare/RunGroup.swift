internal import RunSchema

/// Runs that repeat one experiment with different seeds.
package struct RunGroup: Sendable {
  /// "A", "B" and so on.
  package let letter: String
  /// By seed, each seed once.
  package let runs: [ComparedRun]
  /// What tells the group from the others: its label, or the fields that differ.
  package let words: String
  /// Runs that repeat a seed of the group, and so say nothing new.
  package let repetitions: [ComparedRun]

  package var count: Int { runs.count }
  var seeds: [UInt64] { runs.map(\.seed) }
  var heading: String { letter }

  /// For a legend: the letter, the label where all have one, else the fields without the paths to them; and how many.
  var title: String {
    let names = Set(runs.map(\.labels.group))
    let label = names.count == 1 ? names.first.flatMap { $0 } : nil
    let words = words.split(separator: ", ").map { word in
      let parts = word.split(separator: " = ", maxSplits: 1)
      return parts.count == 2 ? "\(parts[0].split(separator: ".").last ?? parts[0]) = \(parts[1])" : String(word)
    }
    return "\(letter): \(label ?? words.joined(separator: ", ")) (\(counted(count, "run")))"
  }

  func run(seed: UInt64) -> ComparedRun? { runs.first { $0.seed == seed } }
}

extension RunGroup {
  /// Groups of runs that are the same in a field or in several, or in all but the seed where none is given; in the order in which their
  /// first runs were given.
  /// - Throws: AnalysisError for a field that no run has.
  package static func groups(of runs: [ComparedRun], by fields: String?) throws(AnalysisError) -> [RunGroup] {
    let fields = fields?.split(separator: ",").map(String.init)
    var members: [(key: String, runs: [ComparedRun])] = []
    for run in runs {
      let key =
        try fields.map { fields throws(AnalysisError) in try words(fields, of: run, among: runs) } ?? run.settingKey
      if let index = members.firstIndex(where: { $0.key == key }) {
        members[index].runs.append(run)
      } else {
        members.append((key, [run]))
      }
    }
    return members.enumerated().map { index, member in
      var (kept, repeated): ([ComparedRun], [ComparedRun]) = ([], [])
      // The longest of a seed stands for it.
      for run in member.runs.sorted(by: { ($0.seed, $1.lastIteration) < ($1.seed, $0.lastIteration) }) {
        if kept.last?.seed == run.seed { repeated.append(run) } else { kept.append(run) }
      }
      let words = fields == nil ? words(of: member.runs, among: runs) : member.key
      return RunGroup(letter: letter(index), runs: kept, words: words, repetitions: repeated)
    }
  }

  /// Whether runs are grouped when nobody asks: more than two, and of some setting more than one seed.
  package static func isCalledFor(by runs: [ComparedRun]) -> Bool {
    guard runs.count > 2 else { return false }
    return Dictionary(grouping: runs, by: \.settingKey).values.contains { Set($0.map(\.seed)).count > 1 }
  }

  private static func words(
    _ fields: [String], of run: ComparedRun, among runs: [ComparedRun]
  ) throws(AnalysisError) -> String {
    var words: [String] = []
    for field in fields { words.append("\(field) = \(try value(of: field, in: run, among: runs))") }
    return words.joined(separator: ", ")
  }

  private static func value(
    of field: String, in run: ComparedRun, among runs: [ComparedRun]
  ) throws(AnalysisError) -> String {
    switch field {
    case "group": return run.labels.group ?? "(not set)"
    case "name": return run.labels.name ?? "(not set)"
    case "tag", "tags": return run.labels.tags.sorted().joined(separator: ",")
    case "status": return run.status
    default: break
    }
    // As lists of runs name it.
    let field = field == "recipe" ? "recipe_name" : field
    guard runs.contains(where: { $0.fact(field) != nil }) else {
      let known = runs[0].facts.map(\.key) + ["group", "name", "tags", "status"]
      throw AnalysisError(
        .usage, doing: "grouping by \(field)",
        problem: "no run has such a field\(suggestion(for: field, among: known))",
        advice: "there are " + known.joined(separator: ", "))
    }
    let cell = run.fact(field)?.cell ?? .missing
    return cell.isMissing ? "(not set)" : cell.exact
  }

  /// A label that all share, or up to three fields of the recipe that differ among all runs, with the group's values.
  private static func words(of group: [ComparedRun], among runs: [ComparedRun]) -> String {
    let differing = Differences.keys(of: .recipe, in: runs).filter { key in
      group[0].fact(key)?.changesNoBit != true && !Differences.isSame(key, in: runs)
    }
    let fields = differing.prefix(3).map { key in
      let cell = group[0].fact(key)?.cell ?? .missing
      return "\(key) = \(cell.isMissing ? "(not set)" : cell.exact)"
    }
    let label = group[0].labels.group.flatMap { label in
      group.allSatisfy { $0.labels.group == label } && runs.contains { $0.labels.group != label } ? label : nil
    }
    let more = differing.count > 3 ? ["and \(differing.count - 3) more"] : []
    let words = ([label].compactMap { $0 } + fields + more).joined(separator: ", ")
    return words.isEmpty ? group[0].fact("recipe_name")?.cell.rounded ?? "" : words
  }

  /// A to Z, then A2 to Z2 and so on.
  private static func letter(_ index: Int) -> String {
    let letter = String(UnicodeScalar(UInt8(65 + index % 26)))
    return index < 26 ? letter : letter + String(index / 26 + 1)
  }
}
