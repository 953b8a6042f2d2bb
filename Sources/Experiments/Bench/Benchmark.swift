import Foundation
import OuterTraining

/// How fast this build is on this machine, against what the machine can do: all subjects in one run.
package struct Benchmark: Sendable {
  /// True for about a minute, false for some minutes.
  package let isQuick: Bool
  package let threads: Int

  package init(isQuick: Bool, threads: Int) {
    self.isQuick = isQuick
    self.threads = threads
  }

  /// Measures everything.
  /// - Parameter observe: called with the name of what is measured next.
  package func run(observe: (String) -> Void) throws -> BenchReport {
    let start = Environment.clock()
    let load = Environment.loadAverage
    let short = BenchBudget(repeats: isQuick ? 5 : 9, seconds: isQuick ? 0.02 : 0.1)
    let long = BenchBudget(repeats: isQuick ? 5 : 7, seconds: isQuick ? 0.05 : 0.2)
    // First of all: a new process begins with its parent's peak of memory.
    observe("time to the first update")
    let folder = try ScratchFolder()
    let starts = try StartBench(repeats: isQuick ? 3 : 7, threads: threads, folder: folder).run()
    observe("the machine's peak")
    let (peak, machine) = MachineBench(budget: short, pool: ThreadPool(threads: threads)).run()
    observe("the store")
    let store = try StoreBench(iterations: isQuick ? 101 : 501, threads: threads, folder: folder).run()
    observe("tasks")
    let tasks = try TaskBench(budget: short, peak: peak).run()
    let iterations = try IterationBench(budget: long, peak: peak, threads: threads).run(
      isQuick: isQuick, observe: observe)
    var growth: [BenchFigure] = []
    if !isQuick {
      observe("growth")
      growth = try GrowthBench(budget: short, threads: threads).run()
    }
    observe("updates")
    let sizes = isQuick ? [10_000, 1_000_000] : [1_000, 10_000, 1_000_000, 10_000_000]
    let updates = UpdateBench(budget: BenchBudget(repeats: short.repeats, seconds: 0.02), peak: peak, sizes: sizes)
      .run()
    return BenchReport(
      isQuick: isQuick, threads: threads, load: load, seconds: Environment.clock() - start,
      figures: machine + updates + tasks + iterations + growth + store + starts)
  }
}
