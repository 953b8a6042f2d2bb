package import Numerics
package import Optimizers
package import Tasks

/// A task in training with one optimizer: the inner loop (spec §2), one step at a time.
package struct InnerTraining {
  /// Every so many steps, the first among them, the optimizer is shown a loss on the inner-valid split (spec §2).
  package static let validationInterval = 10

  package let task: any Task
  package let optimizer: any Optimizer
  package private(set) var state: InnerState
  /// Steps taken: the number of the next one.
  package private(set) var step: Int
  private var gradient: Tensors

  /// Training from the task's own start.
  package init(_ task: any Task, with optimizer: any Optimizer) {
    let state = InnerState(
      parameters: task.initialParameters(), optimizer: optimizer.initialState(), modelState: task.initialModelState())
    self.init(task, with: optimizer, from: state, step: 0)
  }

  /// Training that goes on from a state.
  package init(_ task: any Task, with optimizer: any Optimizer, from state: InnerState, step: Int) {
    self.task = task
    self.optimizer = optimizer
    self.state = state
    self.step = step
    gradient = Tensors(zeros: task.parameters)
  }

  /// Takes one step and returns its training loss, at the parameters before the update.
  package mutating func advance(in workspace: Workspace) -> Float {
    if step % Self.validationInterval == 0 {
      let validLoss = loss(on: Batch(.innerValid, step / Self.validationInterval), in: workspace)
      optimizer.observe(validLoss: validLoss, &state.optimizer)
    }
    let loss = task.loss(
      state.parameters, &state.modelState, on: Batch(.train, step), gradient: &gradient, in: workspace)
    optimizer.update(
      &state.parameters, &state.optimizer, seeing: Observation(gradient: gradient, loss: loss, step: step),
      in: workspace)
    step += 1
    return loss
  }

  /// The task's loss on a batch where training stands.
  package func loss(on batch: Batch, in workspace: Workspace) -> Float {
    task.loss(state.parameters, state.modelState, on: batch, in: workspace)
  }

  /// The loss that outer training counts for the step just taken, normalised.
  package func outerLoss(_ kind: OuterLoss, trainLoss: Float, in workspace: Workspace) -> Double {
    switch kind {
    case .train:
      return task.normalization(trainLoss)
    case .outerValid(let batches):
      var sum = 0.0
      for index in (step - 1) * batches..<step * batches {
        sum += task.normalization(loss(on: Batch(.outerValid, index), in: workspace))
      }
      return sum / Double(batches)
    }
  }
}
