import Numerics
import Testing

@testable import Optimizers

/// The library's AdafacMLPLOpt: its oracle, its golden vectors, and the plain formula for tensors of any rank.
@Suite struct AdafactorMLPTests {
  static var configuration: AdafactorMLPLearnedOptimizer.Configuration {
    var configuration = AdafactorMLPLearnedOptimizer.Configuration()
    configuration.stepMultiplier = 0.1
    return configuration
  }

  @Test func tenStepsAreThoseOfTheLibrary() throws {
    let learned = AdafactorMLPLearnedOptimizer()
    let oracle = try Oracle("adafac_mlp_lopt.h5", layout: learned.thetaLayout, names: learned.foreignNames)
    let worst = oracle.worstError(of: learned.optimizer(theta: oracle.theta, for: oracle.parameters.layout))
    #expect(worst <= 3e-7)
  }

  @Test func sixStepsAreThoseOfTheSpecification() throws {
    let learned = try AdafactorMLPLearnedOptimizer(Self.configuration)
    let names = ["network/0/b", "network/1/b", "network/2/b", "network/0/w", "network/1/w", "network/2/w"]
    let theta = SixSteps.theta(learned.thetaLayout, inOrder: names, firstSalt: 3)
    let found = SixSteps.run(learned.optimizer(theta: theta, for: SixSteps.layout))
    let first: [Float] = [
      0.756016552, 0.162087113, -0.512914836, -0.951689005, -0.947956741, -0.501824915, -0.424093783, -0.913294196,
      -0.998089492,
    ]
    let last: [Float] = [
      0.703280091, 0.109629624, -0.564689875, -1.00233424, -0.998025537, -0.552710533, -0.476314545, -0.965061367,
      -1.0487504,
    ]
    #expect(SixSteps.worstError(found[0], first) < 1e-5)
    #expect(SixSteps.worstError(found[5], last) < 1e-5)
  }

  /// Shapes and the order that numpy's argsort gives their axes; the ties are what they are there.
  static let shapes: [(shape: [Int], order: [Int])] = [
    ([], []), ([1], [0]), ([5], [0]), ([17], [0]), ([2, 2], [0, 1]), ([3, 2], [1, 0]), ([2, 3], [0, 1]),
    ([9, 20], [0, 1]), ([20, 9], [1, 0]), ([1, 1], [0, 1]), ([2, 3, 2], [0, 2, 1]), ([2, 2, 2], [0, 1, 2]),
    ([5, 4, 3], [2, 1, 0]), ([3, 3, 1, 2], [2, 3, 1, 0]), ([3, 3, 2, 4], [2, 0, 1, 3]),
    ([2, 2, 2, 2], [0, 1, 2, 3]), ([2, 2, 1, 1], [3, 2, 1, 0]), ([4, 1, 4, 2], [1, 3, 0, 2]),
  ]

  @Test(arguments: shapes.indices)
  func theFusedFormIsThePlainFormula(index: Int) throws {
    let (shape, order) = Self.shapes[index]
    let learned = try AdafactorMLPLearnedOptimizer(Self.configuration)
    var theta = learned.initialTheta(Randomness(key: 7))
    theta["decays/momentum"] = [0.02, -0.03, 0.01]
    theta["decays/factored"] = [-0.01, 0.04, 0.02]
    let layout = Layout([("x", shape)])
    var reference = ReferenceAdafactor(theta: theta, layout: layout, order: [order])
    let worst = largestDifference(learned.optimizer(theta: theta, for: layout), layout) { w, g, _, step in
      reference.update(&w, gradient: g, step: step)
    }
    #expect(worst < 3e-6, "\(shape)")
  }

  /// Columns that are made twice, some blocks at a time, have the bits of those that are kept.
  @Test(arguments: shapes.indices)
  func slabsHaveTheBitsOfTheWhole(index: Int) throws {
    let theta = try AdafactorMLPLearnedOptimizer(Self.configuration).initialTheta(Randomness(key: 7))
    let layout = Layout([("x", Self.shapes[index].shape), ("rows", [13, 21]), ("line", [100])])
    let (whole, slabs) = (
      AdafactorMLPRule(Self.configuration, theta, layout),
      AdafactorMLPRule(Self.configuration, theta, layout, keptLength: 0, slabLength: 32)
    )
    let results = [whole, slabs].map { rule in
      var (parameters, state) = (normal(layout, 0), rule.initialState())
      for step in 0..<3 {
        let observation = Observation(gradient: normal(layout, step + 1), loss: 1, step: step)
        rule.update(&parameters, &state, seeing: observation, in: Workspace())
      }
      return (parameters.values + state.values).map(\.bitPattern)
    }
    #expect(results[0] == results[1])
  }

  private func normal(_ layout: Layout, _ particle: Int) -> Tensors {
    var tensors = Tensors(zeros: layout)
    tensors.values.withUnsafeMutableBufferPointer {
      Randomness(key: 3).normals(Address(.initialParameters, particle: particle), into: $0)
    }
    return tensors
  }
}
