import Numerics
import Optimizers
import OuterTraining

/// The optimizers' updates alone, on one thread, and inside of one on all: a square matrix with normal gradients.
struct UpdateBench {
  let budget: BenchBudget
  let peak: MachinePeak
  /// Elements of the parameters.
  let sizes: [Int]
  let threads: Int

  func run() -> [BenchFigure] {
    let learned: [(String, any LearnedOptimizer)] = [
      ("hierarchical", HierarchicalLearnedOptimizer()), ("mlp", MLPLearnedOptimizer()),
      ("adafactor_mlp", AdafactorMLPLearnedOptimizer()),
    ]
    var figures: [BenchFigure] = []
    for size in sizes {
      // Two tensors, so that the LSTM's rows are no exception: a matrix and its bias.
      let side = Int(Double(size).squareRoot())
      let parameters = Layout([("weights", [size / side - 1, side]), ("bias", [side])])
      for (name, optimizer) in learned {
        let rule = optimizer.optimizer(
          theta: optimizer.initialTheta(Randomness(key: 1)), for: parameters)
        figures.append(
          figure(name, rule, parameters, operations: UsefulWork.update(optimizer, of: parameters)))
      }
      let adam = Adam(learningRate: .constant(1e-3)).optimizer(for: parameters)
      figures.append(figure("adam", adam, parameters, operations: nil))
      if threads > 1, size == 1_000_000 {
        for (name, optimizer) in learned { figures.append(sharing(name, optimizer, parameters)) }
      }
    }
    return figures
  }

  /// How often faster one update is where idle threads help than where there are none, the two measured in turn.
  private func sharing(_ name: String, _ optimizer: any LearnedOptimizer, _ layout: Layout) -> BenchFigure {
    let rule = optimizer.optimizer(theta: optimizer.initialTheta(Randomness(key: 1)), for: layout)
    let gradient = normal(layout, particle: 1)
    let parameters = normal(layout, particle: 0)
    let updates = [ThreadPool(threads: 1), ThreadPool(threads: threads)].map { pool in
      { pool.map(order: [0]) { _, workspace in Self.twoUpdates(rule, parameters, gradient, in: workspace) }[0] }
    }
    let ratios = (0..<max(5, budget.repeats)).map { _ in updates[0]() / updates[1]() }
    return BenchFigure(
      "update", "\(threads) threads against 1: \(name), \(Self.words(layout.count)) elements", ratios, unit: "times",
      isRate: true)
  }

  /// The seconds of the second of two updates: the first makes the state's and the workspace's memory.
  private static func twoUpdates(
    _ rule: any Optimizer, _ parameters: Tensors, _ gradient: Tensors, in workspace: Workspace
  ) -> Double {
    var (parameters, state, start) = (parameters, rule.initialState(), 0.0)
    for step in 0..<2 {
      start = Environment.clock()
      rule.update(
        &parameters, &state, seeing: Observation(gradient: gradient, loss: 1, step: step), in: workspace)
    }
    return Environment.clock() - start
  }

  private func figure(
    _ name: String, _ rule: any Optimizer, _ layout: Layout, operations: Double?
  ) -> BenchFigure {
    let workspace = Workspace()
    var parameters = normal(layout, particle: 0)
    var state = rule.initialState()
    let gradient = normal(layout, particle: 1)
    var step = 0
    let timing = Timing(budget) {
      rule.update(
        &parameters, &state, seeing: Observation(gradient: gradient, loss: 1, step: step), in: workspace)
      step += 1
    }
    return BenchFigure(
      "update", "\(name), \(Self.words(layout.count)) elements", timing, count: Double(layout.count),
      unit: "elements/s", operations: operations, peak: peak)
  }

  private func normal(_ layout: Layout, particle: Int) -> Tensors {
    var tensors = Tensors(zeros: layout)
    tensors.values.withUnsafeMutableBufferPointer {
      Randomness(key: 2).normals(Address(.initialParameters, particle: particle), into: $0)
    }
    return tensors
  }

  /// The power of ten that is meant, as 1e6.
  private static func words(_ count: Int) -> String {
    var (power, rest) = (0, Double(count))
    while rest >= 9.5 { (power, rest) = (power + 1, rest / 10) }
    return "1e\(power)"
  }
}
