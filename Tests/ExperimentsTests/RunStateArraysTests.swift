import Experiments
import Numerics
import OuterTraining
import RunStore
import Testing

/// A checkpoint is a state written down: written and read it is the same bits, and what is not right has its own error.
@Suite struct RunStateArraysTests {
  private static let estimators = [
    "{kind: full_es, pairs: 2, horizon: {steps: 4}}",
    "{kind: truncated_es, pairs: 2, truncation: {steps: 3}, horizon: {steps: 10}}",
    "{kind: persistent_es, pairs: 2, truncation: {steps: 3}, horizon: {steps: 10}}",
  ]

  /// A problem, and a state in the middle of it.
  private func middle(_ estimator: String, iterations: Int = 2) throws -> (OuterProblem, RunState) {
    let recipe = try Recipe(
      "learned_optimizer: {kind: hierarchical}\ntasks: [{family: quadratic}, {family: quadratic_10}]\n"
        + "estimator: \(estimator)\nouter_loss: {split: train}", name: "small")
    let experiment = try Experiment(recipe: recipe, seed: 3)
    var state = experiment.initialState
    for _ in 0..<iterations { state = experiment.problem.step(state, on: SerialExecutor()).0 }
    return (experiment.problem, state)
  }

  @Test(arguments: estimators)
  func aStateWrittenAndReadIsTheSameBits(_ estimator: String) throws {
    let (problem, state) = try middle(estimator)
    #expect(try RunState(state.arrays, for: problem) == state)
    let start = problem.initialState()
    #expect(try RunState(start.arrays, for: problem) == start)
  }

  /// The model state is part of a run's state: restarted from a checkpoint, a task with batch norm goes on with the same bits.
  @Test(arguments: estimators)
  func aTaskWithAModelStateGoesOnWithTheSameBitsFromACheckpoint(_ estimator: String) throws {
    let recipe = try Recipe(
      "learned_optimizer: {kind: mlp}\ntasks: [{family: resnet_v2, batch_size: 2}]\n"
        + "estimator: \(estimator)\nouter_loss: {batches: 1}", name: "small")
    let problem = try Experiment(recipe: recipe, seed: 3).problem
    var state = problem.step(problem.initialState(), on: SerialExecutor()).0
    let read = try RunState(state.arrays, for: problem)
    #expect(read == state)
    let names = state.arrays.names
    #expect(names.contains { $0.contains("/positive/model_state/last_norm.mean") } == !estimator.contains("full_es"))
    #expect(!names.contains { $0.contains("optimizer") && $0.hasSuffix(".mean") })
    state = problem.step(state, on: SerialExecutor()).0
    #expect(problem.step(read, on: SerialExecutor()).0 == state)
  }

  @Test(arguments: estimators)
  func aTaskWithDelayedGradientsGoesOnWithTheSameBitsFromACheckpoint(_ estimator: String) throws {
    let only = "{delayed_gradients: 1, reparametrized_weights: 0, es_gradients: 0}"
    let recipe = try Recipe(
      "learned_optimizer: {kind: mlp}\ntasks: [{family: image_mlp, maximum_work: 100000, augmentations: \(only)}]\n"
        + "estimator: \(estimator)\nouter_loss: {batches: 1}", name: "small")
    let problem = try Experiment(recipe: recipe, seed: 3).problem
    let state = problem.step(problem.initialState(), on: SerialExecutor()).0
    let read = try RunState(state.arrays, for: problem)
    #expect(read == state)
    let names = state.arrays.names
    #expect(names.contains { $0.hasSuffix("/positive/model_state/delayed/position") } == !estimator.contains("full_es"))
    let (next, record) = problem.step(state, on: SerialExecutor())
    let (again, sameRecord) = problem.step(read, on: SerialExecutor())
    #expect(next == again && record == sameRecord)
  }

  @Test(arguments: estimators)
  func eachArrayDroppedMisshapenOrMistypedIsNamed(_ estimator: String) throws {
    let (problem, state) = try middle(estimator)
    let arrays = state.arrays.arrays
    for index in arrays.indices {
      let array = arrays[index]
      func mangled(_ replacement: NamedArray?) -> NamedArrays {
        NamedArrays(arrays.indices.compactMap { $0 == index ? replacement : arrays[$0] })
      }
      let wrongs: [NamedArray?] = [
        nil, NamedArray(array.name, shape: [1] + array.shape, array.values),
        NamedArray(array.name, shape: array.shape, .text(Array(repeating: "", count: array.values.count))),
      ]
      for wrong in wrongs {
        let error = #expect(throws: StateError.self) { try RunState(mangled(wrong), for: problem) }
        // Without its accumulator a particle looks as if it had none, and the first array of it that is left tells.
        #expect(
          error.map { array.name.hasPrefix($0.array) || $0.array.hasPrefix("particles/") } == true, "\(array.name)")
      }
    }
    var more = state.arrays
    more.append(.text("theta_too", "x"))
    #expect(throws: StateError.self) { try RunState(more, for: problem) }
  }

  /// The negative control: one bit in any array makes another state, and shows in the digest.
  @Test(arguments: estimators)
  func oneBitInAnyArrayIsAnotherState(_ estimator: String) throws {
    let (problem, state) = try middle(estimator)
    let arrays = state.arrays.arrays
    for index in arrays.indices {
      guard case .float32(var values) = arrays[index].values else { continue }
      values[values.count / 2] = Float(bitPattern: values[values.count / 2].bitPattern ^ 1)
      let flipped = NamedArrays(
        arrays.indices.map {
          $0 == index ? NamedArray(arrays[$0].name, shape: arrays[$0].shape, .float32(values)) : arrays[$0]
        })
      #expect(flipped.digest != state.arrays.digest)
      #expect(try RunState(flipped, for: problem) != state, "\(arrays[index].name)")
    }
  }

  @Test(arguments: estimators)
  func aRecordWrittenAndReadIsTheSame(_ estimator: String) throws {
    let (problem, state) = try middle(estimator)
    let record = problem.step(state, on: SerialExecutor()).1
    let seen = Observed(finishedAt: 1, seconds: 2, cpuSeconds: 3, storingSeconds: 4, peakMemory: 5, threads: 6)
    #expect(IterationRecord(Record(record, at: 3, seen)) == record)
  }
}
