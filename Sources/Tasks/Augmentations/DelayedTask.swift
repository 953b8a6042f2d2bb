internal import Numerics

/// A task whose losses and gradients are those of the parameters `delay` steps ago, as with workers that are late (LO's
/// AsyncDelayedGradients). The earlier parameters are its model state.
struct DelayedTask: TaskWrapper {
  private static let position = "delayed/position"

  let base: any Task
  let delay: Int
  let modelState: Layout

  init(_ base: any Task, delay: Int) {
    precondition(delay > 0, "a delay of \(delay) steps")
    self.base = base
    self.delay = delay
    // A ring of parameters, the place of the oldest of them, and the other task's own state.
    let ring = (0..<delay).flatMap { k in
      base.parameters.slots.map { (name: "delayed/\(k)/\($0.name)", shape: $0.shape) }
    }
    modelState = Layout(ring + [(Self.position, [])] + base.modelState.slots.map { ("base/\($0.name)", $0.shape) })
  }

  private var count: Int { base.parameters.count }

  /// All earlier parameters are those of the start.
  func initialModelState() -> Tensors {
    let start = base.initialParameters().values
    return Tensors(
      modelState, values: (0..<delay).flatMap { _ in start } + [0] + base.initialModelState().values)
  }

  func loss(_ parameters: Tensors, _ modelState: Tensors, on batch: Batch, in workspace: Workspace) -> Float {
    base.loss(oldest(in: modelState), baseState(in: modelState), on: batch, in: workspace)
  }

  func loss(
    _ parameters: Tensors, _ modelState: inout Tensors, on batch: Batch, gradient: inout Tensors,
    in workspace: Workspace
  ) -> Float {
    var state = baseState(in: modelState)
    let loss = base.loss(
      oldest(in: modelState), &state, on: batch, gradient: &gradient, in: workspace)
    let place = position(in: modelState)
    modelState.values.replaceSubrange(place * count..<(place + 1) * count, with: parameters.values)
    modelState.values[delay * count] = Float((place + 1) % delay)
    modelState.values.replaceSubrange((delay * count + 1)..., with: state.values)
    return loss
  }

  private func position(in state: Tensors) -> Int { Int(state.values[delay * count]) }

  private func oldest(in state: Tensors) -> Tensors {
    let place = position(in: state)
    return Tensors(base.parameters, values: Array(state.values[place * count..<(place + 1) * count]))
  }

  private func baseState(in state: Tensors) -> Tensors {
    Tensors(base.modelState, values: Array(state.values[(delay * count + 1)...]))
  }
}
