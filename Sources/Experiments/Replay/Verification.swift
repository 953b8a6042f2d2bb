import OuterTraining
package import RunStore

/// Which outer iterations of a run are computed again.
package enum VerificationScope: Equatable, Sendable {
  case all
  /// From one outer iteration to another, both included.
  case range(Int, Int)
  /// So many, spread evenly over the run.
  case sample(Int)
}

/// What a verification came to.
package struct VerificationReport: Sendable {
  /// Files whose checksums hold.
  package var filesChecked = 0
  package var iterationsRecomputed = 0
  package var checkpointsCompared = 0
  /// Iterations whose theta was rebuilt from records alone, and compared with checkpoints where there are any.
  package var thetaIterationsRebuilt = 0
  package var thetasCompared = 0
  /// What does not hold, in words; empty where all does.
  package var problems: [String] = []

  package var holds: Bool { problems.isEmpty }
}

extension Replay {
  /// Checks every checksum of the run's files, computes iterations again and compares every bit, and rebuilds theta's
  /// history from the records.
  /// - Parameter observe: called after each iteration with how many of how many are done.
  package func verify(
    _ scope: VerificationScope, in store: Store, observe: (Int, Int) -> Void
  ) throws -> VerificationReport {
    var report = VerificationReport()
    let integrity = try store.check(run.id)
    report.filesChecked = integrity.checked.count
    report.problems = integrity.problems.map(\.description)
    let ranges = try ranges(scope)
    let total = ranges.reduce(0) { $0 + $1.count }
    do {
      for range in ranges { try recompute(range, &report) { observe($0, total) } }
      if scope == .all { try rebuildTheta(&report) }
    } catch let error as ExperimentError where error.code == .checkFailed {
      report.problems.append(error.description)
    } catch let error as StoreError where error.code == .damaged {
      report.problems.append(error.description)
    }
    return report
  }

  /// Outer iterations to compute, each range from a checkpoint or the start: (state's iteration + 1) ... last.
  private func ranges(_ scope: VerificationScope) throws -> [ClosedRange<Int>] {
    guard run.recordCount > 0 else { return [] }
    let everything = firstIteration + 1...lastIteration
    switch scope {
    case .all:
      return [everything]
    case .range(let from, let to):
      guard everything.contains(from), everything.contains(to), from <= to else {
        throw ExperimentError(
          .usage, doing: "verifying run \(run.id)", problem: "no outer iterations \(from) to \(to)",
          advice: "it has \(everything.lowerBound) to \(everything.upperBound)")
      }
      return [try start(before: from) + 1...to]
    case .sample(let count):
      let chosen = Set((0..<count).map { everything.lowerBound + (everything.count - 1) * $0 / max(1, count - 1) })
      // Those behind one checkpoint are one way: it is gone once, to the last of them.
      var ends: [Int: Int] = [:]
      for iteration in chosen { ends[try start(before: iteration), default: iteration].formMaximum(iteration) }
      return ends.sorted { $0.key < $1.key }.map { $0.key + 1...$0.value }
    }
  }

  private func start(before iteration: Int) throws -> Int { try state(nearest: iteration - 1).outerIteration }

  private func recompute(
    _ range: ClosedRange<Int>, _ report: inout VerificationReport, observe: (Int) -> Void
  ) throws {
    var state = range.lowerBound == firstIteration + 1 ? try start() : try state(nearest: range.lowerBound - 1)
    for iteration in range {
      state = try advance(state)
      report.iterationsRecomputed += 1
      observe(report.iterationsRecomputed)
      guard let entry = run.checkpoints.first(where: { firstIteration + $0.iteration == iteration }) else { continue }
      guard state.arrays.digest == entry.contents else {
        throw failure("checkpoint \(entry.name): the state computed again has other bits than the recorded one")
      }
      report.checkpointsCompared += 1
    }
  }

  /// The run's own start: drawn again for a run of its own, the first checkpoint of a fork.
  private func start() throws -> RunState { try state(nearest: firstIteration) }

  private func rebuildTheta(_ report: inout VerificationReport) throws {
    var history = ThetaHistory(experiment.problem, from: try start())
    for first in stride(from: 1, through: run.recordCount, by: 256) {
      for record in try run.records(first..<min(first + 256, run.recordCount + 1)) {
        history.advance(IterationRecord(record))
        report.thetaIterationsRebuilt += 1
        guard let entry = run.checkpoints.first(where: { $0.iteration == record.iteration }) else { continue }
        let recorded = try state(in: entry)
        guard history.theta == recorded.theta, history.outerOptimizer == recorded.outerOptimizer else {
          throw failure("checkpoint \(entry.name): theta rebuilt from the records has other bits than the recorded one")
        }
        report.thetasCompared += 1
      }
    }
  }

  private func failure(_ problem: String) -> ExperimentError {
    ExperimentError(.checkFailed, doing: "verifying run \(run.id)", problem: problem)
  }
}

extension Int {
  fileprivate mutating func formMaximum(_ other: Int) { self = Swift.max(self, other) }
}
