import Numerics
import Optimizers
import OuterTraining
import Tasks
import Testing

/// A serial executor that runs unrolls from the last to the first.
private struct ReversedExecutor: UnrollExecutor {
  func run(_ unrolls: [Unroll]) -> [UnrollResult] {
    let workspace = Workspace()
    return unrolls.reversed().map { $0.run(in: workspace) }.reversed()
  }
}

@Suite struct StepTests {
  private func run(
    _ problem: OuterProblem, from start: RunState? = nil, iterations: Int, on executor: some UnrollExecutor
  ) -> (state: RunState, records: [IterationRecord]) {
    var state = start ?? problem.initialState()
    var records: [IterationRecord] = []
    for _ in 0..<iterations {
      let (next, record) = problem.step(state, on: executor)
      state = next
      records.append(record)
    }
    return (state, records)
  }

  @Test(arguments: estimators.indices, [1, 2, 7])
  func theNumberOfThreadsAndTheOrderOfWorkChangeNoBit(_ index: Int, threads: Int) {
    let problem = toyProblem(estimators[index], staggered: index % 2 == 0)
    let serial = run(problem, iterations: 7, on: SerialExecutor())
    let threaded = run(problem, iterations: 7, on: ThreadExecutor(threads: threads))
    let reversed = run(problem, iterations: 7, on: ReversedExecutor())
    #expect(serial.state == threaded.state && serial.records == threaded.records)
    #expect(serial.state == reversed.state && serial.records == reversed.records)
  }

  @Test(arguments: estimators.indices)
  func aStateInTheMiddleDecidesAllThatFollows(_ index: Int) {
    let problem = toyProblem(estimators[index])
    let whole = run(problem, iterations: 10, on: SerialExecutor())
    let half = run(problem, iterations: 4, on: SerialExecutor())
    let rest = run(problem, from: half.state, iterations: 6, on: SerialExecutor())
    #expect(rest.state == whole.state)
    #expect(half.records + rest.records == whole.records)
  }

  @Test(arguments: estimators.indices)
  func thetaFollowsFromTheRecordsAlone(_ index: Int) {
    let problem = toyProblem(estimators[index], staggered: true)
    var state = problem.initialState()
    var rebuilt = state
    var history = PerturbationHistory(
      accumulates: problem.estimator.accumulates, accumulators: Array(repeating: nil, count: problem.pairs))
    for _ in 0..<20 {
      let (next, record) = problem.step(state, on: SerialExecutor())
      var gradient = history.gradient(of: record.pairs, sigma: problem.sigma, layout: rebuilt.theta.layout)
      problem.update(&rebuilt, with: &gradient, outerLoss: record.outerLoss, in: Workspace())
      rebuilt.outerIteration += 1
      #expect(rebuilt.theta == next.theta && rebuilt.outerOptimizer == next.outerOptimizer)
      state = next
    }
  }

  @Test(arguments: estimators.indices)
  func outerTrainingLowersTheOuterLoss(_ index: Int) {
    let problem = toyProblem(estimators[index], pairs: 8)
    let trained = run(problem, iterations: 60, on: SerialExecutor()).state.theta
    // Before and after on the same draws, of which there are enough.
    let examination = toyProblem(FullES(horizon: .constant(12)), pairs: 200, seed: 12)
    let first = examination.step(examination.initialState(), on: SerialExecutor()).1.outerLoss
    let last = examination.step(examination.initialState(theta: trained), on: SerialExecutor()).1.outerLoss
    #expect(last < first)
  }

  @Test func aTaskWhoseLossIsNotANumberIsRecordedAndDoesNotReachTheta() {
    struct Broken: TaskFamily {
      let name = "broken"
      func task(seed: UInt64) -> any Task { BrokenTask(seed: seed) }
    }
    var problem = toyProblem(TruncatedES(truncation: .constant(4), horizon: .constant(8)))
    problem.tasks = TaskDistribution([.init(ToyFamily()), .init(Broken())])
    let (state, records) = run(problem, iterations: 10, on: SerialExecutor())
    #expect(state.theta.values.allSatisfy { $0.isFinite })
    #expect(records.contains { $0.nonFiniteSteps > 0 })
    #expect(records.allSatisfy { $0.outerLoss.isFinite && $0.gradientNorm.isFinite })
  }

  @Test func theGradientIsClippedComponentByComponent() {
    let problem = toyProblem(FullES(horizon: .constant(5)), gradientClip: 1e-4)
    let (state, records) = run(problem, iterations: 1, on: SerialExecutor())
    let start = problem.initialState().theta.values
    #expect(records[0].clippedShare == 1)
    for (after, before) in zip(state.theta.values, start) {
      #expect(abs(abs(after - before) - 0.003 * 1e-4) < 2e-9)
    }
  }
}

/// A toy task that gives NaN from its fourth step on.
private struct BrokenTask: Task {
  let inner: ToyTask
  init(seed: UInt64) { inner = ToyTask(seed: seed) }
  var parameters: Layout { inner.parameters }
  var normalization: Normalization { inner.normalization }
  func initialParameters() -> Tensors { inner.initialParameters() }
  func loss(_ parameters: Tensors, on batch: Batch, in workspace: Workspace) -> Float {
    inner.loss(parameters, on: batch, in: workspace)
  }
  func loss(_ parameters: Tensors, on batch: Batch, gradient: inout Tensors, in workspace: Workspace) -> Float {
    let loss = inner.loss(parameters, on: batch, gradient: &gradient, in: workspace)
    guard batch.index >= 3 else { return loss }
    for i in gradient.values.indices { gradient.values[i] = .nan }
    return .nan
  }
}
