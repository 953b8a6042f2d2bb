package import Numerics

/// The four disjoint parts of a task's data (spec: inner training sees `train` and `innerValid`, outer training `outerValid`).
package enum Split: Int, CaseIterable, Sendable {
  case train, innerValid, outerValid, test
}

/// The address of a batch: batch `index` of a split is a function of the task's seed and this, whatever was asked before.
package struct Batch: Hashable, Sendable {
  package var split: Split
  package var index: Int

  package init(_ split: Split, _ index: Int) {
    self.split = split
    self.index = index
  }
}

/// One problem to train parameters on: a loss, where to start, and the data, all fixed by a configuration and a seed.
///
/// A task is an immutable value that any number of threads may use at once, each with a workspace of its own.
package protocol Task: Sendable {
  var parameters: Layout { get }

  /// What maps this task's loss to about 1 at the start and 0 at a good end.
  var normalization: Normalization { get }

  /// What a batch costs; nil where nobody has counted.
  var operations: StepOperations? { get }

  /// Where inner training starts: the same for both members of an antithetic pair.
  func initialParameters() -> Tensors

  /// The loss on a batch.
  func loss(_ parameters: Tensors, on batch: Batch, in workspace: Workspace) -> Float

  /// The loss on a batch, and its gradient, which overwrites what `gradient` held.
  func loss(
    _ parameters: Tensors, on batch: Batch, gradient: inout Tensors, in workspace: Workspace
  ) -> Float

  /// What training changes besides the parameters: running statistics, parameters of earlier steps. Empty for most tasks.
  ///
  /// It has no gradient and no optimizer sees it; it travels with the parameters and is part of a checkpoint. A task that has
  /// some is a `StatefulTask` and writes the four members from here on itself.
  var modelState: Layout { get }

  /// The model state where inner training starts.
  func initialModelState() -> Tensors

  /// The loss on a batch, given what training has left in the model state.
  func loss(_ parameters: Tensors, _ modelState: Tensors, on batch: Batch, in workspace: Workspace) -> Float

  /// The loss as a training step sees it, its gradient, and the model state after the step.
  func loss(
    _ parameters: Tensors, _ modelState: inout Tensors, on batch: Batch, gradient: inout Tensors,
    in workspace: Workspace
  ) -> Float
}

extension Task {
  package var modelState: Layout { Layout() }

  package func initialModelState() -> Tensors { Tensors(zeros: modelState) }

  package func loss(
    _ parameters: Tensors, _ modelState: Tensors, on batch: Batch, in workspace: Workspace
  ) -> Float {
    loss(parameters, on: batch, in: workspace)
  }

  package func loss(
    _ parameters: Tensors, _ modelState: inout Tensors, on batch: Batch, gradient: inout Tensors,
    in workspace: Workspace
  ) -> Float {
    loss(parameters, on: batch, gradient: &gradient, in: workspace)
  }
}

/// A task that has a model state: its losses without one are those at the state of the start.
protocol StatefulTask: Task {}

extension StatefulTask {
  package func loss(_ parameters: Tensors, on batch: Batch, in workspace: Workspace) -> Float {
    loss(parameters, initialModelState(), on: batch, in: workspace)
  }

  package func loss(
    _ parameters: Tensors, on batch: Batch, gradient: inout Tensors, in workspace: Workspace
  ) -> Float {
    var state = initialModelState()
    return loss(parameters, &state, on: batch, gradient: &gradient, in: workspace)
  }
}

extension Task {
  package var operations: StepOperations? { nil }
}

/// Floating-point operations of a task on one batch, as `Plan` counts them: a cost that is the same on every machine.
package struct StepOperations: Hashable, Sendable {
  package let loss: Int
  /// Of the loss and its gradient: what a step of inner training costs beside the optimizer's own work.
  package let gradient: Int

  package init(loss: Int, gradient: Int) {
    self.loss = loss
    self.gradient = gradient
  }
}

/// A distribution over tasks of one kind: a draw is a function of a 64-bit seed.
package protocol TaskFamily: Sendable {
  /// The name by which recipes and records call the family.
  var name: String { get }

  func task(seed: UInt64) -> any Task
}
