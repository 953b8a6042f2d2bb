internal import Graph
package import Numerics

/// A task that is a recorded loss, the rules of its start, and a filling of its batches: what the sampled families are made of.
package struct PlannedTask: Task {
  /// What a draw of a task says about its losses before any is computed.
  struct Scale: Sendable {
    /// The loss that maps to 0: a known lower bound, or nil where none is known; then a start of loss l is normalized by
    /// max(1, |l|) alone.
    let best: Double?
    /// What counts as the loss at the start should that not be finite.
    let guess: Double
  }

  typealias Fill = @Sendable (BatchMemory) -> Void
  /// What is done to a batch's gradient after it was computed.
  typealias Distortion = @Sendable (inout Tensors, Batch, Workspace) -> Void

  package let parameters: Layout
  package let normalization: Normalization

  private let start: Tensors
  let plan: Plan
  let seed: UInt64
  let fill: Fill
  private let distort: Distortion?

  /// - Parameters:
  ///   - seed: of the start and of all batches.
  ///   - loss: writes the loss down; its inputs are filled by `fill`.
  init(
    seed: UInt64, scale: Scale, distort: Distortion? = nil, fill: @escaping Fill = { _ in },
    loss: (Blueprint) -> Term
  ) {
    self.init(seed: seed, distort: distort, fill: fill, loss: loss) { plan, start in
      let initial = plan.meanLoss(at: start, over: .outerValid, in: Workspace()) { memory, batch in
        fill(BatchMemory(plan: plan, memory: memory, batch: batch, seed: seed))
      }
      let known = initial.isFinite ? initial : scale.guess
      return Normalization(initial: known, best: scale.best ?? known - max(1, abs(known)))
    }
  }

  /// A task whose losses are mapped in a way that needs none of them.
  init(
    seed: UInt64, normalization: Normalization, fill: @escaping Fill = { _ in }, loss: (Blueprint) -> Term
  ) {
    self.init(seed: seed, distort: nil, fill: fill, loss: loss) { _, _ in normalization }
  }

  private init(
    seed: UInt64, distort: Distortion?, fill: @escaping Fill, loss: (Blueprint) -> Term,
    normalization: (_ plan: Plan, _ start: Tensors) -> Normalization
  ) {
    var starts: [Blueprint.Start] = []
    let expression = Expression { recording in
      let blueprint = Blueprint(recording)
      let term = loss(blueprint)
      starts = blueprint.starts
      return term
    }
    let plan = Plan(expression)
    let start = Blueprint.draw(starts, expression.parameters, seed: seed)
    self.parameters = expression.parameters
    self.normalization = normalization(plan, start)
    self.start = start
    self.plan = plan
    self.seed = seed
    self.fill = fill
    self.distort = distort
  }

  package var operations: StepOperations? { plan.stepOperations }

  package func initialParameters() -> Tensors { start }

  package func loss(_ parameters: Tensors, on batch: Batch, in workspace: Workspace) -> Float {
    plan.loss(parameters, in: workspace) {
      fill(BatchMemory(plan: plan, memory: $0, batch: batch, seed: seed))
    }
  }

  package func loss(
    _ parameters: Tensors, on batch: Batch, gradient: inout Tensors, in workspace: Workspace
  ) -> Float {
    let loss = plan.loss(parameters, gradient: &gradient, in: workspace) {
      fill(BatchMemory(plan: plan, memory: $0, batch: batch, seed: seed))
    }
    distort?(&gradient, batch, workspace)
    return loss
  }
}

/// Where the inputs of one batch are written.
struct BatchMemory {
  let plan: Plan
  let memory: UnsafeMutablePointer<Float>
  let batch: Batch
  /// Of the task.
  let seed: UInt64

  var randomness: Randomness { Randomness(key: seed) }

  /// The address of draws beside those of the examples, which are particle 0's.
  func address(_ stream: Int) -> Address {
    var address = batch.address
    address.particle = stream
    return address
  }

  func floats(_ name: String) -> UnsafeMutableBufferPointer<Float> {
    let input = plan.input(name)
    return UnsafeMutableBufferPointer(start: memory + input.offset, count: input.shape.reduce(1, *))
  }

  func indices(_ name: String) -> UnsafeMutablePointer<Int32> {
    UnsafeMutableRawPointer(memory + plan.input(name).offset).assumingMemoryBound(to: Int32.self)
  }
}
