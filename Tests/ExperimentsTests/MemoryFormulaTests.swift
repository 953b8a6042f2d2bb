import Experiments
import Numerics
import OuterTraining
import Testing

/// The formulas of Docs/performance.md for what a run keeps in memory.
@Suite struct MemoryFormulaTests {
  private func state(_ optimizer: String, pairs: Int, hidden: Int) throws -> (OuterProblem, RunState) {
    let recipe = try Recipe(
      "learned_optimizer: {kind: \(optimizer)}\ntasks: [{family: digits_mlp, hidden: [\(hidden)], batch_size: 2}]\n"
        + "estimator: {kind: persistent_es, pairs: \(pairs), truncation: {steps: 1}, horizon: {steps: 5000}}\n"
        + "outer_loss: {split: train}", name: "small")
    let problem = try Experiment(recipe: recipe, seed: 3, calibrations: [[]]).problem
    return (problem, problem.step(problem.initialState(), on: SerialExecutor()).0)
  }

  private func floats(_ state: RunState) -> Int {
    state.theta.values.count + state.outerOptimizer.values.count
      + state.particles.reduce(0) { sum, particle in
        let states = [particle.episode?.positive, particle.episode?.negative].compactMap { $0 }
        return sum + (particle.accumulator?.values.count ?? 0)
          + states.reduce(0) {
            $0 + $1.parameters.values.count + $1.optimizer.values.count + $1.modelState.values.count
          }
      }
  }

  @Test(arguments: [(1, 4), (3, 16), (8, 7)])
  func aStateHasTheFloatsThatTheFormulaSays(_ pairs: Int, _ hidden: Int) throws {
    let (problem, state) = try state("hierarchical", pairs: pairs, hidden: hidden)
    let parameters = 64 * hidden + hidden + 10 * hidden + 10
    #expect(problem.innerLayouts(drawnAt: 0, particle: 0, theta: state.theta).parameters.count == parameters)
    let inner = 11 * parameters + 144 * 4 + 26
    let theta = state.theta.values.count
    #expect(floats(state) == 3 * theta + pairs * (2 * inner + theta))
  }
}
