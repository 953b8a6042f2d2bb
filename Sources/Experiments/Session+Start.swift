package import OuterTraining
import RunSchema
package import RunStore

/// What a person may say of a new run besides its recipe: none of it changes a bit.
package struct RunSettings: Sendable {
  package var name: String?
  package var tags: [String]
  package var group: String?
  package var threads: Int
  package var durability: Durability
  /// Told how far the measuring of tasks is, before the run begins.
  package var measuring: MeasuringProgress

  package init(
    name: String? = nil, tags: [String] = [], group: String? = nil, threads: Int = Environment.cpuCount,
    durability: Durability = .each, measuring: @escaping MeasuringProgress = { _, _ in }
  ) {
    self.name = name
    self.tags = tags
    self.group = group
    self.threads = threads
    self.durability = durability
    self.measuring = measuring
  }
}

extension Session {
  /// A new run of a recipe.
  package static func new(
    _ recipe: Recipe, seed: UInt64, in store: Store, _ settings: RunSettings
  ) throws -> Session {
    // Calibration and the search for the code's facts take about as long, and do not need each other.
    let search = CodeFactsSearch()
    return try create(
      Experiment(
        recipe: recipe, seed: seed, data: DataShelf(store), measured: .earlierRuns(of: store),
        measuring: settings.measuring),
      from: nil, origin: nil, in: store, settings, code: search)
  }

  /// A run taken up where it stopped, however it stopped.
  /// - Parameter total: outer iterations to reach, if not those that were planned; noted for the next to take it up.
  package static func resume(_ id: RunID, in store: Store, threads: Int, total: Int?) throws -> Session {
    let run = try store.run(id)
    let reader = IdentityReader(run.identity, of: id.text, in: store)
    let (experiment, firstIteration) = (try reader.experiment(), try reader.firstIteration())
    let lastRecord = try run.lastRecord().map { IterationRecord($0) }
    let done = firstIteration + (run.checkpoints.last?.iteration ?? 0)
    if let total, total < done {
      throw ExperimentError(
        .usage, doing: "resuming run \(id)", problem: "it has \(done) outer iterations already",
        advice: "give --iterations above that")
    }
    let writer = try store.resume(id, note: total.map { ExtendedTotal.note($0) } ?? "")
    var state = experiment.initialState
    if let arrays = writer.resumption.state {
      state = try RunState(
        arrays, for: experiment.problem, of: "checkpoint \(writer.resumption.iteration) of run \(id)")
    }
    return Session(
      experiment: experiment, firstIteration: firstIteration, writer: writer, state: state, threads: threads,
      isNew: false, total: total ?? ExtendedTotal.last(in: run.events), outerLoss: lastRecord?.outerLoss ?? .nan)
  }

  /// A new run that goes on from a checkpoint's whole state, as its parent would, but for what the recipe changes.
  package static func fork(
    _ point: StatePoint, recipe: Recipe, seed: UInt64, in store: Store, _ settings: RunSettings
  ) throws -> Session {
    let experiment = try Experiment(
      recipe: recipe, seed: seed, data: DataShelf(store), measured: .of(point.experiment).or(.earlierRuns(of: store)),
      frozenTheta: point.experiment.frozenTheta, initialTheta: point.state.theta, measuring: settings.measuring)
    let state: RunState
    do {
      state = try RunState(point.state.arrays, for: experiment.problem)
    } catch {
      throw ExperimentError(
        .usage, doing: "forking \(point.name)",
        problem: "its state does not fit the changed recipe: \(error)",
        advice: "add --theta-only to begin anew with its theta, at outer iteration 0")
    }
    return try create(
      experiment, from: state, origin: Origin(relation: .fork, parent: point.lineage, generation: point.generation),
      in: store, settings)
  }

  /// A new run from outer iteration 0 that starts with a checkpoint's theta.
  package static func forkTheta(
    _ point: StatePoint, recipe: Recipe, seed: UInt64, in store: Store, _ settings: RunSettings
  ) throws -> Session {
    guard recipe.learnedOptimizer.optimizer.thetaLayout == point.state.theta.layout else {
      throw ExperimentError(
        .usage, doing: "forking \(point.name)", problem: "its theta is of another learned optimizer than the recipe's")
    }
    let experiment = try Experiment(
      recipe: recipe, seed: seed, data: DataShelf(store), measured: .of(point.experiment).or(.earlierRuns(of: store)),
      frozenTheta: point.experiment.frozenTheta, initialTheta: point.state.theta, measuring: settings.measuring)
    return try create(
      experiment, from: nil, origin: Origin(relation: .fork, parent: point.lineage, generation: point.generation),
      in: store, settings)
  }

  /// A new run whose outer optimizer is the frozen theta of a checkpoint.
  package static func generation(
    _ point: StatePoint, recipe: Recipe, seed: UInt64, in store: Store, _ settings: RunSettings
  ) throws -> Session {
    let experiment = try Experiment(
      recipe: recipe, seed: seed, data: DataShelf(store), measured: .of(point.experiment).or(.earlierRuns(of: store)),
      frozenTheta: point.state.theta, measuring: settings.measuring)
    let origin = Origin(relation: .selfTrain, parent: point.lineage, generation: point.generation + 1)
    return try create(experiment, from: nil, origin: origin, in: store, settings)
  }

  private static func create(
    _ experiment: Experiment, from start: RunState?, origin: Origin?, in store: Store, _ settings: RunSettings,
    code: CodeFactsSearch = CodeFactsSearch()
  ) throws -> Session {
    let state = start ?? experiment.initialState
    let description = try Identity.description(
      of: experiment, firstIteration: state.outerIteration, origin: origin, durability: settings.durability,
      code: code.facts())
    let writer = try store.create(description, name: settings.name, tags: settings.tags, group: settings.group)
    // A start that the recipe does not say is a checkpoint before the first record.
    if start != nil { try writer.checkpoint(at: 0, state.arrays) }
    return Session(
      experiment: experiment, firstIteration: state.outerIteration, writer: writer, state: state,
      threads: settings.threads, isNew: true)
  }
}

extension RunState {
  /// The state in a checkpoint's arrays; an error names where they come from.
  package init(_ arrays: NamedArrays, for problem: OuterProblem, of source: String) throws(ExperimentError) {
    do {
      try self.init(arrays, for: problem)
    } catch {
      throw ExperimentError(.malformed, doing: "reading \(source)", problem: error.description)
    }
  }
}
