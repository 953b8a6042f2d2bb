internal import Numerics

/// A task whose gradient has the length 1 over all tensors together; a gradient of 0 stays 0 (LO's NormalizeTaskGradient, where that
/// is not a number).
struct NormalizedGradientTask: TaskWrapper {
  let base: any Task

  func loss(
    _ parameters: Tensors, _ modelState: inout Tensors, on batch: Batch, gradient: inout Tensors,
    in workspace: Workspace
  ) -> Float {
    let loss = base.loss(parameters, &modelState, on: batch, gradient: &gradient, in: workspace)
    let norm = gradient.values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    guard norm != 0 else { return loss }
    for i in gradient.values.indices { gradient.values[i] = Float(Double(gradient.values[i]) / norm) }
    return loss
  }
}
