import Numerics
import Optimizers
import Testing

/// The library's MLPLOpt: its oracle, its golden vectors, closed forms.
@Suite struct MLPTests {
  @Test func tenStepsAreThoseOfTheLibrary() throws {
    let learned = MLPLearnedOptimizer()
    let oracle = try Oracle("mlp_lopt.h5", layout: learned.thetaLayout, names: learned.foreignNames)
    let worst = oracle.worstError(of: learned.optimizer(theta: oracle.theta, for: oracle.parameters.layout))
    #expect(worst <= 3e-7)
  }

  @Test func sixStepsAreThoseOfTheSpecification() throws {
    var configuration = MLPLearnedOptimizer.Configuration()
    configuration.stepMultiplier = 0.1
    let learned = try MLPLearnedOptimizer(configuration)
    let theta = SixSteps.theta(
      learned.thetaLayout, inOrder: (0..<3).flatMap { ["network/\($0)/b", "network/\($0)/w"] }, firstSalt: 1)
    let found = SixSteps.run(learned.optimizer(theta: theta, for: SixSteps.layout))
    let first: [Float] = [
      0.757707536, 0.161537006, -0.516837001, -0.955045462, -0.946257949, -0.507315636, -0.429346561, -0.912812173,
      -0.997481585,
    ]
    let last: [Float] = [
      0.701494098, 0.0987787023, -0.580625534, -1.02197862, -1.01918137, -0.586777866, -0.502022564, -0.989248574,
      -1.0679363,
    ]
    #expect(SixSteps.worstError(found[0], first) < 1e-5)
    #expect(SixSteps.worstError(found[5], last) < 1e-5)
  }
}
