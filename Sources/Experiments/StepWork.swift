import Optimizers
import OuterTraining
import Tasks

/// What a step of inner training costs on the tasks of a family, counted and not timed: the same on every machine (Docs/tasks.md).
enum StepWork {
  /// The draws that are counted, those of the seeds 0 ..< this.
  static let draws = 8

  /// For each family the mean over these draws, in floating-point operations.
  static func means(
    of families: [any TaskFamily], under learned: any LearnedOptimizer, _ outerLoss: OuterLoss
  ) -> [Double] {
    let pool = ThreadPool(threads: Environment.cpuCount)
    let counts = pool.map(order: Array(0..<families.count * draws)) { job, _ in
      work(on: families[job / draws].task(seed: UInt64(job % draws)), under: learned, outerLoss)
    }
    return families.indices.map { family in
      counts[family * draws..<(family + 1) * draws].reduce(0, +) / Double(draws)
    }
  }

  /// A batch's loss and gradient, the losses that outer training counts, the share of a step in the one that the optimizer is shown
  /// now and then, and the optimizer's products.
  static func work(on task: any Task, under learned: any LearnedOptimizer, _ outerLoss: OuterLoss) -> Double {
    let operations = task.operations ?? StepOperations(loss: 0, gradient: 0)
    let outerLosses =
      switch outerLoss {
      case .train: 0.0
      case .outerValid(let batches): Double(batches)
      }
    let losses = outerLosses + 1 / Double(InnerTraining.validationInterval)
    let update = UsefulWork.update(learned, of: task.parameters) ?? Double(task.parameters.count)
    return Double(operations.gradient) + losses * Double(operations.loss) + update
  }
}
