import Numerics
import OuterTraining

/// What the machine can do at most: fused multiply-adds in registers, and a stream through memory.
struct MachineBench {
  private static let rounds = 200_000
  /// Floats an array of the triad and thread, 32 MiB: no cache of a few cores holds three of them a core.
  private static let streamCount = 1 << 23

  /// Measurements of all cores' peak at most.
  private static let attempts = 10

  let budget: BenchBudget
  let pool: ThreadPool

  func run() -> (peak: MachinePeak, figures: [BenchFigure]) {
    let operations = PeakProbe.multiplyAddOperations(rounds: Self.rounds)
    var last: Float = 1
    let one = Timing(budget) { last = PeakProbe.multiplyAdd(rounds: Self.rounds, seed: last) }
    let all = allCores(operations / one.wall.median)
    let peak = MachinePeak(
      oneCore: operations / one.wall.median, allCores: operations * Double(pool.threads) / all.wall.median,
      oneCoreOfCPU: operations / one.cpu.median)
    var figures = [
      BenchFigure("machine", "FMA, one core", one, count: operations * 1e-9, unit: "GFLOP/s"),
      BenchFigure(
        "machine", "FMA, one core, by CPU time", one.cpu.map { operations * 1e-9 / $0 }, unit: "GFLOP/s", isRate: true),
      BenchFigure(
        "machine", "FMA, all cores", all, count: operations * 1e-9 * Double(pool.threads), unit: "GFLOP/s"),
    ]
    figures += [streams(threads: 1, "one core"), streams(threads: pool.threads, "all cores")]
    return (peak, figures)
  }

  /// The FMA peak of all cores at once, measured again while it is far from that of as many single ones: a host may have two
  /// virtual CPUs share one core for some seconds.
  private func allCores(_ oneCore: Double) -> Timing {
    let work = PeakProbe.multiplyAddOperations(rounds: Self.rounds) * Double(pool.threads)
    var sums = Array(repeating: Float(1), count: pool.threads)
    func measure() -> Timing {
      Timing(budget) {
        let seeds = sums
        sums = pool.map(order: Array(seeds.indices)) { index, _ in
          PeakProbe.multiplyAdd(rounds: Self.rounds, seed: seeds[index])
        }
      }
    }
    var best = measure()
    for _ in 1..<Self.attempts where work / best.wall.median < 0.75 * Double(pool.threads) * oneCore {
      let next = measure()
      if next.wall.median < best.wall.median { best = next }
    }
    precondition(sums.allSatisfy(\.isFinite), "chains that tend to a fixed point left it")
    return best
  }

  private func streams(threads: Int, _ name: String) -> BenchFigure {
    let count = Self.streamCount
    let memory = UnsafeMutablePointer<Float>.allocate(capacity: 3 * count * threads)
    memory.initialize(repeating: 1, count: 3 * count * threads)
    defer { memory.deallocate() }
    // Each thread has a third of its own part for each array.
    nonisolated(unsafe) let parts = memory
    let timing = Timing(budget) {
      _ = pool.map(order: Array(0..<threads)) { index, _ in
        let part = parts + 3 * count * index
        PeakProbe.triad(part, part + count, part + 2 * count, count: count)
      }
    }
    let bytes = PeakProbe.triadBytes(count: count) * Double(threads)
    return BenchFigure("machine", "memory stream, \(name)", timing, count: bytes * 1e-9, unit: "GB/s")
  }
}
