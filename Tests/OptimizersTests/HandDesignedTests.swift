import Numerics
import Optimizers
import Testing

/// The hand-designed optimizers on the three numbers of spec §9.5.
@Suite struct HandDesignedTests {
  /// The parameters after `steps` steps from (1, -2, 0.5) with the gradients (sin(0.7t + 0.1), 0.3 cos(0.5t), -1 + 0.2t).
  func parameters(_ optimizer: some HandDesignedOptimizer, after steps: Int) -> [Float] {
    let layout = Layout([("w", [3])])
    let rule = optimizer.optimizer(for: layout)
    let workspace = Workspace()
    var parameters = Tensors(layout, values: [1, -2, 0.5])
    var state = rule.initialState()
    for step in 0..<steps {
      let t = Float(step)
      let gradient = Tensors(
        layout, values: [Elementary.sin(0.7 * t + 0.1), 0.3 * Elementary.cos(0.5 * t), -1 + 0.2 * t])
      rule.update(
        &parameters, &state, seeing: Observation(gradient: gradient, loss: 1, step: step), in: workspace)
    }
    return parameters.values
  }

  func expectClose(_ found: [Float], _ expected: [Float], sourceLocation: SourceLocation = #_sourceLocation) {
    for (a, b) in zip(found, expected) {
      #expect(abs(a - b) <= 1e-6 * abs(b), "\(found) for \(expected)", sourceLocation: sourceLocation)
    }
  }

  @Test func adamGivesTheValuesOfTheLibrary() {
    expectClose(
      parameters(Adam(learningRate: .constant(0.1), epsilonRoot: 1e-8), after: 3), [0.72771025, -2.2947164, 0.79508823])
  }

  @Test func momentumGivesTheValuesOfTheLibrary() {
    expectClose(parameters(Momentum(learningRate: .constant(0.1)), after: 3), [0.73689801, -2.1475313, 0.98300004])
  }

  @Test func rmsPropGivesTheValuesOfTheLibrary() {
    expectClose(parameters(RMSProp(learningRate: .constant(0.1)), after: 3), [0.10976362, -2.6584918, 1.1636783])
  }

  @Test func gradientDescentMovesAgainstTheGradient() {
    let step = parameters(SGD(learningRate: .constant(0.5)), after: 1)
    expectClose(step, [1 - 0.5 * 0.099833414, -2.15, 1])
  }

  @Test func warmUpMovesTheMomentsButNotTheParameters() {
    let warm = Adam(learningRate: .afterWarmUp(0.1, zeroSteps: 2))
    #expect(parameters(warm, after: 2) == [1, -2, 0.5])
    #expect(parameters(warm, after: 3) != [1, -2, 0.5])
    let momentum = Momentum(learningRate: .afterWarmUp(0.1, zeroSteps: 2))
    let expected = parameters(Momentum(learningRate: .constant(0.1)), after: 3)
    let before = parameters(Momentum(learningRate: .constant(0.1)), after: 2)
    expectClose(parameters(momentum, after: 3), zip(zip([1, -2, 0.5], expected), before).map { $0.0 + $0.1 - $1 })
  }
}
