import CAllocations
import Numerics
import Optimizers
import OuterTraining
import Tasks
import Testing

/// An inner step allocates nothing: neither the task's loss and gradient nor the optimizer's update.
@Suite(.enabled(if: counts_allocations() == 1, "nothing is counted under a sanitizer"))
struct AllocationTests {
  private static let learned: [(name: String, optimizer: any LearnedOptimizer)] = [
    ("hierarchical", HierarchicalLearnedOptimizer()), ("mlp", MLPLearnedOptimizer()),
    ("adafactor_mlp", AdafactorMLPLearnedOptimizer()),
  ]

  private static let families: [any TaskFamily] = [
    QuadraticFamily.toy, QuadraticFamily.noisyToy, QuadraticFamily.tenDimensional, TestFunctionFamily(.rosenbrock),
    MLPClassifierFamily(dataSet: examples, hidden: [8], batchSize: 16),
  ]

  /// 64 made-up examples of 12 numbers in four classes.
  private static let examples = DataSet(
    name: "waves", source: "made up", digest: "", width: 12, classCount: 4,
    values: .numbers((0..<64 * 12).map { Float($0 * 37 % 101) / 101 }), labels: (0..<64).map { Int32($0 % 4) })

  private func allocations(_ body: () -> Void) -> UInt {
    let before = allocations_of_this_thread()
    body()
    return allocations_of_this_thread() - before
  }

  @Test func theCountSeesAnArray() {
    var kept: [Float] = []
    #expect(allocations { kept = [Float](repeating: 1, count: 1_000) } > 0)
    #expect(kept.count == 1_000)
  }

  @Test(arguments: learned.indices, families.indices)
  func anInnerStepAllocatesNothing(_ optimizer: Int, _ family: Int) {
    let (learned, family) = (Self.learned[optimizer], Self.families[family])
    let task = family.task(seed: 3)
    let rule = learned.optimizer.optimizer(
      theta: learned.optimizer.initialTheta(Randomness(key: 4)), for: task.parameters)
    var training = InnerTraining(task, with: rule)
    let workspace = Workspace()
    func steps(_ count: Int) {
      for _ in 0..<count {
        let loss = training.advance(in: workspace)
        _ = training.outerLoss(.outerValid(batches: 1), trainLoss: loss, in: workspace)
      }
    }
    steps(2)  // the workspace grows, and the state becomes this training's own
    let counted = allocations { steps(40) }
    #expect(counted == 0, "\(learned.name) on \(family.name): \(counted) allocations in 40 steps")
  }
}
