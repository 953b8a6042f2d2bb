import Foundation
import RunSchema
import RunStore

/// From the start of a process to its first committed outer update: `runs train --iterations 1`, the default recipe.
struct StartBench {
  let repeats: Int
  let threads: Int
  let folder: ScratchFolder

  func run() throws -> [BenchFigure] {
    guard let program = Environment.executablePath else { return [] }
    var updates: [Double] = []
    var ends: [Double] = []
    var memory: [Double] = []
    for index in 0..<repeats {
      let store = Store(at: "\(folder.path)/start-\(index)")
      let (start, clock) = (Environment.now(), Environment.clock())
      try train(program, store.path)
      ends.append(Environment.clock() - clock)
      guard let run = try store.ids().first.map({ try store.run($0) }),
        case .float64(let finished) = try run.column("observed", "finished_at"),
        case .int64(let peak) = try run.column("observed", "peak_memory")
      else { throw failure("it left no record") }
      updates.append(finished[0] - start)
      memory.append(Double(peak[0]))
    }
    return [
      BenchFigure("start", "process start to the first outer update", updates, unit: "s", isRate: false),
      BenchFigure(
        "start", "process start to the end of runs train --iterations 1", ends, unit: "s", isRate: false),
      BenchFigure("start", "peak memory at the first outer update", memory, unit: "bytes", isRate: false),
    ]
  }

  private func train(_ program: String, _ store: String) throws(ExperimentError) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = ["train", "--iterations", "1", "--store", store, "--threads", String(threads), "--quiet"]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    do {
      try process.run()
    } catch {
      throw failure(error.localizedDescription)
    }
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw failure("it ended with the code \(process.terminationStatus)") }
  }

  private func failure(_ problem: String) -> ExperimentError {
    ExperimentError(.ioFailed, doing: "running runs train for the bench", problem: problem)
  }
}
