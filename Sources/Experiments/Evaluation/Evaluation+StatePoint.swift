import OuterTraining
import RunStore

/// What an evaluation of a checkpoint came to: the learned optimizer, and each baseline at its best single rate.
package struct EvaluationReport: Sendable {
  package struct Row: Sendable {
    package let name: String
    package let scores: [Evaluation.Score]

    package var mean: Double { scores.reduce(0) { $0 + $1.mean } / Double(scores.count) }
    package var last: Double { scores.reduce(0) { $0 + $1.last } / Double(scores.count) }

    /// The middle of the draws' means; of an even number, half-way between the two.
    package var median: Double {
      let sorted = scores.map(\.mean).sorted()
      return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }
  }

  package let point: String
  package let draws: Int
  package let steps: Int
  package let learned: Row
  /// For each baseline the row of the rate whose mean over all draws is least.
  package let baselines: [Row]

  /// Share of draws on which the learned optimizer's mean is below a row's.
  package func winShare(over row: Row) -> Double {
    Double(zip(learned.scores, row.scores).count { $0.mean < $1.mean }) / Double(draws)
  }
}

extension StatePoint {
  /// The learned optimizer of this moment.
  func contestant(called name: String) -> Evaluation.Contestant {
    let (learned, theta) = (experiment.problem.learned, state.theta)
    return .init(name) { learned.optimizer(theta: theta, for: $0) }
  }

  /// Trains held-out draws of a recipe's tasks with this moment's optimizer and with the baselines.
  package func evaluate(
    on recipe: Recipe, baselines: [Baseline], draws: Int, steps: Int, seed: UInt64, threads: Int
  ) throws -> EvaluationReport {
    let tasks = try Experiment(
      recipe: recipe, seed: seed, data: experiment.data.forNewRuns(), measured: .of(experiment)
    ).problem.tasks
    let evaluation = Evaluation(tasks: tasks, draws: draws, steps: steps, seed: seed)
    let contestants = [contestant(called: name)] + baselines.flatMap(\.contestants)
    let scores = evaluation.run(contestants, on: ThreadPool(threads: threads))
    let rows = zip(contestants, scores).map { EvaluationReport.Row(name: $0.name, scores: $1) }
    let grid = Baseline.learningRates.count
    return EvaluationReport(
      point: name, draws: draws, steps: steps, learned: rows[0],
      baselines: baselines.indices.map { index in
        rows[1 + index * grid..<1 + (index + 1) * grid].min { $0.mean < $1.mean }!
      })
  }
}
