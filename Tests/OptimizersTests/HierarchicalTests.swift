import Numerics
import Optimizers
import Testing

/// The hierarchical optimizer: the library's oracle, the specification's vectors with their intermediates.
@Suite struct HierarchicalTests {
  @Test func tenStepsAreThoseOfTheLibrary() throws {
    let learned = HierarchicalLearnedOptimizer()
    let oracle = try Oracle("rnn_mlp_lopt.h5", layout: learned.thetaLayout, names: learned.foreignNames)
    let worst = oracle.worstError(of: learned.optimizer(theta: oracle.theta, for: oracle.parameters.layout))
    #expect(worst <= 3e-7)
  }

  /// theta by the fill rule, in the specification's order.
  static func theta(_ layout: Layout) -> Tensors {
    SixSteps.theta(
      layout,
      inOrder: (0..<3).flatMap { ["network/\($0)/b", "network/\($0)/w"] } + [
        "initial/from_lstm", "initial/from_mlp", "initial/lstm_hidden", "initial/lstm_cell", "lstm/b", "lstm/w",
        "to_network/b", "to_network/w", "to_tensors/b", "to_tensors/w",
      ], firstSalt: 1)
  }

  static var configuration: HierarchicalConfiguration {
    var configuration = HierarchicalConfiguration()
    configuration.stepMultiplier = 0.1
    return configuration
  }

  static let expected: [[Float]] = [
    [
      0.766546309, 0.172577396, -0.502557337, -0.941331506, -0.937382758, -0.492568254, -0.413736284, -0.902936697,
      -0.987894237,
    ],
    [
      0.741370976, 0.145739779, -0.539177954, -0.973905385, -0.974591017, -0.524870276, -0.444348305, -0.939969063,
      -1.0239985,
    ],
    [
      0.71614176, 0.117768154, -0.582274437, -1.0095439, -1.01247573, -0.55585444, -0.474811077, -0.975584865,
      -1.06751287,
    ],
    [
      0.71614176, 0.117768154, -0.582274437, -1.0095439, -1.01247573, -0.55585444, -0.474811077, -0.975584865,
      -1.06751287,
    ],
    [
      0.688134313, 0.0872238725, -0.629074216, -1.04761553, -1.0532757, -0.59517622, -0.507732689, -1.010445,
      -1.11039305,
    ],
    [
      0.661350548, 0.0592471734, -0.669455469, -1.09313452, -1.09218729, -0.635303855, -0.538815081, -1.04609215,
      -1.1536696,
    ],
  ]

  @Test func sixStepsWithTwoValidationStepsAreThoseOfTheSpecification() throws {
    let learned = try HierarchicalLearnedOptimizer(Self.configuration)
    let optimizer = learned.optimizer(theta: Self.theta(learned.thetaLayout), for: SixSteps.layout)
    var afterOne: Tensors?
    let found = SixSteps.run(optimizer, isValid: { $0 == 0 || $0 == 3 }) { step, _, state in
      if step == 1 { afterOne = state }
    }
    for step in 1..<6 { #expect(SixSteps.worstError(found[step], Self.expected[step]) < 1e-5, "step \(step)") }
    #expect(found[0] == SixSteps.parameters.values, "step 0 only observes")
    #expect(found[3] == found[2], "step 3 only observes")

    let state = try #require(afterOne)
    expectClose(state["gradient_clip"], [2, 0.0215097], 1e-6)
    expectClose(state["training_loss"], [0.12, 0.11664, 1], 1e-6)
    expectClose(state["validation_loss"], [0.075, 0.1015312, 1], 1e-6)
    expectClose(state["from_lstm"].prefix(4), [0.2213505, -0.2102819, -0.5430156, -0.6203603], 1e-6)
    expectClose(state["from_mlp/c"].prefix(2), [0.0619754, -0.1816711], 1e-6)
  }

  /// The reference shares the bits of no kernel; that its intermediates are the library's makes it a judge of the others.
  @Test func theReferenceComputesTheIntermediatesOfTheSpecification() throws {
    let learned = try HierarchicalLearnedOptimizer(Self.configuration)
    var reference = ReferenceHierarchical(
      Self.configuration, theta: Self.theta(learned.thetaLayout), layout: SixSteps.layout)
    var w = split(SixSteps.parameters)
    reference.validation.take(Double(SixSteps.losses[0]))
    reference.update(&w, gradient: split(SixSteps.gradient(1)), loss: Double(SixSteps.losses[1]), step: 1)
    expectClose(
      reference.lstmInputs[0].suffix(18),
      [
        -0.0918054, -1, -4.343354, -1, -4.077302, 1, -1.1317989, -1, 0.5284357, 0.0986123, -0.3068528, -1, -1,
        0.0000003, 0.2777774, -4.9551654, -5, -0.9792746,
      ], 1e-6)
    expectClose(
      reference.lstmInputs[2].suffix(18),
      [
        0.6808277, 1, -1.4211047, -1, -0.7402772, 1, -0.0121796, -1, -0.0121796, -1, -1, -1, -1, 0.0000003, 0.2777774,
        -1.9329555, -0.5713002, -5,
      ], 1e-6)
    expectClose(
      reference.networkInputs[0][0][23..<37],
      [
        0.3129618, 0.1059043, 0.0318256, 0.0106101, 0.0031831, 0.001061, 0.0003183, 0.0001061, 0.0000318, 0.0000106,
        0.0000032, 0.0986123, 0.5284357, 1.7917595,
      ], 1e-6)
    expectClose(reference.networkInputs[0][0][0..<4], [-1.0175323, 1.1069112, -0.3200521, -1.0174223], 2e-6)
    expectClose(reference.networkOutputs[0][0][0..<2], [0.2516935, 0.2374898], 1e-6)
    expectClose(reference.networkOutputs[2][0][0..<2], [0.3609425, 0.2764739], 1e-6)
  }
}

/// Each number within `tolerance` of the expected one.
func expectClose(
  _ found: some Collection<some BinaryFloatingPoint>, _ expected: [Double], _ tolerance: Double,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(found.count == expected.count, sourceLocation: sourceLocation)
  for (a, b) in zip(found, expected) {
    #expect(abs(Double(a) - b) <= tolerance, "\(a) for \(b)", sourceLocation: sourceLocation)
  }
}

/// The tensors one by one, in double precision.
func split(_ tensors: Tensors) -> [[Double]] {
  tensors.layout.slots.map { tensors[$0].map(Double.init) }
}
