internal import Numerics

/// A task whose gradient is estimated from losses: the mean over antithetic pairs of e (f(w + e) - f(w - e)) / (2 sigma²), with e
/// normal of deviation sigma (LO's ESTask). The loss stays that at w.
struct ESGradientTask: TaskWrapper {
  let base: any Task
  let deviation: Float
  let pairs: Int
  let seed: UInt64

  var operations: StepOperations? {
    base.operations.map { StepOperations(loss: $0.loss, gradient: $0.gradient + 2 * pairs * $0.loss) }
  }

  func loss(
    _ parameters: Tensors, _ modelState: inout Tensors, on batch: Batch, gradient: inout Tensors,
    in workspace: Workspace
  ) -> Float {
    let randomness = batch.augmentationRandomness(seed: seed, 0)
    let before = modelState
    let loss = base.loss(parameters, &modelState, on: batch, gradient: &gradient, in: workspace)
    var (perturbation, moved) = (parameters.values, parameters)
    var sum = [Float](repeating: 0, count: parameters.values.count)
    let factor = 1 / (2 * deviation * Float(pairs))
    for pair in 0..<pairs {
      perturbation.withUnsafeMutableBufferPointer {
        randomness.normals(Address(.perturbation, particle: pair), into: $0)
      }
      func perturbed(_ sign: Float) -> Float {
        for i in sum.indices { moved.values[i] = parameters.values[i] + sign * deviation * perturbation[i] }
        // A loss as training sees it: with batch norm that is another than the one without a gradient.
        var state = before
        return base.modelState.count == 0
          ? base.loss(moved, on: batch, in: workspace)
          : base.loss(moved, &state, on: batch, gradient: &gradient, in: workspace)
      }
      let slope = factor * (perturbed(1) - perturbed(-1))
      for i in sum.indices { sum[i] += slope * perturbation[i] }
    }
    gradient.values = sum
    return loss
  }
}
