package import Numerics
import OuterTraining
import Tasks

/// Optimizers side by side on the same tasks, each from the task's own start.
package struct InnerRace: Sendable {
  /// An optimizer and how the loss of each task fell under it.
  package struct Entry: Sendable {
    package let contestant: Evaluation.Contestant
    /// Task by task, the normalised test loss before the first step and after each.
    package let curves: [[Double]]

    /// Over all tasks and steps: what rates are chosen by.
    package var mean: Double {
      curves.reduce(0) { $0 + $1.dropFirst().reduce(0, +) / Double($1.count - 1) } / Double(curves.count)
    }
  }

  /// The parameters on an optimizer's way through a task, from the start on.
  package struct Path: Sendable {
    package let points: [Tensors]
    /// The training loss at each point but the last, which has none: the batch after the last step is not drawn.
    package let losses: [Float]
  }

  package let tasks: RaceTasks
  package let steps: Int
  /// Learned optimizers first, then each baseline at its rate.
  package let entries: [Entry]
  private let pool: ThreadPool

  /// - Parameter learned: frozen optimizers, with the names that they go by.
  package init(
    on tasks: RaceTasks, steps: Int, learned: [(name: String, point: StatePoint)], baselines: [BaselineChoice],
    threads: Int
  ) {
    precondition(steps > 0, "\(steps) steps")
    self.tasks = tasks
    self.steps = steps
    pool = ThreadPool(threads: threads)
    let groups = learned.map { [$0.point.contestant(called: $0.name)] } + baselines.map(\.contestants)
    let contestants = groups.flatMap(\.self)
    let plan = InnerCurve.Plan(steps: steps, interval: 1, split: .test, batches: 1)
    let count = tasks.tasks.count
    let curves = pool.map(order: Array(0..<contestants.count * count)) { job, workspace in
      let task = tasks.tasks[job % count]
      let curve = InnerCurve(of: task, with: contestants[job / count].make(task.parameters), plan, in: workspace)
      return curve.valid.map { task.normalization(Float($0.loss)) }
    }
    var entries = contestants.enumerated().map { index, contestant in
      Entry(contestant: contestant, curves: Array(curves[index * count..<(index + 1) * count]))
    }[...]
    self.entries = groups.map { group in
      defer { entries = entries.dropFirst(group.count) }
      return entries.prefix(group.count).min { $0.mean < $1.mean }!
    }
  }

  /// The ways of all entries, task by task.
  func paths() -> [[Path]] {
    let (tasks, entries, steps) = (tasks.tasks, entries, steps)
    let paths = pool.map(order: Array(0..<entries.count * tasks.count)) { job, workspace in
      let task = tasks[job % tasks.count]
      let contestant = entries[job / tasks.count].contestant
      var training = InnerTraining(task, with: contestant.make(task.parameters))
      var points = [training.state.parameters]
      var losses: [Float] = []
      for _ in 0..<steps {
        losses.append(training.advance(in: workspace))
        points.append(training.state.parameters)
      }
      return Path(points: points, losses: losses)
    }
    return entries.indices.map { Array(paths[$0 * tasks.count..<($0 + 1) * tasks.count]) }
  }

  /// The task's mean training loss at each of some points.
  func losses(at points: [Tensors], batches: Int) -> [Double] {
    let task = tasks.tasks[0]
    return pool.map(order: Array(points.indices)) { index, workspace in
      (0..<batches).reduce(0) {
        $0 + Double(task.loss(points[index], on: Batch(.train, $1), in: workspace))
      } / Double(batches)
    }
  }
}
