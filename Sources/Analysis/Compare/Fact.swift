internal import RunSchema
internal import RunStore

/// One thing that is known of a run before its first iteration, and could be why it came out otherwise than another.
package struct Fact: Equatable, Sendable {
  /// Where to look first, in order of suspicion.
  package enum Section: String, CaseIterable, Sendable {
    case recipe, seed, start, code, numerics, compiler, machine
  }

  package let section: Section
  /// As `--set` and `--group-by` name it: "estimator.pairs", "seed".
  package let key: String
  package let cell: Cell
  /// The dataset of run.h5 that holds it, below run/identity unless it starts with a slash.
  package let dataset: String
  /// How it is read there.
  package var formula = "the value"

  /// Where it comes from, in a run or in several.
  func source(_ runs: [ComparedRun], formula: String? = nil, parts: [Source.Part] = []) -> Source {
    Source(
      runs: runs.map(\.id.text),
      dataset: dataset.hasPrefix("/") ? String(dataset.dropFirst()) : "run/identity/\(dataset)",
      formula: formula ?? self.formula, parts: parts)
  }

  /// Whether it can change no bit by its own meaning: how long a run is planned to be, how often its state is kept, words.
  package var changesNoBit: Bool {
    switch section {
    case .recipe: ["recipe_name", "summary", "iterations", "checkpoint_every"].contains(key)
    case .seed, .start, .numerics: false
    case .code, .compiler, .machine: true
    }
  }

  package static func == (left: Fact, right: Fact) -> Bool {
    left.section == right.section && left.key == right.key && left.cell.json.compact == right.cell.json.compact
  }
}

extension Fact {
  /// All facts of a run, in order of suspicion.
  /// - Throws: AnalysisError where the identity does not hold a readable recipe.
  static func all(of run: Run) throws -> [Fact] {
    try recipe(of: run) + others(of: run)
  }

  private static func recipe(of run: Run) throws -> [Fact] {
    let dataset = IdentityNames.recipeResolved
    guard case .text(let texts)? = run.identity[dataset]?.values, texts.count == 1 else {
      throw AnalysisError(
        .malformed, doing: "reading run \(run.id)", problem: "its identity has no \(dataset)",
        advice: "only runs of meta-training can be compared")
    }
    do {
      return RecipeFields(try JSONParser.parse(texts[0])).fields.map {
        Fact(
          section: .recipe, key: $0.path, cell: $0.cell, dataset: dataset,
          formula: "field \($0.path) of the JSON document")
      }
    } catch let failure {
      throw AnalysisError(.malformed, doing: "reading \(dataset) of run \(run.id)", problem: failure.description)
    }
  }

  private static func others(of run: Run) -> [Fact] {
    let identity = run.identity
    func fact(_ section: Section, _ key: String, _ dataset: String) -> Fact {
      Fact(section: section, key: key, cell: identity[dataset].map(Cell.init(fact:)) ?? .missing, dataset: dataset)
    }
    func digest(_ key: String, of group: String) -> Fact {
      let arrays = identity.arrays.filter { $0.name.hasPrefix(group + "/") }
      let cell = arrays.isEmpty ? Cell.missing : .text(NamedArrays(arrays).digest.hex)
      return Fact(
        section: .start, key: key, cell: cell, dataset: group,
        formula: "SHA-256 of the arrays: names, types, shapes and bytes (Docs/file-format.md)")
    }
    let parent = run.description.lineage.map { "\($0.run)@\($0.iteration)" }
    return [
      fact(.recipe, "recipe_name", IdentityNames.recipeName),
      fact(.seed, "seed", IdentityNames.seed),
      fact(.start, "first_iteration", IdentityNames.firstIteration),
      fact(.start, "relation", IdentityNames.relation),
      fact(.start, "generation", IdentityNames.generation),
      Fact(
        section: .start, key: "parent", cell: parent.isEmpty ? .missing : .text(parent.joined(separator: ", ")),
        dataset: "/run/lineage", formula: "run@iteration"),
      digest("theta_0", of: IdentityNames.initialTheta),
      digest("frozen_theta", of: IdentityNames.frozenTheta),
      fact(.start, "best_losses", IdentityNames.bestLosses),
      fact(.code, "version", IdentityNames.programVersion),
      fact(.code, "revision", IdentityNames.codeRevision),
      Fact(
        section: .code, key: "modified", cell: modified(identity[IdentityNames.codeModified]),
        dataset: IdentityNames.codeModified, formula: "no for 0, yes for 1"),
      fact(.code, "difference_sha256", IdentityNames.codeDifference),
      Fact(
        section: .code, key: "changed_files", cell: lines(identity[IdentityNames.codeChangedFiles]),
        dataset: IdentityNames.codeChangedFiles),
      fact(.code, "executable_sha256", IdentityNames.executable),
      fact(.numerics, "numerics_version", IdentityNames.numericsVersion),
      fact(.numerics, "randomness", IdentityNames.randomnessAlgorithm),
      fact(.compiler, "compiler", IdentityNames.compiler),
      fact(.compiler, "hdf5", IdentityNames.hdf5),
      fact(.machine, "cpu", IdentityNames.cpu),
      fact(.machine, "cpu_count", IdentityNames.cpuCount),
      fact(.machine, "system", IdentityNames.system),
      fact(.machine, "host", IdentityNames.host),
    ]
  }

  /// A text of lines as a list; missing where there is none.
  private static func lines(_ array: NamedArray?) -> Cell {
    guard case .text(let texts)? = array?.values, let text = texts.first, !text.isEmpty else { return .missing }
    return .list(text.split(separator: "\n").map(String.init))
  }

  private static func modified(_ array: NamedArray?) -> Cell {
    guard case .uint8(let values)? = array?.values, values.count == 1 else { return .missing }
    return switch values[0] {
    case 0: .text("no")
    case 1: .text("yes")
    default: .text("unknown")
    }
  }
}

extension Cell {
  /// A small array of an identity: a single value as it is, several in brackets, an empty text as missing.
  fileprivate init(fact array: NamedArray) {
    let values = array.values
    switch values {
    case .text(let texts) where texts.count == 1: self = texts[0].isEmpty ? .missing : .text(texts[0])
    case .text(let texts): self = .list(texts)
    case .uint64(let numbers) where numbers.count == 1: self = .unsigned(numbers[0])
    // Counts whose relative change means nothing.
    case .int64(let numbers) where numbers.count == 1 && numbers[0] >= 0: self = .unsigned(UInt64(numbers[0]))
    case .float64(let numbers) where numbers.count == 1: self = .number(numbers[0], digits: 17)
    default: self = .numbers(values.doubles ?? [])
    }
  }
}
