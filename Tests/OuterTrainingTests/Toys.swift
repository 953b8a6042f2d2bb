import Numerics
import Optimizers
import OuterTraining
import Tasks

/// Σ λᵢ(wᵢ - cᵢ)² with a start, curvatures and noise on the gradient that follow from the seed; no graph needed.
struct ToyTask: Task {
  let seed: UInt64
  let parameters = Layout([("a", [2, 3]), ("b", [])])
  let normalization = Normalization(initial: 10, best: 0)

  private func numbers(_ purpose: Purpose, index: Int = 0) -> [Float] {
    [Float](unsafeUninitializedCapacity: 7) { buffer, count in
      Randomness(key: seed).normals(
        Address(purpose, outerIteration: index), into: UnsafeMutableBufferPointer(rebasing: buffer[0..<7]))
      count = 7
    }
  }

  func initialParameters() -> Tensors { Tensors(parameters, values: numbers(.initialParameters)) }

  func loss(_ parameters: Tensors, on batch: Batch, in workspace: Workspace) -> Float {
    var gradient = Tensors(zeros: self.parameters)
    return loss(parameters, on: batch, gradient: &gradient, in: workspace)
  }

  func loss(_ parameters: Tensors, on batch: Batch, gradient: inout Tensors, in workspace: Workspace) -> Float {
    let curvature = numbers(.taskConfiguration)
    let noise = numbers(batch.split == .train ? .trainBatch : .outerValidBatch, index: batch.index)
    var loss: Float = 0
    for i in 0..<7 {
      let distance = parameters.values[i] - 0.1 * noise[i]
      loss += curvature[i] * curvature[i] * distance * distance
      gradient.values[i] = 2 * curvature[i] * curvature[i] * distance
    }
    return loss
  }
}

struct ToyFamily: TaskFamily {
  let name = "toy"
  func task(seed: UInt64) -> any Task { ToyTask(seed: seed) }
}

/// Momentum whose rate and decay are theta: w ← w - θ₀ m, m ← θ₁ m + g.
struct ToyLearned: LearnedOptimizer {
  let thetaLayout = Layout([("rate", []), ("decay", [1])])

  func initialTheta(_ randomness: Randomness) -> Tensors { Tensors(thetaLayout, values: [0.02, 0.5]) }

  func optimizer(theta: Tensors, for parameters: Layout) -> any Optimizer {
    ToyOptimizer(rate: theta.values[0], decay: theta.values[1], layout: parameters)
  }
}

struct ToyOptimizer: Optimizer {
  let rate: Float
  let decay: Float
  let layout: Layout

  func initialState() -> Tensors { Tensors(zeros: layout) }

  func update(
    _ parameters: inout Tensors, _ state: inout Tensors, seeing observation: Observation, in workspace: Workspace
  ) {
    for i in parameters.values.indices {
      state.values[i] = decay * state.values[i] + observation.gradient.values[i]
      parameters.values[i] -= rate * state.values[i]
    }
  }
}

func toyProblem(
  _ estimator: any GradientEstimator, pairs: Int = 5, staggered: Bool = false, seed: UInt64 = 11,
  outerOptimizer: (any Optimizer)? = nil, gradientClip: Float? = 0.1
) -> OuterProblem {
  OuterProblem(
    learned: ToyLearned(), tasks: TaskDistribution([.init(ToyFamily()), .init(ToyFamily(), weight: 0.5)]),
    estimator: estimator, pairs: pairs, sigma: 0.01, outerLoss: .outerValid(batches: 2), gradientClip: gradientClip,
    outerOptimizer: outerOptimizer ?? ToyOptimizer(rate: 0.003, decay: 0.9, layout: ToyLearned().thetaLayout),
    staggersFirstTasks: staggered, randomness: Randomness(key: seed))
}

/// Every estimator, with lengths that make tasks end inside an unroll, at its end, and not at all.
let estimators: [any GradientEstimator] = [
  FullES(horizon: .uniform(5, 12)),
  TruncatedES(truncation: .uniform(3, 6), horizon: .uniform(7, 19)),
  TruncatedES(truncation: .constant(4), horizon: .constant(8)),
  PartingES(truncation: .uniform(3, 6), horizon: .uniform(7, 19)),
  PersistentES(truncation: .uniform(3, 6), horizon: .logUniform(7, 30)),
  PersistentES(truncation: .constant(4), horizon: .constant(8)),
  PersistentES(truncation: .linear(from: 2, to: 6, over: 5), horizon: .constant(1000)),
]
