import Foundation
package import OuterTraining
import RunSchema
package import RunStore

/// A moment of a run: its whole state after an outer iteration.
package struct StatePoint: Sendable {
  package let run: RunID
  package let experiment: Experiment
  package let state: RunState
  /// The outer iteration of the stored state it was computed from.
  package let origin: Int
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

/// A moment of a run before anything is computed: which run, and after which outer iteration.
package struct RunMoment: Sendable {
  package let store: Store
  package let run: Run
  package let iteration: Int
}

extension Store {
  /// The moment that a reference means.
  package func moment(_ reference: CheckpointReference) throws -> RunMoment {
    switch reference {
    case .file(let path): return try Self.moment(file: path)
    case .run(let name, let moment):
      let run = try run(resolve(name))
      let first = try IdentityReader(run.identity, of: run.id.text, in: self).firstIteration()
      let last = first + run.recordCount
      let iteration: Int =
        switch moment {
        case .last: last
        case .iteration(let iteration): iteration
        case .best: first + (try run.bestPosition())
        }
      guard (first...last).contains(iteration) else {
        throw ExperimentError(
          .notFound, doing: "looking for \(run.id)@\(iteration)",
          problem: "the run has outer iterations \(first) to \(last)")
      }
      return RunMoment(store: self, run: run, iteration: iteration)
    }
  }

  /// The moment that a reference means: the newest checkpoint at or before it, rolled forward bit by bit.
  package func statePoint(_ reference: CheckpointReference, threads: Int) throws -> StatePoint {
    let moment = try moment(reference)
    return try Replay(moment.run, threads: threads).point(at: moment.iteration)
  }

  /// The moment in a checkpoint file, which lies in STORE/ID/checkpoints: without its run a state has no meaning.
  private static func moment(file path: String) throws -> RunMoment {
    guard FileManager.default.fileExists(atPath: path) else {
      throw ExperimentError(.notFound, doing: "reading \(path)", problem: "there is no such file")
    }
    let file = URL(fileURLWithPath: path)
    let folder = file.deletingLastPathComponent().deletingLastPathComponent()
    let store = Store(at: folder.deletingLastPathComponent().path)
    guard let id = RunID(folder.lastPathComponent), let position = Int(file.deletingPathExtension().lastPathComponent),
      FileManager.default.fileExists(atPath: folder.appendingPathComponent("run.h5").path)
    else {
      throw ExperimentError(
        .usage, doing: "reading \(path)", problem: "it does not lie in a run's folder of checkpoints",
        advice: "give STORE/ID/checkpoints/NUMBER.h5, or ID@ITERATION")
    }
    let run = try store.run(id)
    let first = try IdentityReader(run.identity, of: id.text, in: store).firstIteration()
    return RunMoment(store: store, run: run, iteration: first + position)
  }
}

extension Run {
  /// The number of the record after which the outer loss, smoothed as an exponential moving average of decay 0.9, is
  /// lowest; 0 without records.
  fileprivate func bestPosition() throws -> Int {
    guard case .float64(let losses) = try column("records", "outer_loss") else { return 0 }
    return SmoothedLoss(losses).best?.count ?? 0
  }
}
