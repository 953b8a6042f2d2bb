import Foundation
import RunSchema
import RunStore

/// What the store takes of a run's time: the default recipe's state and records, with iterations of some 50 ms on two cores:
/// a truncation of 100 steps in place of 20.
struct StoreBench {
  let iterations: Int
  let threads: Int
  let folder: ScratchFolder

  func run() throws -> [BenchFigure] {
    let recipe = try Recipe(
      """
      learned_optimizer: {kind: hierarchical}
      tasks: [{family: digits_mlp, hidden: [16], batch_size: 32}]
      estimator: {kind: persistent_es, truncation: {kind: constant, steps: 100}, horizon: {kind: constant, steps: 1000}, pairs: 8}
      outer_loss: {split: train}
      iterations: \(iterations)
      checkpoint_every: 50
      """, name: "bench")
    let store = Store(at: folder.path + "/store")
    let session = try Session.new(recipe, seed: 0, in: store, RunSettings(threads: threads))
    let begin = (cpu: Environment.cpuClock(), wall: Environment.clock())
    var last = begin
    var (waited, storingCPU) = (0.0, 0.0)
    guard
      try session.train(
        until: iterations,
        observe: { _ in
          last = (Environment.cpuClock(), Environment.clock())
          (waited, storingCPU) = (session.waitingSeconds, session.storingCPUSeconds)
        }) != nil
    else { return [] }
    let end = Environment.clock() - last.wall
    let run = try store.run(session.id)
    guard case .float64(let stored) = try run.column("observed", "storing_seconds"),
      case .float64(let seconds) = try run.column("observed", "seconds")
    else { return [] }
    // Each row has the time of the record before it; the first one has none.
    let commits = Array(stored.dropFirst())
    let mean = commits.reduce(0, +) / Double(max(commits.count, 1))
    func figure(_ name: String, _ values: [Double], _ unit: String) -> BenchFigure {
      BenchFigure("store", name, values, unit: unit, isRate: false)
    }
    return [
      figure("outer iteration, median", seconds, "s"),
      figure("commit of a record, median", commits, "s"),
      figure("commits, checkpoints each 50 and publications, mean an iteration", [mean], "s"),
      figure("share of the run that training waits for the store", [100 * waited / (last.wall - begin.wall)], "%"),
      figure("the store's share of the run's CPU time", [100 * storingCPU / (last.cpu - begin.cpu)], "%"),
      figure("the run's end: last checkpoint, publication, seal", [end], "s"),
    ]
  }
}

/// A folder for what a bench writes, gone when it ends.
final class ScratchFolder {
  let path: String

  init() throws(ExperimentError) {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("runs-bench-\(UUID().uuidString)")
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw ExperimentError(.cannotCreate, doing: "making \(folder.path)", problem: error.localizedDescription)
    }
    path = folder.path
  }

  deinit {
    do {
      try FileManager.default.removeItem(atPath: path)
    } catch {
      // It lies among the system's temporary files, which the system removes.
    }
  }
}
