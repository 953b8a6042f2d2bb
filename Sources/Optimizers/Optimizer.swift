package import Numerics

/// What an optimizer sees of a training step.
package struct Observation {
  /// The gradient of the training loss, laid out like the parameters.
  package var gradient: Tensors
  /// The training loss at the parameters before the update, as it is: not normalised.
  package var loss: Float
  /// The number of this step, from 0. The caller counts; an optimizer keeps no counter of its own.
  package var step: Int

  package init(gradient: Tensors, loss: Float, step: Int) {
    self.gradient = gradient
    self.loss = loss
    self.step = step
  }
}

/// A rule that moves parameters, seeing gradients and losses.
///
/// An optimizer is a value without memory: all that it remembers is in the state, which it gets and gives back, so that
/// a state that was written and read goes on with the same bits. The state's layout depends on the parameters' layout
/// alone. Scratch memory comes from the caller's workspace; an update allocates nothing.
package protocol Optimizer: Sendable {
  /// The state before the first step, for the parameters that this optimizer was made for.
  func initialState() -> Tensors

  /// Takes note of a loss on validation data, before the update of the same step. Most optimizers have no use for it.
  func observe(validLoss: Float, _ state: inout Tensors)

  /// Moves the parameters by one step and the state with them.
  func update(
    _ parameters: inout Tensors, _ state: inout Tensors, seeing observation: Observation, in workspace: Workspace)
}

extension Optimizer {
  package func observe(validLoss: Float, _ state: inout Tensors) {}
}

/// An optimizer with weights of its own, theta, that are learned by outer training.
package protocol LearnedOptimizer: Sendable {
  /// The names and shapes of theta's tensors.
  var thetaLayout: Layout { get }

  /// Theta before outer training, drawn at `Purpose.initialTheta`.
  func initialTheta(_ randomness: Randomness) -> Tensors

  /// The optimizer that these weights are, for parameters of that layout.
  func optimizer(theta: Tensors, for parameters: Layout) -> any Optimizer
}

/// A rule with fixed hyperparameters, such as Adam, that can be made for parameters of any layout.
package protocol HandDesignedOptimizer: Sendable {
  /// The optimizer for parameters of that layout.
  func optimizer(for parameters: Layout) -> any Optimizer
}
