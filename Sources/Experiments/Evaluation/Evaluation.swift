package import Numerics
package import Optimizers
package import OuterTraining
import Tasks

/// Held-out tasks trained from their start with one optimizer each: what an optimizer is worth (spec §5, §12).
///
/// The draws are at addresses that outer training never uses. Their losses are on the test split, normalised as in training.
package struct Evaluation: Sendable {
  package let tasks: TaskDistribution
  /// Draws, and inner steps for each.
  package let draws: Int
  package let steps: Int
  package let seed: UInt64

  package init(tasks: TaskDistribution, draws: Int, steps: Int, seed: UInt64) {
    precondition(draws > 0 && steps > 0, "\(draws) draws of \(steps) steps")
    self.tasks = tasks
    self.draws = draws
    self.steps = steps
    self.seed = seed
  }

  /// A contestant: a name, and the optimizer it is for parameters of a layout.
  package struct Contestant: Sendable {
    package let name: String
    package let make: @Sendable (Layout) -> any Optimizer

    package init(_ name: String, _ make: @escaping @Sendable (Layout) -> any Optimizer) {
      self.name = name
      self.make = make
    }
  }

  /// What one contestant reached on one draw.
  package struct Score: Equatable, Sendable {
    /// Mean over the steps of the normalised test loss after each.
    package var mean: Double
    /// The normalised test loss after the last step.
    package var last: Double
  }

  /// The scores of each contestant, draw by draw.
  package func run(_ contestants: [Contestant], on pool: ThreadPool) -> [[Score]] {
    let jobs = contestants.count * draws
    let scores = pool.map(order: Array(0..<jobs)) { job, workspace in
      score(contestants[job / draws], draw: job % draws, in: workspace)
    }
    return contestants.indices.map { Array(scores[$0 * draws..<($0 + 1) * draws]) }
  }

  private func score(_ contestant: Contestant, draw: Int, in workspace: Workspace) -> Score {
    // The evaluation's own key: no seed of a run meets it but by choice.
    let randomness = Randomness(key: Randomness(key: seed).seed(Address(.evaluation)))
    let task = tasks.task(tasks.draw(outerIteration: 0, particle: draw, randomness))
    var training = InnerTraining(task, with: contestant.make(task.parameters))
    var score = Score(mean: 0, last: 0)
    for step in 0..<steps {
      _ = training.advance(in: workspace)
      score.last = task.normalization(
        training.loss(on: Batch(.test, step), in: workspace))
      score.mean += score.last / Double(steps)
    }
    return score
  }
}
