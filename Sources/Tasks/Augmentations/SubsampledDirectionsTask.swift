internal import Numerics

/// A task whose gradient is known along random directions only: the sum over `directions` unit vectors u, drawn anew for each batch,
/// of (g · u) u, or of its sign times u (LO's SubsampleDirections).
struct SubsampledDirectionsTask: TaskWrapper {
  let base: any Task
  let directions: Int
  let takesSign: Bool
  let seed: UInt64

  func loss(
    _ parameters: Tensors, _ modelState: inout Tensors, on batch: Batch, gradient: inout Tensors,
    in workspace: Workspace
  ) -> Float {
    let loss = base.loss(parameters, &modelState, on: batch, gradient: &gradient, in: workspace)
    let randomness = batch.augmentationRandomness(seed: seed, 1)
    var direction = gradient.values
    var sum = [Float](repeating: 0, count: direction.count)
    for index in 0..<directions {
      direction.withUnsafeMutableBufferPointer { randomness.normals(Address(.perturbation, particle: index), into: $0) }
      var (product, square) = (0.0, 0.0)
      for i in sum.indices {
        product += Double(direction[i]) * Double(gradient.values[i])
        square += Double(direction[i]) * Double(direction[i])
      }
      // The vector is not a unit one yet: u = d / |d|, so (g · u) u = (g · d) d / |d|².
      let sign = product > 0 ? 1.0 : product < 0 ? -1 : product
      let factor = Float(takesSign ? sign / square.squareRoot() : product / square)
      for i in sum.indices { sum[i] += factor * direction[i] }
    }
    gradient.values = sum
    return loss
  }
}
