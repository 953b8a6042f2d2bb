package import Numerics
internal import Optimizers
internal import Synchronization

extension OuterProblem {
  /// One outer iteration: a pure function of the state. No clock, no global generator, no file.
  package func step(_ state: RunState, on executor: some UnrollExecutor) -> (RunState, IterationRecord) {
    let unrolls = estimator.unrolls(from: state, in: self)
    let results = executor.run(unrolls)
    let estimate = estimator.gather(results, of: unrolls, from: state, in: self, on: executor)
    var next = state
    let clippedShare = executor.alone { workspace in
      update(&next, with: estimate.gradient, outerLoss: estimate.outerLoss, in: workspace)
    }
    let norms = norms(gradient: estimate.gradient.values, theta: next.theta.values, before: state.theta.values)
    next.particles = estimate.particles
    next.outerIteration += 1
    return (
      next,
      IterationRecord(
        outerIteration: next.outerIteration, outerLoss: estimate.outerLoss, gradientNorm: norms.gradient,
        clippedShare: clippedShare, thetaNorm: norms.theta, updateNorm: norms.update,
        innerSteps: estimate.innerSteps, nonFiniteSteps: estimate.nonFiniteSteps, pairs: estimate.pairs)
    )
  }

  /// Theta and the outer optimizer's state after a gradient: all that records are needed for to rebuild theta's history.
  ///
  /// The outer optimizer is shown the outer loss as its training loss, and every tenth iteration as its validation
  /// loss too (spec §6, 4): nothing else is at hand.
  /// - Returns: the share of the gradient's components that were clipped.
  @discardableResult
  package func update(
    _ state: inout RunState, with gradient: Tensors, outerLoss: Double, in workspace: Workspace
  ) -> Double {
    var clipped = gradient
    let count = gradientClip.map { clip(&clipped.values, at: $0, in: workspace) } ?? 0
    if state.outerIteration % InnerTraining.validationInterval == 0 {
      outerOptimizer.observe(validLoss: Float(outerLoss), &state.outerOptimizer)
    }
    outerOptimizer.update(
      &state.theta, &state.outerOptimizer,
      seeing: Observation(gradient: clipped, loss: Float(outerLoss), step: state.outerIteration), in: workspace)
    return Double(count) / Double(max(gradient.values.count, 1))
  }
}

/// Holds each component within ± bound; a NaN becomes -bound. Returns how many were not within.
private func clip(_ values: inout [Float], at bound: Float, in workspace: Workspace) -> Int {
  let count = Atomic<Int>(0)
  let (high, low) = (Vector(repeating: bound), Vector(repeating: -bound))
  values.withUnsafeMutableBufferPointer { values in
    guard let base = values.baseAddress else { return }
    workspace.share(0..<values.count, grain: 8192) { elements, _ in
      var outside = IntVector.zero
      Lanes.forEach(elements) { i, lanes in
        let value = lanes.load(base + i)
        let isOutside = .!(value .<= high .& value .>= low)
        outside &-= unsafeBitCast(isOutside, to: IntVector.self)
        let bounded = low.replacing(with: high, where: value .> Vector.zero)
        lanes.store(value.replacing(with: bounded, where: isOutside), to: base + i)
      }
      count.add(Int(outside.wrappedSum()), ordering: .relaxed)
    }
  }
  return count.load(ordering: .relaxed)
}

/// Euclidean norms: square roots of sums of squares in double, from the first element to the last. The three sums go side by
/// side, since each alone would wait for its own last addition.
private func norms(
  gradient: [Float], theta: [Float], before: [Float]
) -> (gradient: Double, theta: Double, update: Double) {
  precondition(gradient.count == theta.count && theta.count == before.count, "thetas of different sizes")
  var (gradientSum, thetaSum, updateSum) = (0.0, 0.0, 0.0)
  gradient.withUnsafeBufferPointer { gradient in
    theta.withUnsafeBufferPointer { theta in
      before.withUnsafeBufferPointer { before in
        for i in 0..<gradient.count {
          let (g, t, u) = (Double(gradient[i]), Double(theta[i]), Double(theta[i] - before[i]))
          gradientSum += g * g
          thetaSum += t * t
          updateSum += u * u
        }
      }
    }
  }
  return (gradientSum.squareRoot(), thetaSum.squareRoot(), updateSum.squareRoot())
}
