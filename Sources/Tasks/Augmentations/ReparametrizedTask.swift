internal import Numerics

/// A task in other coordinates: w = scale · v, so that v starts at w / scale and its gradient is scale times that of w. The losses
/// are the same; how fast a step of one size moves them is not (LO's ReparamWeights).
struct ReparametrizedTask: TaskWrapper {
  let base: any Task
  private let scales: [Float]

  /// Scales log-uniform within 1 / range ... range.
  init(_ base: any Task, _ level: Augmentation.Level, range: Double, seed: UInt64) {
    self.base = base
    let randomness = Randomness(key: seed)
    let bound = CorrectlyRounded.log(range)
    func scale(_ particle: Int, _ index: Int) -> Float {
      let share = randomness.uniform(Address(.augmentation, particle: 1 << 20 | particle), index: index)
      return Float(CorrectlyRounded.exp(bound * (2 * share - 1)))
    }
    scales = base.parameters.slots.enumerated().flatMap { position, slot in
      switch level {
      case .global: [Float](repeating: scale(0, 0), count: slot.count)
      case .tensor: [Float](repeating: scale(1, position), count: slot.count)
      case .parameter: (0..<slot.count).map { scale(2, slot.offset + $0) }
      }
    }
  }

  func initialParameters() -> Tensors {
    var start = base.initialParameters()
    for i in start.values.indices { start.values[i] /= scales[i] }
    return start
  }

  func loss(_ parameters: Tensors, _ modelState: Tensors, on batch: Batch, in workspace: Workspace) -> Float {
    base.loss(scaled(parameters), modelState, on: batch, in: workspace)
  }

  func loss(
    _ parameters: Tensors, _ modelState: inout Tensors, on batch: Batch, gradient: inout Tensors,
    in workspace: Workspace
  ) -> Float {
    let loss = base.loss(scaled(parameters), &modelState, on: batch, gradient: &gradient, in: workspace)
    for i in gradient.values.indices { gradient.values[i] *= scales[i] }
    return loss
  }

  private func scaled(_ parameters: Tensors) -> Tensors {
    var result = parameters
    for i in result.values.indices { result.values[i] *= scales[i] }
    return result
  }
}
