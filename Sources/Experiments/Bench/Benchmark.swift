import Foundation
import OuterTraining

/// How fast this build is on this machine, against what the machine can do: all subjects in one run.
package struct Benchmark: Sendable {
  /// What is measured, besides the machine.
  package enum Part: String, CaseIterable, Sendable {
    case start, store, task, iteration, growth, update
  }

  /// True for about a minute, false for some minutes.
  package let isQuick: Bool
  package let threads: Int
  package let parts: Set<Part>

  package init(isQuick: Bool, threads: Int, parts: Set<Part> = Set(Part.allCases)) {
    self.isQuick = isQuick
    self.threads = threads
    self.parts = parts
  }

  /// Measures the machine and the parts.
  /// - Parameter observe: called with the name of what is measured next.
  package func run(observe: (String) -> Void) throws -> BenchReport {
    let start = Environment.clock()
    let load = Environment.loadAverage
    let short = BenchBudget(repeats: isQuick ? 5 : 9, seconds: isQuick ? 0.02 : 0.1)
    let long = BenchBudget(repeats: isQuick ? 5 : 7, seconds: isQuick ? 0.05 : 0.2)
    let folder = try ScratchFolder()
    func figures(of part: Part, _ name: String, _ measure: () throws -> [BenchFigure]) rethrows -> [BenchFigure] {
      guard parts.contains(part) else { return [] }
      observe(name)
      return try measure()
    }
    // First of all: a new process begins with its parent's peak of memory.
    let starts = try figures(of: .start, "time to the first update") {
      try StartBench(repeats: isQuick ? 3 : 7, threads: threads, folder: folder).run()
    }
    observe("the machine's peak")
    let (peak, machine) = MachineBench(budget: short, pool: ThreadPool(threads: threads)).run()
    let store = try figures(of: .store, "the store") {
      try StoreBench(iterations: isQuick ? 101 : 501, threads: threads, folder: folder).run()
    }
    let tasks = try figures(of: .task, "tasks") { try TaskBench(budget: short, peak: peak).run() }
    let iterations = try figures(of: .iteration, "outer iterations") {
      try IterationBench(budget: long, peak: peak, threads: threads).run(isQuick: isQuick, observe: observe)
    }
    let growth = try figures(of: .growth, "growth") {
      isQuick ? [] : try GrowthBench(budget: short, threads: threads).run()
    }
    let sizes = isQuick ? [10_000, 1_000_000] : [1_000, 10_000, 1_000_000, 10_000_000]
    let updates = figures(of: .update, "updates") {
      UpdateBench(
        budget: BenchBudget(repeats: short.repeats, seconds: 0.02), peak: peak, sizes: sizes, threads: threads
      ).run()
    }
    return BenchReport(
      isQuick: isQuick, threads: threads, load: load, seconds: Environment.clock() - start,
      figures: machine + updates + tasks + iterations + growth + store + starts)
  }
}
