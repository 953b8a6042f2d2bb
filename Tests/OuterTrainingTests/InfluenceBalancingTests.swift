import Numerics
import Optimizers
import OuterTraining
import Tasks
import Testing

/// Influence balancing (Vicol et al. 2021; spec §9.4): s ← A s + θ v, where the direct effect of θ on the loss has the
/// wrong sign. Persistent ES finds θ = -1/6; truncated ES runs away.
@Suite struct InfluenceBalancingTests {
  private func theta(_ estimator: any GradientEstimator, iterations: Int, pairs: Int) -> Float {
    let layout = Layout([("theta", [])])
    let problem = OuterProblem(
      learned: DrivenSystem(), tasks: TaskDistribution([.init(DrivenSystemFamily())]), estimator: estimator,
      pairs: pairs, sigma: 0.1, outerLoss: .outerValid(batches: 1), gradientClip: nil,
      // The task divides its loss by `DrivenSystemTask.scale`, so that the ceiling of normalised losses is far away.
      outerOptimizer: ToyOptimizer(rate: 1e-4 * DrivenSystemTask.scale, decay: 0, layout: layout),
      staggersFirstTasks: false, randomness: Randomness(key: 20))
    var state = problem.initialState()
    let executor = ThreadExecutor(threads: 2)
    for _ in 0..<iterations { state = problem.step(state, on: executor).0 }
    return state.theta.values[0]
  }

  @Test func persistentESFindsTheFixedPoint() {
    let estimator = PersistentES(truncation: .constant(1), horizon: .constant(1_000_000))
    #expect(abs(theta(estimator, iterations: 2_000, pairs: 250) + 1 / 6.0) < 0.004)
  }

  @Test func truncatedESRunsAway() {
    let estimator = TruncatedES(truncation: .constant(1), horizon: .constant(1_000_000))
    #expect(theta(estimator, iterations: 2_000, pairs: 50) > 1.5)
  }
}

private struct DrivenSystemFamily: TaskFamily {
  let name = "driven_system"
  func task(seed: UInt64) -> any Task { DrivenSystemTask() }
}

private struct DrivenSystemTask: Task {
  static let scale: Float = 1_000
  let parameters = Layout([("s", [23])])
  let normalization = Normalization(initial: Double(scale), best: 0)
  func initialParameters() -> Tensors { Tensors(parameters, values: Array(repeating: 1, count: 23)) }
  func loss(_ parameters: Tensors, on batch: Batch, in workspace: Workspace) -> Float {
    0.5 * (parameters.values[0] - 1) * (parameters.values[0] - 1)
  }
  func loss(_ parameters: Tensors, on batch: Batch, gradient: inout Tensors, in workspace: Workspace) -> Float {
    loss(parameters, on: batch, in: workspace)
  }
}

/// s ← A s + θ v with ½ on the diagonal and the first superdiagonal, v = 1 in ten places and -1 in thirteen.
private struct DrivenSystem: LearnedOptimizer {
  let thetaLayout = Layout([("theta", [])])
  func initialTheta(_ randomness: Randomness) -> Tensors { Tensors(thetaLayout, values: [0.5]) }
  func optimizer(theta: Tensors, for parameters: Layout) -> any Optimizer { Drive(theta: theta.values[0]) }

  struct Drive: Optimizer {
    let theta: Float
    func initialState() -> Tensors { Tensors(Layout(), values: []) }
    func update(
      _ parameters: inout Tensors, _ state: inout Tensors, seeing observation: Observation, in workspace: Workspace
    ) {
      for i in 0..<23 {
        let above = i < 22 ? parameters.values[i + 1] : 0
        parameters.values[i] = 0.5 * parameters.values[i] + 0.5 * above + theta * (i < 10 ? 1 : -1)
      }
    }
  }
}
