import OuterTraining
import RunSchema
package import RunStore

/// A run computed again from its files alone: its state after any iteration, and whether all of it comes out the same.
package struct Replay {
  package let run: Run
  package let experiment: Experiment
  /// Outer iterations done before the first record, and with the last.
  package let firstIteration: Int
  package var lastIteration: Int { firstIteration + run.recordCount }
  private let executor: ThreadExecutor
  private let generation: Int

  package init(_ run: Run, threads: Int) throws {
    let identity = IdentityReader(run.identity, of: run.id.text, in: Store(at: run.storePath))
    self.run = run
    experiment = try identity.experiment()
    firstIteration = try identity.firstIteration()
    generation = try identity.generation()
    executor = ThreadExecutor(threads: threads)
  }

  /// The moment after an outer iteration.
  package func point(at iteration: Int) throws -> StatePoint {
    guard (firstIteration...lastIteration).contains(iteration) else {
      throw ExperimentError(
        .notFound, doing: "looking for \(run.id)@\(iteration)",
        problem: "the run has outer iterations \(firstIteration) to \(lastIteration)")
    }
    var state = try state(nearest: iteration)
    let origin = state.outerIteration
    while state.outerIteration < iteration { state = try advance(state) }
    return StatePoint(
      run: run.id, experiment: experiment, state: state, origin: origin, position: iteration - firstIteration,
      generation: generation)
  }

  /// The run computed again from its state after an outer iteration, whatever was recorded.
  package func recomputation(from iteration: Int) throws -> ReplayWalk {
    var walk = ReplayWalk(experiment: experiment, executor: executor, current: try state(nearest: iteration))
    while walk.iteration < iteration { _ = walk.advance() }
    return walk
  }

  /// The newest intact checkpoint at or before an iteration, or the start.
  func state(nearest iteration: Int) throws -> RunState {
    for entry in run.checkpoints.reversed() where firstIteration + entry.iteration <= iteration {
      do {
        return try state(in: entry)
      } catch let error as StoreError where error.code == .damaged {
        continue  // an earlier one will do
      }
    }
    guard firstIteration == 0 else {
      throw ExperimentError(
        .malformed, doing: "reading run \(run.id)", problem: "the state it was forked from is damaged",
        advice: "see runs doctor \(run.id)")
    }
    return experiment.initialState
  }

  func state(in entry: CheckpointEntry) throws -> RunState {
    try RunState(
      run.loadCheckpoint(entry), for: experiment.problem, of: "checkpoint \(entry.iteration) of run \(run.id)")
  }

  /// One iteration, which must come out as it was recorded.
  func advance(_ state: RunState) throws -> RunState {
    let (next, record) = experiment.problem.step(state, on: executor)
    let position = next.outerIteration - firstIteration
    guard let recorded = try run.records(position..<position + 1).first else { return next }
    if let difference = record.firstDifference(from: IterationRecord(recorded)) {
      throw ExperimentError(
        .checkFailed, doing: "computing outer iteration \(next.outerIteration) of run \(run.id) again",
        problem: difference, advice: "see runs diff, and runs show \(run.id) for the code it was recorded with")
    }
    return next
  }
}

/// A run on its way a second time: its state, and each record that comes out.
package struct ReplayWalk {
  fileprivate let experiment: Experiment
  fileprivate let executor: ThreadExecutor
  fileprivate var current: RunState

  /// Outer iterations done.
  package var iteration: Int { current.outerIteration }
  package var state: NamedArrays { current.arrays }

  /// Computes the next iteration.
  package mutating func advance() -> Record {
    let (next, record) = experiment.problem.step(current, on: executor)
    current = next
    return Record(record, at: next.outerIteration, .none)
  }
}

extension IterationRecord {
  /// The first quantity whose bits differ, with both values; nil where none does.
  func firstDifference(from recorded: IterationRecord) -> String? {
    let mine = Record(self, at: 1, .none)
    let theirs = Record(recorded, at: 1, .none)
    for (table, schema) in RecordTables.all(pairs: pairs.count).enumerated() where schema.isScientific {
      for (index, column) in schema.columns.enumerated() {
        let (now, then) = (mine.tables[table][index], theirs.tables[table][index])
        guard now != then else { continue }
        let row = (0..<now.count).first { (row: Int) -> Bool in now[row..<row + 1] != then[row..<row + 1] } ?? 0
        return
          "\(schema.name)/\(column.name), row \(row): recorded \(then.text(at: row)), computed \(now.text(at: row))"
      }
    }
    return nil
  }
}

extension Observed {
  /// Nothing seen.
  static let none = Observed(
    finishedAt: 0, seconds: 0, cpuSeconds: 0, storingSeconds: 0, peakMemory: 0, threads: 0)
}

extension ArrayValues {
  /// One value in words that read back as the same bits.
  func text(at index: Int) -> String {
    switch self {
    case .float32(let values): "\(values[index])"
    case .float64(let values): "\(values[index])"
    case .int32(let values): "\(values[index])"
    case .int64(let values): "\(values[index])"
    case .uint32(let values): "\(values[index])"
    case .uint64(let values): "\(values[index])"
    case .uint8(let values): "\(values[index])"
    case .text(let values): values[index]
    }
  }
}
