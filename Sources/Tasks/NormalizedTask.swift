package import Numerics

/// A task whose losses are mapped by other numbers than its own.
package struct NormalizedTask: TaskWrapper {
  let base: any Task
  package let normalization: Normalization

  package init(_ base: any Task, by normalization: Normalization) {
    self.base = base
    self.normalization = normalization
  }

  package func loss(
    _ parameters: Tensors, _ modelState: inout Tensors, on batch: Batch, gradient: inout Tensors,
    in workspace: Workspace
  ) -> Float {
    base.loss(parameters, &modelState, on: batch, gradient: &gradient, in: workspace)
  }
}
