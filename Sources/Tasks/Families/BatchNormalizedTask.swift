internal import Graph
package import Numerics

extension Blueprint {
  /// A batch normalization with a scale that starts at 1 and an offset that starts at 0. In a training step it uses the batch's
  /// own moments and shows them; else it reads running ones as inputs of the same names.
  func batchNormalized(_ x: Term, _ name: String) -> Term {
    let channels = [x.shape[x.shape.count - 1]]
    let scale = parameter(name + ".scale", channels, .constant(1))
    let offset = parameter(name + ".offset", channels, .constant(0))
    let (meanName, varianceName) = (name + ".mean", name + BatchNormalizedTask.varianceSuffix)
    switch phase {
    case .training:
      let (mean, variance) = x.channelMoments()
      recording.observe(meanName, mean)
      recording.observe(varianceName, variance)
      return x.batchNormalized(mean: mean, variance: variance, scale: scale, offset: offset)
    case .evaluation:
      return x.batchNormalized(
        mean: recording.input(meanName, channels), variance: recording.input(varianceName, channels), scale: scale,
        offset: offset)
    }
  }
}

/// A task whose network has batch normalizations. A training step uses the moments of its batch and adds them to running ones,
/// s <- 0.9 s + 0.1 moment, which every other loss uses.
///
/// The running moments are the task's model state, together with the weight that they hold, which starts at 0 and goes the same
/// way towards 1: divided by it they are means of what was seen, without a trace of the zeros at the start.
package struct BatchNormalizedTask: StatefulTask {
  static let varianceSuffix = ".variance"
  /// How much of the running moments stays at a step: that of Haiku's residual networks. The paper reports none.
  private static let decay: Float = 0.9

  package let parameters: Layout
  package let normalization: Normalization
  package let modelState: Layout

  private let start: Tensors
  let training: Plan
  private let evaluation: Plan
  let seed: UInt64
  let fill: PlannedTask.Fill

  /// - Parameters:
  ///   - seed: of the start and of all batches.
  ///   - loss: writes the loss down, for either phase; its inputs but the running moments are filled by `fill`.
  init(
    seed: UInt64, normalization: Normalization, fill: @escaping PlannedTask.Fill, loss: (Blueprint) -> Term
  ) {
    var starts: [Blueprint.Start] = []
    func plan(_ phase: Blueprint.Phase) -> Plan {
      Plan(
        Expression { recording in
          let blueprint = Blueprint(recording, phase: phase)
          let term = loss(blueprint)
          starts = blueprint.starts
          return term
        })
    }
    training = plan(.training)
    evaluation = plan(.evaluation)
    parameters = training.parameters
    start = Blueprint.draw(starts, parameters, seed: seed)
    modelState = Layout([("weight", [])] + training.observations.slots.map { ($0.name, $0.shape) })
    self.normalization = normalization
    self.seed = seed
    self.fill = fill
  }

  package var operations: StepOperations? {
    StepOperations(loss: evaluation.operations.loss, gradient: training.operations.gradient)
  }

  package func initialParameters() -> Tensors { start }

  package func loss(
    _ parameters: Tensors, _ modelState: Tensors, on batch: Batch, in workspace: Workspace
  ) -> Float {
    evaluation.loss(parameters, in: workspace) { memory in
      fill(BatchMemory(plan: evaluation, memory: memory, batch: batch, seed: seed))
      writeMoments(of: modelState, into: memory)
    }
  }

  package func loss(
    _ parameters: Tensors, _ modelState: inout Tensors, on batch: Batch, gradient: inout Tensors,
    in workspace: Workspace
  ) -> Float {
    workspace.withFloats(training.observations.count) { moments in
      let loss = training.loss(parameters, gradient: &gradient, observations: moments, in: workspace) { memory in
        fill(BatchMemory(plan: training, memory: memory, batch: batch, seed: seed))
      }
      modelState.values.withUnsafeMutableBufferPointer { state in
        state[0] = Self.decay * state[0] + (1 - Self.decay)
        for i in 1..<state.count { state[i] = Self.decay * state[i] + (1 - Self.decay) * moments[i - 1] }
      }
      return loss
    }
  }

  /// The means of the moments seen; before the first step a mean of 0 and a variance of 1.
  private func writeMoments(of state: Tensors, into memory: UnsafeMutablePointer<Float>) {
    let weight = state.values[0]
    for slot in modelState.slots.dropFirst() {
      let target = memory + evaluation.input(slot.name).offset
      let unseen: Float = slot.name.hasSuffix(Self.varianceSuffix) ? 1 : 0
      for i in 0..<slot.count { target[i] = weight > 0 ? state.values[slot.offset + i] / weight : unseen }
    }
  }
}
