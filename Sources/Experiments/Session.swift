import Foundation
import Numerics
package import OuterTraining
package import RunSchema
package import RunStore
import Synchronization

/// A run in training: one loop for new runs, resumed ones, forks and generations.
///
/// Each iteration is a pure step, then a record, now and then a checkpoint. A record is committed while the next step is
/// computed, and shown when it is on the disk. The loop belongs to one thread; `interrupt` may come from any other.
package final class Session: Sendable {
  package let id: RunID
  package let experiment: Experiment
  /// Outer iterations done before the run's first record.
  package let firstIteration: Int
  package let threads: Int
  /// Outer iterations to reach.
  package let total: Int
  /// What the store found when it opened the run; nil for a new one.
  package let resumption: Resumption?

  private let progress: Mutex<Progress>

  /// Where the run stands. The writer and the state move together, so that an interruption seals what is committed.
  private struct Progress {
    let writer: RunWriter
    var state: RunState
    var isOver = false
    var storingSeconds = 0.0
    /// CPU time of the threads that committed.
    var storingCPUSeconds = 0.0
    /// Wall time that training waited for commits.
    var waitingSeconds = 0.0
    var innerSteps = 0
    /// Of the last iteration that was committed; NaN before the first.
    var outerLoss = Double.nan
  }

  /// A session that goes on from `state` with a writer whose position fits it.
  init(
    experiment: Experiment, firstIteration: Int, writer: sending RunWriter, state: RunState, threads: Int, isNew: Bool,
    total: Int? = nil, outerLoss: Double = .nan
  ) {
    id = writer.id
    self.experiment = experiment
    self.firstIteration = firstIteration
    self.threads = threads
    self.total = total ?? experiment.recipe.iterations
    resumption = isNew ? nil : writer.resumption
    progress = Mutex(Progress(writer: writer, state: state, outerLoss: outerLoss))
  }

  /// Outer iterations done.
  package var outerIteration: Int { progress.withLock { $0.state.outerIteration } }

  /// Outer iterations that the store holds records of; beyond `outerIteration` where some are to be computed again.
  package var recordedIteration: Int { progress.withLock { firstIteration + $0.writer.recordCount } }

  /// CPU time that other threads took to commit records and to make checkpoints; part of the iterations' CPU time.
  package var storingCPUSeconds: Double {
    progress.withLock { $0.storingCPUSeconds + $0.writer.backgroundCPUSeconds }
  }

  /// Wall time that training stood still for the store.
  package var waitingSeconds: Double { progress.withLock { $0.waitingSeconds } }

  /// Trains until `iterations` outer iterations are done, and ends the run.
  /// - Parameter observe: called after each iteration that is committed.
  /// - Returns: what the run came to; nil where it was interrupted.
  package func train(until iterations: Int, observe: (IterationRecord) -> Void) throws -> Outcome? {
    let start = Environment.clock()
    let executor = ThreadExecutor(threads: threads)
    var state = progress.withLock { $0.state }
    var inWork: (record: IterationRecord, commit: BackgroundWork<Bool>)?
    while state.outerIteration < iterations {
      let (wall, cpu) = (Environment.clock(), Environment.cpuClock())
      let (next, record) = experiment.problem.step(state, on: executor)
      let spent = (seconds: Environment.clock() - wall, cpuSeconds: Environment.cpuClock() - cpu)
      guard try end(inWork, observe) else { return nil }
      let isLast = next.outerIteration == iterations
      inWork = (record, BackgroundWork { try self.commit(record, next, spent, isLast: isLast) })
      state = next
      // Of a long iteration the wait is nothing, and who looks on shall not wait for the next one.
      if isLast || spent.seconds > 0.2 {
        guard try end(inWork, observe) else { return nil }
        inWork = nil
      }
    }
    return try progress.withLock { progress in
      guard !progress.isOver else { return nil }
      progress.isOver = true
      try progress.writer.finish(.finished)
      return Outcome(
        id: id, iterations: state.outerIteration, outerLoss: progress.outerLoss, thetaDigest: state.thetaDigest,
        stateDigest: state.arrays.digest, recordsDigest: progress.writer.recordsDigest,
        seconds: Environment.clock() - start, innerSteps: progress.innerSteps)
    }
  }

  /// Waits for a commit, and shows its record. False where the run was interrupted before it.
  private func end(
    _ inWork: (record: IterationRecord, commit: BackgroundWork<Bool>)?, _ observe: (IterationRecord) -> Void
  ) throws -> Bool {
    guard let (record, commit) = inWork else { return true }
    let start = Environment.clock()
    let isCommitted = try commit.value()
    let waited = Environment.clock() - start
    progress.withLock { $0.waitingSeconds += waited }
    if isCommitted { observe(record) }
    return isCommitted
  }

  /// Drops the iteration in work, makes a checkpoint of what is committed and seals the run.
  /// - Returns: outer iterations done; nil where the run has ended already.
  package func interrupt() throws -> Int? {
    try progress.withLock { progress in
      guard !progress.isOver else { return nil }
      progress.isOver = true
      if progress.writer.position > 0, progress.state.outerIteration == firstIteration + progress.writer.position {
        try progress.writer.checkpoint(at: progress.writer.position, progress.state.arrays)
      }
      try progress.writer.finish(.interrupted)
      return progress.state.outerIteration
    }
  }

  /// Commits an iteration. False where the run was interrupted meanwhile.
  private func commit(
    _ record: IterationRecord, _ next: RunState, _ spent: (seconds: Double, cpuSeconds: Double), isLast: Bool
  ) throws -> Bool {
    try progress.withLock { progress in
      guard !progress.isOver else { return false }
      let (start, startCPU) = (Environment.clock(), Environment.threadCPUClock())
      let observed = Observed(
        finishedAt: Environment.now(), seconds: spent.seconds, cpuSeconds: spent.cpuSeconds,
        storingSeconds: progress.storingSeconds, peakMemory: Environment.peakMemory(), threads: threads)
      let position = next.outerIteration - firstIteration
      do {
        try progress.writer.commit(Record(record, at: position, observed))
        progress.state = next
        progress.innerSteps += record.innerSteps
        progress.outerLoss = record.outerLoss
        if isLast || next.outerIteration % experiment.recipe.checkpointEvery == 0 {
          try progress.writer.checkpointInBackground(at: position, next.arrays)
        }
        try progress.writer.publishIfDue()
      } catch {
        progress.isOver = true
        throw error
      }
      progress.storingSeconds = Environment.clock() - start
      progress.storingCPUSeconds += Environment.threadCPUClock() - startCPU
      return true
    }
  }
}

/// What a run came to, as `train`, `resume`, `fork` and `self-train` print it.
package struct Outcome: Sendable {
  package let id: RunID
  package let iterations: Int
  package let outerLoss: Double
  package let thetaDigest: Digest
  package let stateDigest: Digest
  package let recordsDigest: Digest
  package let seconds: Double
  package let innerSteps: Int

  package var json: JSONValue {
    [
      "schema": "runs/outcome/1", "id": .text(id.text), "iterations": .integer(iterations), "status": "finished",
      "outer_loss": .number(outerLoss), "theta_sha256": .text(thetaDigest.hex),
      "state_sha256": .text(stateDigest.hex), "records_sha256": .text(recordsDigest.hex),
      "seconds": .number(seconds), "inner_steps": .integer(innerSteps),
    ]
  }
}

extension RunState {
  /// SHA-256 of theta's little-endian bytes, tensor after tensor.
  package var thetaDigest: Digest { theta.sha256 }
}

extension Tensors {
  /// SHA-256 of the values' little-endian bytes, tensor after tensor.
  var sha256: Digest {
    Digest.of(values.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) } })
  }
}
