import Numerics
import Tasks
import Testing

/// Densities obey a bound that only real densities obey: a flow whose mask leaks or whose determinant is wrong falls below it.
struct LikelihoodTests {
  static let limits = SamplingLimits(maximumParameters: 12_000, maximumWork: 1_000_000)
  static let families: [any TaskFamily] = [
    SampledFamily(maskedAutoregressiveFlowsOn: SampledFamiliesTests.images, limits: limits)!,
    SampledFamily(realNVPOn: SampledFamiliesTests.images, limits: limits)!,
    SampledFamily(variationalAutoencodersOn: SampledFamiliesTests.images, limits: limits)!,
  ]

  @Test(arguments: families.indices)
  func noTrainingGetsBelowTheEntropyOfTheNoise(_ index: Int) {
    var improved = 0
    for seed in 0..<4 as Range<UInt64> {
      let task = Self.families[index].task(seed: seed)
      let workspace = Workspace()
      var w = task.initialParameters()
      PlainAdam.train(task, &w, steps: 400, workspace)
      let loss = SampledFamiliesTests.meanLoss(task, w, workspace)
      #expect(!(loss < task.normalization.best), "\(loss) of \(task.normalization)")
      if loss < task.normalization.initial { improved += 1 }
    }
    #expect(improved >= 3)
  }

  @Test func aPermutationIsNumPysLegacyOne() {
    // numpy.random.RandomState(seed).permutation(10), computed with NumPy.
    #expect(FlowModel.permutation(10, seed: 0) == [2, 8, 4, 9, 1, 6, 7, 3, 0, 5])
    #expect(FlowModel.permutation(10, seed: 1) == [2, 9, 6, 4, 0, 3, 1, 7, 8, 5])
    #expect(FlowModel.permutation(64, seed: 3).sorted() == Array(0..<64))
  }
}
