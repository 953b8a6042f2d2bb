package import Numerics
package import OuterTraining
import RunStore

/// Theta after every outer iteration, rebuilt from records alone: seeds, loss differences and reset flags, without any
/// inner training (spec §3.2, §3.6). A run's records are its theta's whole history.
package struct ThetaHistory {
  private let problem: OuterProblem
  private var history: PerturbationHistory
  private var state: RunState

  /// The history from a state on: the run's start, or a checkpoint.
  package init(_ problem: OuterProblem, from state: RunState) {
    self.problem = problem
    self.state = state
    history = PerturbationHistory(
      accumulates: problem.estimator.accumulates, accumulators: state.particles.map(\.accumulator))
  }

  package var theta: Tensors { state.theta }
  package var outerOptimizer: Tensors { state.outerOptimizer }
  package var outerIteration: Int { state.outerIteration }

  /// Takes in the record of the next iteration.
  package mutating func advance(_ record: IterationRecord) {
    precondition(record.outerIteration == state.outerIteration + 1, "record \(record.outerIteration) out of order")
    var gradient = history.gradient(of: record.pairs, sigma: problem.sigma, layout: state.theta.layout)
    problem.update(&state, with: &gradient, outerLoss: record.outerLoss, in: Workspace())
    state.outerIteration += 1
  }
}
