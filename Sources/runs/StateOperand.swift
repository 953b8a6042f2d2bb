import Analysis
import Experiments
import Foundation
import RunSchema
import RunStore

/// States that a command line names: `ID@300`, `ID@best`, `ID` for its last, or the path of a checkpoint file.
enum StateOperand {
  /// Whether a text names a state rather than a run.
  static func isState(_ text: String) -> Bool { text.contains("@") || isFile(text) }

  private static func isFile(_ text: String) -> Bool { text.contains("/") || text.hasSuffix(".h5") }

  /// The stored state where there is one, else the newest before it, rolled forward bit by bit.
  static func state(_ text: String, in store: Store, threads: Int) throws -> ComparedState {
    if isFile(text), let state = try looseFile(text) { return state }
    let moment = try store.moment(try CheckpointReference(text))
    let run = try ComparedRun(moment.run.id, in: moment.store)
    if let stored = try ComparedState(run, storedAfter: moment.iteration) { return stored }
    let point = try Replay(moment.run, threads: threads).point(at: moment.iteration)
    return ComparedState(
      run, after: moment.iteration, label: "\(run.label)@\(moment.iteration)", point.state.arrays,
      source: MomentSource.words(point))
  }

  /// A checkpoint file that lies in no run, for example one that `export` wrote; nil for one of a run.
  private static func looseFile(_ path: String) throws -> ComparedState? {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().deletingLastPathComponent()
    if FileManager.default.fileExists(atPath: folder.appendingPathComponent("run.h5").path) { return nil }
    let arrays = try CheckpointFile.arrays(at: path)
    return ComparedState(
      nil, after: arrays.integer("outer_iteration") ?? 0, label: path.shown, arrays, source: "stored")
  }
}
