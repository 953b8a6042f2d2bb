import Numerics
import OuterTraining
import RunSchema
package import RunStore

/// Where a run's start comes from, if not from its recipe alone.
package struct Origin: Sendable {
  package enum Relation: String, Sendable {
    /// Goes on from a checkpoint of the parent.
    case fork
    /// A checkpoint's theta, frozen, is the outer optimizer.
    case selfTrain = "self-train"
  }

  package let relation: Relation
  package let parent: Lineage
  /// Generations of self-training before this run: 0 for a run with a hand-designed outer optimizer.
  package let generation: Int

  package init(relation: Relation, parent: Lineage, generation: Int) {
    self.relation = relation
    self.parent = parent
    self.generation = generation
  }
}

/// Who a run is, as the store keeps it: written once at its start, and enough to go on with it.
enum Identity {
  static func description(
    of experiment: Experiment, firstIteration: Int, origin: Origin?, durability: Durability, code: CodeFacts
  ) throws -> RunDescription {
    var arrays = NamedArrays()
    appendRecipe(of: experiment, to: &arrays)
    append(try experiment.dataSets(), to: &arrays)
    arrays.append(
      .scalar(
        IdentityNames.firstIteration, .int64([Int64(firstIteration)]),
        summary: "outer iterations done before the first record: above 0 for a fork"))
    arrays.append(.text(IdentityNames.relation, origin?.relation.rawValue ?? "", summary: "how the parent counts"))
    arrays.append(
      .scalar(
        IdentityNames.generation, .int64([Int64(origin?.generation ?? 0)]), summary: "generations of self-training"))
    append(code, to: &arrays)
    arrays.append(experiment.initialTheta, under: IdentityNames.initialTheta)
    if let frozen = experiment.frozenTheta { arrays.append(frozen, under: IdentityNames.frozenTheta) }
    return RunDescription(
      format: SchemaVersion.name, formatVersion: SchemaVersion.current, identity: arrays,
      tables: RecordTables.all(pairs: experiment.problem.pairs), durability: durability,
      lineage: origin.map { [$0.parent] } ?? [])
  }

  private static func appendRecipe(of experiment: Experiment, to arrays: inout NamedArrays) {
    let recipe = experiment.recipe
    arrays.append(.text(IdentityNames.recipeName, recipe.name, summary: "the recipe's name"))
    arrays.append(.text(IdentityNames.recipeGiven, recipe.given, summary: "the recipe as given, YAML"))
    arrays.append(
      .text(
        IdentityNames.recipeOverrides,
        recipe.overrides.map { "\($0.path.joined(separator: "."))=\($0.value)" }.joined(separator: "\n"),
        summary: "fields changed on the command line, one a line"))
    arrays.append(
      .text(IdentityNames.recipeResolved, recipe.resolved.pretty, summary: "all fields with their values, JSON"))
    arrays.append(.scalar(IdentityNames.seed, .uint64([experiment.seed]), summary: "the key of all randomness"))
    arrays.append(
      .text(
        IdentityNames.randomnessAlgorithm, "Philox4x32-10",
        summary: "counter = (index, particle, outer iteration, purpose), key = seed"))
    arrays.append(.text(IdentityNames.numericsVersion, NumericsVersion.current, summary: "what fixes every bit"))
    let families = experiment.familyNames
    arrays.append(
      NamedArray(IdentityNames.taskFamilies, shape: [families.count], .text(families), summary: "families by index"))
    if !experiment.stepWork.isEmpty {
      arrays.append(
        NamedArray(
          IdentityNames.stepWork, shape: [families.count], .float64(experiment.stepWork),
          unit: "floating-point operations",
          summary: "counted for an inner step on each family's tasks: the mean of its first \(StepWork.draws) draws"))
    }
    append(experiment.calibrations, of: recipe.tasks, to: &arrays)
  }

  private static func append(_ dataSets: [(name: String, digest: String)], to arrays: inout NamedArrays) {
    guard !dataSets.isEmpty else { return }
    arrays.append(
      NamedArray(
        IdentityNames.dataSets, shape: [dataSets.count], .text(dataSets.map(\.name)),
        summary: "the data sets that tasks draw from"))
    arrays.append(
      NamedArray(
        IdentityNames.dataDigests, shape: [dataSets.count], .text(dataSets.map(\.digest)),
        summary: "what identifies the content of each"))
  }

  private static func append(_ code: CodeFacts, to arrays: inout NamedArrays) {
    arrays.append(.text(IdentityNames.programVersion, ProgramVersion.current, summary: "version of runs"))
    arrays.append(.text(IdentityNames.codeRevision, code.revision, summary: "commit of the sources"))
    arrays.append(
      .scalar(
        IdentityNames.codeModified, .uint8([code.modified]),
        summary: "1 where the sources differed from the commit, 0 where not, 2 where it is not known"))
    arrays.append(.text(IdentityNames.codeDifference, code.differenceSHA256, summary: "SHA-256 of that difference"))
    arrays.append(
      .text(
        IdentityNames.codeChangedFiles, code.changedFiles.joined(separator: "\n"),
        summary: "files that differed, one a line"))
    arrays.append(.text(IdentityNames.executable, code.executableSHA256, summary: "SHA-256 of the program"))
    arrays.append(.text(IdentityNames.compiler, Environment.compiler, summary: "compiler of this build"))
    arrays.append(.text(IdentityNames.hdf5, Environment.hdf5Version, summary: "version of libhdf5"))
    arrays.append(.text(IdentityNames.cpu, Environment.cpuName, summary: "CPU of the machine"))
    arrays.append(
      .scalar(IdentityNames.cpuCount, .int64([Int64(Environment.cpuCount)]), summary: "CPUs the process may use"))
    arrays.append(.text(IdentityNames.system, Environment.system, summary: "operating system"))
    arrays.append(.text(IdentityNames.host, Environment.host, summary: "name of the host"))
  }
}

/// Reads what identities hold.
package struct IdentityReader {
  let arrays: NamedArrays
  private let run: String
  /// Where its data sets are.
  private let store: Store

  package init(_ arrays: NamedArrays, of run: String, in store: Store) {
    self.arrays = arrays
    self.run = run
    self.store = store
  }

  /// The experiment that a run is.
  /// - Throws: where this build has another numerics version, or a data set is gone or another, code `.unfit`: it cannot
  ///   give the recorded bits.
  package func experiment() throws -> Experiment {
    let version = try text(IdentityNames.numericsVersion)
    guard version == NumericsVersion.current else {
      throw ExperimentError(
        .unfit, doing: "reading run \(run)",
        problem: "it was computed with numerics version \(version), this build has \(NumericsVersion.current)",
        advice: "go on with other bits as a new run: runs fork \(run) --theta-only")
    }
    let recipe = try recipe()
    var reader = ArrayReader(arrays)
    do {
      let learned = recipe.learnedOptimizer.optimizer
      var frozen: Tensors?
      if case .learned(let outer) = recipe.outerOptimizer.rule {
        frozen = try reader.tensors(IdentityNames.frozenTheta, like: outer.optimizer.thetaLayout)
      }
      return try Experiment(
        recipe: recipe, seed: try seed(), calibrations: try calibrations(of: recipe.tasks),
        stepWork: try stepWork(of: recipe),
        data: DataShelf(store, recorded: .init(run: run, digests: try dataDigests())), frozenTheta: frozen,
        initialTheta: try reader.tensors(IdentityNames.initialTheta, like: learned.thetaLayout))
    } catch let error as StateError {
      throw damaged(error.array, error.expected, error.found)
    }
  }

  /// The recipe that was resolved when the run began, under its own name.
  package func recipe() throws -> Recipe {
    try Recipe(
      try text(IdentityNames.recipeResolved), name: try text(IdentityNames.recipeName), file: "recipe of run \(run)")
  }

  package func seed() throws -> UInt64 {
    guard case .uint64(let values)? = arrays[IdentityNames.seed]?.values, values.count == 1 else {
      throw damaged(IdentityNames.seed, "a 64-bit number", "none")
    }
    return values[0]
  }

  /// One a task entry; empty of runs that were made before it was counted, whose weights are shares of draws.
  private func stepWork(of recipe: Recipe) throws -> [Double] {
    let array = arrays[IdentityNames.stepWork]
    if array == nil, recipe.tasks.count == 1 || recipe.share == .draws { return [] }
    guard case .float64(let work)? = array?.values, work.count == recipe.tasks.count,
      work.allSatisfy({ $0.isFinite && $0 > 0 })
    else { throw damaged(IdentityNames.stepWork, "\(recipe.tasks.count) numbers above 0", "something else") }
    return work
  }

  package func firstIteration() throws -> Int { try integer(IdentityNames.firstIteration) }

  package func generation() throws -> Int { try integer(IdentityNames.generation) }

  package func text(_ name: String) throws -> String {
    guard case .text(let values)? = arrays[name]?.values, values.count == 1 else {
      throw damaged(name, "a text", "none")
    }
    return values[0]
  }

  private func integer(_ name: String) throws -> Int {
    guard case .int64(let values)? = arrays[name]?.values, values.count == 1 else {
      throw damaged(name, "a 64-bit integer", "none")
    }
    return Int(values[0])
  }

  /// By name; none of runs that were made before they were recorded, which drew from what comes with the program.
  func dataDigests() throws -> [String: String] {
    guard arrays[IdentityNames.dataSets] != nil || arrays[IdentityNames.dataDigests] != nil else { return [:] }
    guard case .text(let names)? = arrays[IdentityNames.dataSets]?.values,
      case .text(let digests)? = arrays[IdentityNames.dataDigests]?.values, names.count == digests.count,
      Set(names).count == names.count
    else { throw damaged(IdentityNames.dataSets, "names of data sets, and a digest for each", "something else") }
    return Dictionary(uniqueKeysWithValues: zip(names, digests))
  }

  func damaged(_ array: String, _ expected: String, _ found: String) -> ExperimentError {
    ExperimentError(
      .malformed, doing: "reading the identity of run \(run)",
      problem: "\(array): expected \(expected), found \(found)", advice: "see runs doctor \(run)")
  }
}
