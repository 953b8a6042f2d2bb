package import Numerics
internal import Optimizers

extension OuterProblem {
  /// One outer iteration: a pure function of the state. No clock, no global generator, no file.
  package func step(_ state: RunState, on executor: some UnrollExecutor) -> (RunState, IterationRecord) {
    let unrolls = estimator.unrolls(from: state, in: self)
    let results = executor.run(unrolls)
    let estimate = estimator.gather(results, from: state, in: self)
    var next = state
    let (gradientNorm, clippedShare) = update(&next, with: estimate.gradient, outerLoss: estimate.outerLoss)
    next.particles = estimate.particles
    next.outerIteration += 1
    return (
      next,
      IterationRecord(
        outerIteration: next.outerIteration, outerLoss: estimate.outerLoss, gradientNorm: gradientNorm,
        clippedShare: clippedShare, thetaNorm: norm(next.theta.values),
        updateNorm: norm(zip(next.theta.values, state.theta.values).map { $0 - $1 }),
        innerSteps: estimate.innerSteps, nonFiniteSteps: estimate.nonFiniteSteps, pairs: estimate.pairs)
    )
  }

  /// Theta and the outer optimizer's state after a gradient: all that records are needed for to rebuild theta's history.
  ///
  /// The outer optimizer is shown the outer loss as its training loss, and every tenth iteration as its validation
  /// loss too (spec §6, 4): nothing else is at hand.
  /// - Returns: the gradient's norm before clipping, and the share of its components that were clipped.
  @discardableResult
  package func update(
    _ state: inout RunState, with gradient: Tensors, outerLoss: Double
  ) -> (gradientNorm: Double, clippedShare: Double) {
    var clipped = gradient
    var count = 0
    if let bound = gradientClip {
      for i in clipped.values.indices where !(abs(clipped.values[i]) <= bound) {
        clipped.values[i] = clipped.values[i] > 0 ? bound : -bound
        count += 1
      }
    }
    if state.outerIteration % InnerTraining.validationInterval == 0 {
      outerOptimizer.observe(validLoss: Float(outerLoss), &state.outerOptimizer)
    }
    outerOptimizer.update(
      &state.theta, &state.outerOptimizer,
      seeing: Observation(gradient: clipped, loss: Float(outerLoss), step: state.outerIteration), in: Workspace())
    return (norm(gradient.values), Double(count) / Double(max(gradient.values.count, 1)))
  }
}

/// Euclidean norm: the square root of the sum of squares in double, from the first element to the last.
private func norm(_ values: [Float]) -> Double {
  values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
}
