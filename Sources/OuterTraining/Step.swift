package import Numerics
internal import Optimizers
internal import Synchronization

extension OuterProblem {
  /// One outer iteration: a pure function of the state. No clock, no global generator, no file.
  package func step(_ state: RunState, on executor: some UnrollExecutor) -> (RunState, IterationRecord) {
    let iteration = state.outerIteration
    let perturbations = executor.perturbations(
      perturbations(outerIteration: iteration), next: perturbations(outerIteration: iteration + 1),
      count: state.theta.layout.count)
    let unrolls = estimator.unrolls(from: state, in: self, along: perturbations)
    let results = executor.run(unrolls)
    var estimate = estimator.gather(results, of: unrolls, from: state, in: self, on: executor)
    var next = state
    let clippedShare = executor.alone { workspace in
      update(&next, with: &estimate.gradient, outerLoss: estimate.outerLoss, in: workspace)
    }
    let norms = norms(theta: next.theta.values, before: state.theta.values)
    next.particles = estimate.particles
    next.outerIteration += 1
    return (
      next,
      IterationRecord(
        outerIteration: next.outerIteration, outerLoss: estimate.outerLoss, gradientNorm: estimate.gradientNorm,
        clippedShare: clippedShare, thetaNorm: norms.theta, updateNorm: norms.update,
        innerSteps: estimate.innerSteps, nonFiniteSteps: estimate.nonFiniteSteps, pairs: estimate.pairs)
    )
  }

  /// Theta and the outer optimizer's state after a gradient: all that records are needed for to rebuild theta's history.
  ///
  /// The outer optimizer is shown the outer loss as its training loss, and every tenth iteration as its validation
  /// loss too (spec §6, 4): nothing else is at hand.
  /// - Parameter gradient: is clipped where it lies.
  /// - Returns: the share of its components that were clipped.
  @discardableResult
  package func update(
    _ state: inout RunState, with gradient: inout Tensors, outerLoss: Double, in workspace: Workspace
  ) -> Double {
    let clipped = gradientClip.map { clip(&gradient.values, at: $0, in: workspace) } ?? 0
    if state.outerIteration % InnerTraining.validationInterval == 0 {
      outerOptimizer.observe(validLoss: Float(outerLoss), &state.outerOptimizer)
    }
    outerOptimizer.update(
      &state.theta, &state.outerOptimizer,
      seeing: Observation(gradient: gradient, loss: Float(outerLoss), step: state.outerIteration), in: workspace)
    return Double(clipped) / Double(max(gradient.values.count, 1))
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

/// Euclidean norms of theta and of its update: square roots of sums of squares in double, from the first element to the last.
/// The sums go side by side, since each alone would wait for its own last addition.
private func norms(theta: [Float], before: [Float]) -> (theta: Double, update: Double) {
  precondition(theta.count == before.count, "thetas of different sizes")
  var (thetaSum, updateSum) = (0.0, 0.0)
  theta.withUnsafeBufferPointer { theta in
    before.withUnsafeBufferPointer { before in
      for i in 0..<theta.count {
        let (t, u) = (Double(theta[i]), Double(theta[i] - before[i]))
        thetaSum += t * t
        updateSum += u * u
      }
    }
  }
  return (thetaSum.squareRoot(), updateSum.squareRoot())
}
