internal import Numerics

/// A task made of another one: what a wrapper does not say anew is the other's. A wrapper writes the loss with gradient and model
/// state.
protocol TaskWrapper: StatefulTask {
  var base: any Task { get }
}

extension TaskWrapper {
  package var parameters: Layout { base.parameters }
  package var normalization: Normalization { base.normalization }
  package var operations: StepOperations? { base.operations }
  package var modelState: Layout { base.modelState }

  package func initialParameters() -> Tensors { base.initialParameters() }
  package func initialModelState() -> Tensors { base.initialModelState() }

  package func loss(
    _ parameters: Tensors, _ modelState: Tensors, on batch: Batch, in workspace: Workspace
  ) -> Float {
    base.loss(parameters, modelState, on: batch, in: workspace)
  }
}

extension Batch {
  /// The random numbers of what an augmentation does at this batch, under a task's seed; they meet none of the batch's own.
  func augmentationRandomness(seed: UInt64, _ augmentation: Int) -> Randomness {
    let own = Randomness(key: Randomness(key: seed).seed(Address(.augmentation, particle: 1 << 16 | augmentation)))
    return Randomness(key: own.seed(address))
  }
}
