import Numerics
import Optimizers

/// The optimizers' updates alone, one thread: a square matrix with normal gradients.
struct UpdateBench {
  let budget: BenchBudget
  let peak: MachinePeak
  /// Elements of the parameters.
  let sizes: [Int]

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
    }
    return figures
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
