internal import Graph

/// A planned task before a draw: how its losses are scaled, how its batches are filled, how its loss is written down.
struct PlannedProblem: Sendable {
  let scale: PlannedTask.Scale
  let fill: PlannedTask.Fill
  let loss: @Sendable (Blueprint) -> Term

  init(
    scale: PlannedTask.Scale, fill: @escaping PlannedTask.Fill = { _ in },
    loss: @escaping @Sendable (Blueprint) -> Term
  ) {
    self.scale = scale
    self.fill = fill
    self.loss = loss
  }

  func task(seed: UInt64) -> PlannedTask { PlannedTask(seed: seed, scale: scale, fill: fill, loss: loss) }

  /// Counted without a start.
  var operations: StepOperations { Plan(Expression { loss(Blueprint($0)) }).stepOperations }
}
