import Numerics
import OuterTraining

/// How an outer iteration's time grows with each of its sizes, the others held.
struct GrowthBench {
  /// One iteration of so many sizes.
  private struct Sizes {
    var pairs = 8
    var steps = 20
    var hidden = 16
    var threads: Int

    var recipe: String {
      IterationBench.recipe(
        .hierarchical, task: "{family: digits_mlp, hidden: [\(hidden)], batch_size: 32}", pairs: pairs, steps: steps)
    }
  }

  let budget: BenchBudget
  let threads: Int

  func run() throws -> [BenchFigure] {
    let middle = Sizes(threads: threads)
    var figures: [BenchFigure] = []
    for pairs in [1, 2, 4, 8, 16, 32] { figures.append(try figure(middle, \.pairs, pairs, "pairs")) }
    for steps in [5, 10, 20, 40, 80] { figures.append(try figure(middle, \.steps, steps, "steps")) }
    for hidden in [4, 16, 64, 256] { figures.append(try figure(middle, \.hidden, hidden, "parameters")) }
    for threads in Set([1, (threads + 1) / 2, threads]).sorted() {
      figures.append(try figure(middle, \.threads, threads, "threads"))
    }
    return figures
  }

  private func figure(
    _ middle: Sizes, _ size: WritableKeyPath<Sizes, Int>, _ value: Int, _ quantity: String
  ) throws -> BenchFigure {
    var sizes = middle
    sizes[keyPath: size] = value
    let experiment = try Experiment(recipe: Recipe(sizes.recipe, name: "bench"), seed: 0, calibrations: [[]])
    let executor = ThreadExecutor(threads: sizes.threads)
    var state = experiment.initialState
    let timing = Timing(budget) { (state, _) = experiment.problem.step(state, on: executor) }
    // Of hidden units the parameters follow.
    let parameters = experiment.problem.innerLayouts(drawnAt: 0, particle: 0, theta: state.theta).parameters.count
    let at = quantity == "parameters" ? parameters : value
    var figure = BenchFigure("growth", "\(at) \(quantity)", timing.wall, unit: "s", isRate: false)
    figure.along = BenchFigure.Place(quantity: quantity, at: Double(at))
    return figure
  }
}
