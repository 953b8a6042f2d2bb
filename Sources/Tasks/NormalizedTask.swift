package import Numerics

/// A task whose losses are mapped by other numbers than its own.
package struct NormalizedTask: Task {
  package let task: any Task
  package let normalization: Normalization

  package var parameters: Layout { task.parameters }
  package var operations: StepOperations? { task.operations }

  package init(_ task: any Task, by normalization: Normalization) {
    self.task = task
    self.normalization = normalization
  }

  package func initialParameters() -> Tensors { task.initialParameters() }

  package func loss(_ parameters: Tensors, on batch: Batch, in workspace: Workspace) -> Float {
    task.loss(parameters, on: batch, in: workspace)
  }

  package func loss(
    _ parameters: Tensors, on batch: Batch, gradient: inout Tensors, in workspace: Workspace
  ) -> Float {
    task.loss(parameters, on: batch, gradient: &gradient, in: workspace)
  }

  package var modelState: Layout { task.modelState }
  package func initialModelState() -> Tensors { task.initialModelState() }

  package func loss(
    _ parameters: Tensors, _ modelState: Tensors, on batch: Batch, in workspace: Workspace
  ) -> Float {
    task.loss(parameters, modelState, on: batch, in: workspace)
  }

  package func loss(
    _ parameters: Tensors, _ modelState: inout Tensors, on batch: Batch, gradient: inout Tensors,
    in workspace: Workspace
  ) -> Float {
    task.loss(parameters, &modelState, on: batch, gradient: &gradient, in: workspace)
  }
}
