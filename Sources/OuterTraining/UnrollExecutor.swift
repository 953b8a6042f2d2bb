package import Numerics

/// Runs an outer iteration's work, in whatever order and wherever, and gives the results in the order asked for.
package protocol UnrollExecutor {
  func run(_ unrolls: [Unroll]) -> [UnrollResult]

  /// Perturbations of thetas of `count` weights, each drawn when it is first asked for.
  /// - Parameter next: those that will probably be wanted after these: who has nothing to do may draw them now.
  func perturbations(_ wanted: [Perturbation], next: [Perturbation], count: Int) -> [PairPerturbation]

  /// The result of work that the caller's thread does, inside of which others may help.
  func alone<Result>(_ work: (Workspace) -> Result) -> Result
}

extension UnrollExecutor {
  package func perturbations(_ wanted: [Perturbation], next: [Perturbation], count: Int) -> [PairPerturbation] {
    wanted.map { PairPerturbation($0, count: count) }
  }

  package func alone<Result>(_ work: (Workspace) -> Result) -> Result { work(Workspace()) }
}

/// Runs unrolls one after the other: what every other executor must agree with.
package struct SerialExecutor: UnrollExecutor {
  package init() {}

  package func run(_ unrolls: [Unroll]) -> [UnrollResult] {
    let workspace = Workspace()
    return unrolls.map { $0.run(in: workspace) }
  }
}
