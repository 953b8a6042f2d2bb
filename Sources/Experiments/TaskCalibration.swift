import Tasks

/// What a tuned Adam makes of one task: the losses that scale it, and what a step of it costs (spec §3.1).
package struct TaskCalibration: Equatable, Sendable {
  /// The task's name, with that of data that stand in.
  package let task: String
  /// Mean loss on the examined batches before the first step.
  package let initialLoss: Double
  /// The least examined loss of all learning rates. Without steps a lower bound of the loss.
  package let bestLoss: Double
  /// The learning rate that reached it, and the steps it took; 0 without steps.
  package let learningRate: Double
  package let steps: Int
  /// Learning rates at which some loss was no finite number.
  package let divergedRates: Int
  /// Floating-point operations of a loss and its gradient on one batch; 0 where they are not counted.
  package let operations: Int
  /// Whether it is left out of its family, because Adam does not lower its loss or diverges at every rate.
  package let isRejected: Bool

  package init(
    task: String, initialLoss: Double, bestLoss: Double, learningRate: Double, steps: Int, divergedRates: Int,
    operations: Int, isRejected: Bool = false
  ) {
    self.task = task
    self.initialLoss = initialLoss
    self.bestLoss = bestLoss
    self.learningRate = learningRate
    self.steps = steps
    self.divergedRates = divergedRates
    self.operations = operations
    self.isRejected = isRejected
  }

  var normalization: Normalization { Normalization(initial: initialLoss, best: bestLoss) }
}

extension TaskCalibration {
  /// Of one task's curves, one a learning rate.
  /// - Parameters:
  ///   - scale: what the task knows of its losses.
  ///   - mayBeRejected: whether its family does without it where Adam makes nothing of it.
  init(
    named name: String, scale: Normalization, operations: Int, _ curves: [(rate: Float, curve: InnerCurve)],
    mayBeRejected: Bool
  ) {
    let best = curves.compactMap { pair in pair.curve.best.map { (rate: pair.rate, examination: $0) } }
      .min { $0.examination.loss < $1.examination.loss }
    let start = curves.first?.curve.initialLoss ?? scale.initial
    self.task = name
    initialLoss = start.isFinite ? start : scale.initial
    // Without a curve, or where every one diverged at once, the bound that the task knows.
    let least = best?.examination.loss ?? .infinity
    bestLoss = least.isFinite ? least : scale.best
    learningRate = least.isFinite ? Double(best?.rate ?? 0) : 0
    steps = least.isFinite ? best?.examination.step ?? 0 : 0
    divergedRates = curves.count { $0.curve.diverged }
    self.operations = operations
    let isLowered = least.isFinite && bestLoss < initialLoss
    isRejected = mayBeRejected && (!isLowered || divergedRates == curves.count)
  }
}

extension TaskCalibration {
  /// The error of a recorded calibration whose task the recipe does not have.
  var isOfNone: ExperimentError {
    ExperimentError(
      .unfit, doing: "looking for the task \(task.shown)",
      problem: "the recipe names none that is called so on the data at hand",
      advice: "the run was made with other data")
  }
}
