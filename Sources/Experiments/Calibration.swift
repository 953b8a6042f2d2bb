import Numerics
import Optimizers
import OuterTraining
import Tasks

/// The best loss that a tuned Adam reaches on a family: the 0 of its normalised loss (spec §3.1).
///
/// For each rate of the grid, one draw is trained from its own start, and every tenth of the way its mean loss over outer-valid
/// batches is taken; the least of all is the family's. A function of the family alone: no clock, and the same on every machine.
package enum Calibration {
  /// Learning rates: half decades around Adam's usual ones.
  package static let learningRates: [Float] = [3e-4, 1e-3, 3e-3, 1e-2, 3e-2]
  package static let steps = 200
  private static let plan = InnerCurve.Plan(steps: steps, interval: steps / 10)
  private static let seed: UInt64 = 0

  /// The best loss of a recipe's task entry; 0 where the loss has a known minimum that normalises it.
  static func bestLoss(of task: TaskRecipe) throws -> Double {
    guard task.needsCalibration else { return 0 }
    let drawn = try task.makeFamily(bestLoss: 0).task(seed: seed)
    let pool = ThreadPool(threads: min(Environment.cpuCount, learningRates.count))
    let losses = pool.map(order: Array(learningRates.indices)) { index, workspace in
      let adam = Adam(learningRate: .constant(learningRates[index])).optimizer(for: drawn.parameters)
      return InnerCurve(of: drawn, with: adam, plan, in: workspace).best?.loss ?? .infinity
    }
    return losses.min() ?? 0
  }
}
