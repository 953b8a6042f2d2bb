import Numerics
import OuterTraining

/// Whole outer iterations: persistent ES, the training loss as the outer loss, nothing stored.
struct IterationBench {
  /// One place in the grid.
  struct Place: Sendable {
    let optimizer: LearnedOptimizerRecipe.Kind
    let task: Task
    let pairs: Int
    let steps: Int

    enum Task: String, CaseIterable, Sendable {
      case quadratic10 = "quadratic_10"
      case digits = "digits 64-32-10 batch 128"
      case smallDigits = "digits 64-16-10 batch 32"
      case convolutions = "conv_fc 19, batch 53"
      case recurrent = "text_classification 0, VRNN of 62"

      var recipe: String {
        switch self {
        case .quadratic10: "{family: quadratic_10}"
        case .digits: "{family: digits_mlp, hidden: [32], batch_size: 128}"
        case .smallDigits: "{family: digits_mlp, hidden: [16], batch_size: 32}"
        case .convolutions: "{family: conv_fc, configuration: 19}"
        case .recurrent: "{family: text_classification, configuration: 0}"
        }
      }
    }

    var name: String { "\(optimizer.rawValue), \(task.rawValue), \(pairs) pairs, \(steps) steps" }

    var recipe: String { IterationBench.recipe(optimizer, task: task.recipe, pairs: pairs, steps: steps) }

    /// The grid of the full bench, or its first corner.
    static func grid(isQuick: Bool) -> [Place] {
      var places: [Place] = []
      for optimizer in LearnedOptimizerRecipe.Kind.allCases {
        for task in Task.allCases {
          for pairs in isQuick || task == .smallDigits ? [8] : [8, 32] {
            for steps in isQuick || task == .smallDigits ? [20] : [20, 50] {
              places.append(Place(optimizer: optimizer, task: task, pairs: pairs, steps: steps))
            }
          }
        }
      }
      return places
    }
  }

  let budget: BenchBudget
  let peak: MachinePeak
  let threads: Int

  /// A recipe of which every iteration is alike; `task` is an entry of its tasks.
  static func recipe(_ optimizer: LearnedOptimizerRecipe.Kind, task: String, pairs: Int, steps: Int) -> String {
    """
    learned_optimizer: {kind: \(optimizer.rawValue)}
    tasks: [\(task)]
    estimator:
      kind: persistent_es
      truncation: {kind: constant, steps: \(steps)}
      horizon: {kind: constant, steps: \(10 * steps)}
      pairs: \(pairs)
    outer_loss: {split: train}
    """
  }

  /// The figure of a place.
  /// - Parameter observe: called before each place of the grid.
  func run(isQuick: Bool, observe: (String) -> Void) throws -> [BenchFigure] {
    let grid = Place.grid(isQuick: isQuick)
    var figures = try grid.map { place in
      observe(place.name)
      return try figure(place, threads: threads)
    }
    guard threads > 1 else { return figures }
    for place in grid where place.optimizer == .hierarchical && place.pairs == 8 && place.steps == 20 {
      figures.append(try scaling(place))
    }
    return figures
  }

  private func figure(_ place: Place, threads: Int) throws -> BenchFigure {
    var iteration = try Iteration(place, threads: threads)
    let timing = Timing(budget) { iteration.advance() }
    return BenchFigure(
      "iteration", place.name, timing, count: Double(2 * place.pairs * place.steps), unit: "inner steps/s",
      operations: iteration.usefulOperations(place), threads: threads, peak: peak)
  }

  /// How often faster all threads are than one, the two measured in turn.
  private func scaling(_ place: Place) throws -> BenchFigure {
    var one = try Iteration(place, threads: 1)
    var all = try Iteration(place, threads: threads)
    var ratios: [Double] = []
    for _ in 0..<max(5, budget.repeats) {
      let once = BenchBudget(repeats: 1, seconds: budget.seconds)
      let slow = Timing(once) { one.advance() }
      let fast = Timing(once) { all.advance() }
      ratios.append(slow.wall[0] / fast.wall[0])
    }
    return BenchFigure(
      "iteration", "\(threads) threads against 1: \(place.name)", ratios, unit: "times", isRate: true)
  }
}

/// Outer training that goes on from iteration to iteration.
private struct Iteration {
  private let experiment: Experiment
  private let executor: ThreadExecutor
  private var state: RunState

  init(_ place: IterationBench.Place, threads: Int) throws {
    experiment = try Experiment(recipe: Recipe(place.recipe, name: "bench"), seed: 0, calibrations: [[]])
    executor = ThreadExecutor(threads: threads)
    state = experiment.initialState
  }

  mutating func advance() { (state, _) = experiment.problem.step(state, on: executor) }

  /// Both members of all pairs: at each step an update and a gradient, at every tenth a validation loss.
  func usefulOperations(_ place: IterationBench.Place) -> Double? {
    let parameters = experiment.problem.innerLayouts(drawnAt: 0, particle: 0, theta: state.theta).parameters
    guard let update = UsefulWork.update(experiment.problem.learned, of: parameters) else { return nil }
    let task = experiment.problem.tasks.task(experiment.problem.draw(drawnAt: 0, particle: 0))
    let recipe = experiment.recipe.tasks[0]
    let gradient = UsefulWork.loss(of: task, recipe, withGradient: true) ?? 0
    let loss = UsefulWork.loss(of: task, recipe, withGradient: false) ?? 0
    let step = update + gradient + loss / Double(InnerTraining.validationInterval)
    return Double(2 * place.pairs * place.steps) * step
  }
}
