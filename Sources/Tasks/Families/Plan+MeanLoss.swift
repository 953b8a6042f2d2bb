internal import Graph
internal import Numerics

extension Plan {
  var stepOperations: StepOperations { StepOperations(loss: operations.loss, gradient: operations.gradient) }

  /// The mean loss over the first five batches of a split: what a start is normalized by (spec §12).
  func meanLoss(
    at parameters: Tensors, over split: Split, in workspace: Workspace,
    fill: (UnsafeMutablePointer<Float>, Batch) -> Void
  ) -> Double {
    let batches = 5
    let sum = (0..<batches).reduce(0.0) { sum, index in
      sum + Double(loss(parameters, in: workspace) { fill($0, Batch(split, index)) })
    }
    return sum / Double(batches)
  }
}
