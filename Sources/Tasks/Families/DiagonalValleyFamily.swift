package import Numerics

/// A valley along the diagonal, f = (x - y)^2 / 2, from starts in [-2, 2]^2 (spec §5.4, Fig. 4): a draw is a start.
///
/// Every point with x = y is a minimum, and the gradient is (x - y, y - x), so that who follows it alone keeps x + y.
package struct DiagonalValleyFamily: TaskFamily {
  package let name = "diagonal_valley"
  package let parameters = Layout([("w", [2])])

  package init() {}

  package func task(seed: UInt64) -> any Task { DiagonalValleyTask(parameters: parameters, seed: seed) }
}

/// One start; all batches are alike.
package struct DiagonalValleyTask: Task {
  package let parameters: Layout
  package let normalization: Normalization
  private let start: Tensors

  init(parameters: Layout, seed: UInt64) {
    var start = Tensors(zeros: parameters)
    for i in 0..<2 {
      start.values[i] = Float(4 * Randomness(key: seed).uniform(Address(.initialParameters), index: i) - 2)
    }
    self.parameters = parameters
    self.start = start
    normalization = Normalization(initial: Double(Self.loss(start)), best: 0)
  }

  package func initialParameters() -> Tensors { start }

  package func loss(_ parameters: Tensors, on batch: Batch, in workspace: Workspace) -> Float { Self.loss(parameters) }

  package func loss(
    _ parameters: Tensors, on batch: Batch, gradient: inout Tensors, in workspace: Workspace
  ) -> Float {
    let difference = parameters.values[0] - parameters.values[1]
    gradient.values[0] = difference
    gradient.values[1] = -difference
    return Self.loss(parameters)
  }

  private static func loss(_ parameters: Tensors) -> Float {
    let difference = parameters.values[0] - parameters.values[1]
    return 0.5 * difference * difference
  }
}
