import Numerics
import OuterTraining
package import RunStore

/// A run so short that it takes a moment, and what its theta must come to: whether this machine and build give the bits
/// that this numerics version stands for.
package enum GoldenRun {
  /// SHA-256 of theta's bytes after the last iteration, by numerics version: a version stays here for ever, and a change of
  /// any of them is a new version, on purpose. GoldenRunTests prints the value of this build.
  package static let thetaDigests = [
    "1": "b008b54e6ef87743a5f7e1c5d224269eb0863936d06f90d8724fd22faa29f501"
  ]

  package static var expected: String? { thetaDigests[NumericsVersion.current] }

  private static let iterations = 6
  private static let seed: UInt64 = 2020

  /// Persistent ES over bowls with tasks that end inside unrolls, so that perturbations, resets, draws and Adam all count.
  private static let recipe = """
    learned_optimizer: {kind: hierarchical}
    tasks: [{family: quadratic}, {family: noisy_quadratic}, {family: test_function}]
    estimator:
      kind: persistent_es
      pairs: 3
      truncation: {kind: constant, steps: 5}
      horizon: {kind: uniform, low: 6, high: 14}
    outer_loss: {split: outer_valid, batches: 2}
    outer_optimizer: {kind: adam, learning_rate: 0.01}
    """

  /// The digest that this build gives, on so many threads.
  package static func thetaDigest(threads: Int) throws -> Digest {
    let experiment = try Experiment(recipe: Recipe(recipe, name: "golden"), seed: seed)
    let executor = ThreadExecutor(threads: threads)
    var state = experiment.initialState
    for _ in 0..<iterations { (state, _) = experiment.problem.step(state, on: executor) }
    return state.thetaDigest
  }
}
