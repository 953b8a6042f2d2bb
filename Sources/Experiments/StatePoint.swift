import Foundation
package import OuterTraining
package import RunStore

/// A moment of a run: its whole state after an outer iteration.
package struct StatePoint: Sendable {
  package let run: RunID
  package let experiment: Experiment
  package let state: RunState
  /// The number of the run's own records then: what its checkpoints are numbered by.
  package let position: Int
  /// Generations of self-training of the run.
  package let generation: Int

  /// As people write it.
  package var name: String { "\(run)@\(state.outerIteration)" }

  package var lineage: Lineage {
    Lineage(run: run.text, iteration: position, contents: state.arrays.digest)
  }
}

/// What people write for a moment of a run: `ID`, `ID@300`, `ID@best`, or the path of a checkpoint file in a run's folder.
package enum CheckpointReference: Equatable, Sendable {
  package enum Moment: Equatable, Sendable {
    case last
    case iteration(Int)
    /// Where the smoothed outer loss is lowest.
    case best
  }

  case run(String, Moment)
  case file(String)

  package init(_ text: String) throws(ExperimentError) {
    if text.hasSuffix(".h5") || text.contains("/") {
      self = .file(text)
      return
    }
    let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2 else {
      self = .run(text, .last)
      return
    }
    if parts[1] == "best" {
      self = .run(parts[0], .best)
    } else if let iteration = Int(parts[1]), iteration >= 0 {
      self = .run(parts[0], .iteration(iteration))
    } else {
      throw ExperimentError(
        .usage, doing: "reading \(text)", problem: "what stands behind @ is neither an outer iteration nor best",
        advice: "write \(parts[0])@300, \(parts[0])@best, or \(parts[0]) for its last iteration")
    }
  }
}

extension Store {
  /// The moment that a reference means: the newest checkpoint at or before it, rolled forward bit by bit.
  package func statePoint(_ reference: CheckpointReference, threads: Int) throws -> StatePoint {
    switch reference {
    case .file(let path):
      return try Self.statePoint(file: path, threads: threads)
    case .run(let name, let moment):
      let replay = try Replay(run(resolve(name)), threads: threads)
      switch moment {
      case .last: return try replay.point(at: replay.lastIteration)
      case .iteration(let iteration): return try replay.point(at: iteration)
      case .best: return try replay.point(at: replay.bestIteration())
      }
    }
  }

  /// The moment in a checkpoint file, which lies in STORE/ID/checkpoints: without its run a state has no meaning.
  private static func statePoint(file path: String, threads: Int) throws -> StatePoint {
    let file = URL(fileURLWithPath: path)
    let folder = file.deletingLastPathComponent().deletingLastPathComponent()
    guard FileManager.default.fileExists(atPath: path) else {
      throw ExperimentError(.notFound, doing: "reading \(path)", problem: "there is no such file")
    }
    let store = Store(at: folder.deletingLastPathComponent().path)
    guard let id = RunID(folder.lastPathComponent), let position = Int(file.deletingPathExtension().lastPathComponent),
      FileManager.default.fileExists(atPath: folder.appendingPathComponent("run.h5").path)
    else {
      throw ExperimentError(
        .usage, doing: "reading \(path)", problem: "it does not lie in a run's folder of checkpoints",
        advice: "give STORE/ID/checkpoints/NUMBER.h5, or ID@ITERATION")
    }
    let replay = try Replay(store.run(id), threads: threads)
    return try replay.point(at: replay.firstIteration + position)
  }
}
