internal import Numerics

/// Runs unrolls, in whatever order and wherever, and gives their results in the list's order.
package protocol UnrollExecutor {
  func run(_ unrolls: [Unroll]) -> [UnrollResult]
}

/// Runs unrolls one after the other: what every other executor must agree with.
package struct SerialExecutor: UnrollExecutor {
  package init() {}

  package func run(_ unrolls: [Unroll]) -> [UnrollResult] {
    let workspace = Workspace()
    return unrolls.map { $0.run(in: workspace) }
  }
}
