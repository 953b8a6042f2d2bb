import Foundation
import RunSchema
import RunStore

/// What the store takes of a run's time: the default recipe's state and records, with iterations kept short.
struct StoreBench {
  /// The iteration against which the store's time is held, in seconds.
  private static let iterationSeconds = 0.05

  let iterations: Int
  let threads: Int
  let folder: ScratchFolder

  func run() throws -> [BenchFigure] {
    let recipe = try Recipe(
      """
      learned_optimizer: {kind: hierarchical}
      tasks: [{family: digits_mlp, hidden: [16], batch_size: 32}]
      estimator: {kind: persistent_es, truncation: {kind: constant, steps: 2}, horizon: {kind: constant, steps: 100}, pairs: 8}
      outer_loss: {split: train}
      iterations: \(iterations)
      checkpoint_every: 50
      """, name: "bench")
    let store = Store(at: folder.path + "/store")
    let session = try Session.new(recipe, seed: 0, in: store, RunSettings(threads: threads))
    let start = Environment.cpuClock()
    guard try session.train(until: iterations, observe: { _ in }) != nil else { return [] }
    let cpu = Environment.cpuClock() - start
    let run = try store.run(session.id)
    guard case .float64(let stored) = try run.column("observed", "storing_seconds"),
      case .float64(let computed) = try run.column("observed", "cpu_seconds")
    else { return [] }
    // What the background takes, it takes while an iteration's CPU time is counted.
    let cpuMean = (cpu - computed.reduce(0, +) + session.backgroundCPUSeconds) / Double(iterations)
    // Each row has the time of the record before it; the first one has none.
    let seconds = Array(stored.dropFirst())
    let mean = seconds.reduce(0, +) / Double(max(seconds.count, 1))
    return [
      BenchFigure("store", "commit of a record, median", seconds, unit: "s", isRate: false),
      BenchFigure(
        "store", "commit, checkpoint each 50 and publication, mean an iteration", [mean], unit: "s", isRate: false),
      BenchFigure(
        "store", "the same and the run's end, CPU time, mean an iteration", [cpuMean], unit: "s", isRate: false),
      BenchFigure(
        "store", "the store's share of an iteration of 50 ms", [100 * mean / (mean + Self.iterationSeconds)],
        unit: "%", isRate: false),
      BenchFigure(
        "store", "the same, of CPU time on one core", [100 * cpuMean / (cpuMean + Self.iterationSeconds)], unit: "%",
        isRate: false),
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
