/// What one outer iteration leaves for the record. It decides nothing, and must come out again from the same state.
package struct IterationRecord: Equatable, Sendable {
  /// Outer iterations done after this one, so that the first record has 1.
  package var outerIteration: Int
  /// Mean over all unrolls of the normalised loss an inner step.
  package var outerLoss: Double
  /// Euclidean norm of the gradient estimate before clipping.
  package var gradientNorm: Double
  /// Share of the gradient's components that were clipped, 0 ... 1.
  package var clippedShare: Double
  /// Euclidean norm of theta after the update, and of the update.
  package var thetaNorm: Double
  package var updateNorm: Double
  /// Inner steps of all unrolls, and how many of them had a loss that was not a finite number.
  package var innerSteps: Int
  package var nonFiniteSteps: Int
  package var pairs: [PairRecord]

  package init(
    outerIteration: Int, outerLoss: Double, gradientNorm: Double, clippedShare: Double, thetaNorm: Double,
    updateNorm: Double, innerSteps: Int, nonFiniteSteps: Int, pairs: [PairRecord]
  ) {
    self.outerIteration = outerIteration
    self.outerLoss = outerLoss
    self.gradientNorm = gradientNorm
    self.clippedShare = clippedShare
    self.thetaNorm = thetaNorm
    self.updateNorm = updateNorm
    self.innerSteps = innerSteps
    self.nonFiniteSteps = nonFiniteSteps
    self.pairs = pairs
  }
}

/// What one antithetic pair leaves for the record: enough to rebuild its part of the gradient without inner training.
package struct PairRecord: Equatable, Sendable {
  /// The seed of the pair's perturbation.
  package var seed: UInt64
  /// The task at the start of the unroll; and where a task ended on the way, the one that followed it (else the same).
  package var taskFamily: Int
  package var taskSeed: UInt64
  package var lastTaskFamily: Int
  package var lastTaskSeed: UInt64
  /// Inner steps that the task had before this unroll, and inner steps of the unroll.
  package var innerStep: Int
  package var truncation: Int
  /// Normalised loss an inner step of the two unrolls.
  package var positiveLoss: Double
  package var negativeLoss: Double
  package var difference: PairDifference

  package init(
    seed: UInt64, taskFamily: Int, taskSeed: UInt64, lastTaskFamily: Int, lastTaskSeed: UInt64, innerStep: Int,
    truncation: Int, positiveLoss: Double, negativeLoss: Double, difference: PairDifference
  ) {
    self.seed = seed
    self.taskFamily = taskFamily
    self.taskSeed = taskSeed
    self.lastTaskFamily = lastTaskFamily
    self.lastTaskSeed = lastTaskSeed
    self.innerStep = innerStep
    self.truncation = truncation
    self.positiveLoss = positiveLoss
    self.negativeLoss = negativeLoss
    self.difference = difference
  }
}

/// The two differences of losses (positive less negative) that a pair's gradient is made of (spec §3.6), an inner step.
package struct PairDifference: Equatable, Sendable {
  package var beforeReset: Double
  package var afterReset: Double
  /// True where a new task began in this unroll.
  package var reset: Bool

  package init(beforeReset: Double, afterReset: Double, reset: Bool) {
    self.beforeReset = beforeReset
    self.afterReset = afterReset
    self.reset = reset
  }

  package init(_ positive: UnrollResult, _ negative: UnrollResult) {
    let steps = Double(positive.steps)
    beforeReset = (positive.lossBeforeReset - negative.lossBeforeReset) / steps
    afterReset = (positive.lossAfterReset - negative.lossAfterReset) / steps
    reset = positive.reset
  }
}
