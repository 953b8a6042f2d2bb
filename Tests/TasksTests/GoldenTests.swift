import Foundation
import Graph
import Numerics
import Testing

@testable import Tasks

/// Losses and gradients against those that JAX and Haiku computed in double precision: Tools/tasks-golden.py has the networks,
/// Fixtures/goldens their figures.
struct GoldenTests {
  /// One file: the arrays' names, shapes and sizes, and what came out.
  struct Golden: Decodable {
    struct Array: Decodable {
      let name: String
      let shape: [Int]
      let size: Double
    }

    /// Classes, which are indices.
    struct Labels: Decodable {
      let name: String
      let shape: [Int]
      let classes: Int
    }

    let parameters: [Array]
    let inputs: [Array]
    let labels: [Labels]?
    let loss: Double
    /// For each of the parameters.
    let gradient: [[Double]]
    let facts: Facts

    /// What else the network is made of.
    struct Facts: Decodable {
      var stride, bijectors, channels, bottleneck, problems, examples, steps: Int?
      var widths, encoder, decoder: [Int]?
      var activation, padding: String?
    }

    init(_ name: String) throws {
      let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Fixtures/goldens/\(name).json")
      self = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
    }

    /// Element i of the array with salt s, by the rule of the script.
    static func fill(_ array: Array, salt: Int) -> [Float] {
      (0..<array.shape.reduce(1, *)).map { i in
        Float((Double((7919 * i + 104_729 * salt) % 2003) / 2003 - 0.5) * array.size)
      }
    }

    static func fill(_ labels: Labels, salt: Int) -> [Int32] {
      (0..<labels.shape.reduce(1, *)).map { i in Int32((7919 * i + 104_729 * salt) % 2003 % labels.classes) }
    }
  }

  /// Computes the network at the golden's parameters and holds it to the golden's loss and gradient. Rounding: a float's 6e-8
  /// through some hundred operations and sums of up to a hundred terms.
  private func check(_ name: String, tolerance: Double = 2e-5, _ loss: (Golden, Blueprint) throws -> Term) throws {
    let golden = try Golden(name)
    var thrown: (any Error)?
    let plan = Plan(
      Expression { recording in
        do { return try loss(golden, Blueprint(recording)) } catch {
          thrown = error
          return recording.constant(0)
        }
      })
    if let thrown { throw thrown }
    var at = Tensors(zeros: plan.parameters)
    #expect(Set(golden.parameters.map(\.name)) == Set(plan.parameters.slots.map(\.name)))
    for (salt, array) in golden.parameters.enumerated() {
      let slot = try #require(plan.parameters[array.name])
      #expect(slot.shape == array.shape)
      at[slot] = Golden.fill(array, salt: salt)[...]
    }
    var gradient = Tensors(zeros: plan.parameters)
    let found = plan.loss(at, gradient: &gradient, in: Workspace()) { memory in
      for (index, array) in golden.inputs.enumerated() {
        (memory + plan.input(array.name).offset)
          .update(from: Golden.fill(array, salt: 100 + index), count: array.shape.reduce(1, *))
      }
      for (index, labels) in (golden.labels ?? []).enumerated() {
        UnsafeMutableRawPointer(memory + plan.input(labels.name).offset).assumingMemoryBound(to: Int32.self)
          .update(from: Golden.fill(labels, salt: 150 + index), count: labels.shape.reduce(1, *))
      }
    }
    #expect(abs(Double(found) - golden.loss) < tolerance * max(1, abs(golden.loss)), "\(found), \(golden.loss)")
    for (array, expected) in zip(golden.parameters, golden.gradient) {
      let largest = expected.map(\.magnitude).max()!
      #expect(largest > 0, "\(array.name) has no influence")
      for (i, (one, other)) in zip(gradient[array.name], expected).enumerated() {
        #expect(abs(Double(one) - other) < tolerance * max(1e-3, largest), "\(array.name)[\(i)]: \(one), \(other)")
      }
    }
  }

  private func weighted(_ term: Term) -> Term {
    let weights = Golden.fill(.init(name: "", shape: [term.count], size: 2), salt: 200)
    return (term.reshaped([term.count]) * term.recording.constant(weights, [term.count])).sum()
  }

  @Test func anLSTMIsHaikus() throws {
    try check("lstm") { _, blueprint in
      let x = blueprint.recording.input("x", [15, 4])
      let core = TaskSet.RecurrentCore.lstm(gates: .glorotNormal, width: 6)
      return weighted(Term.stacked(core.unrolled(x, batch: 3, trainsInitialState: true, in: blueprint)))
    }
  }

  @Test func aGRUIsHaikus() throws {
    try check("gru") { _, blueprint in
      let x = blueprint.recording.input("x", [15, 4])
      var draws = TaskSetDraws(seed: 0)
      let core = TaskSet.RecurrentCore.gru(width: 6, matrices: .init(linked: true, from: &draws))
      return weighted(Term.stacked(core.unrolled(x, batch: 3, trainsInitialState: false, in: blueprint)))
    }
  }

  @Test(arguments: ["same_1", "same_2", "valid_1", "valid_2"])
  func aConvolutionIsThatOfJAX(_ name: String) throws {
    try check("convolution_" + name) { golden, blueprint in
      let recording = blueprint.recording
      let windows = try #require(
        Windows(
          rows: 7, columns: 6, channels: 3, size: 3, stride: golden.facts.stride!,
          padding: golden.facts.padding! == "same" ? .same : .valid))
      let x = recording.parameter("x", [2, 7, 6, 3])
      return weighted(
        x.convolved(windows, recording.parameter("weights", [27, 4]), bias: recording.parameter("bias", [4])))
    }
  }

  @Test(arguments: ["maf", "nvp"])
  func theLikelihoodOfAFlowIsThatOfItsJacobian(_ name: String) throws {
    try check(name) { golden, blueprint in
      let flow = FlowModel(
        kind: name == "maf" ? .maskedAutoregressive : .realNVP, activation: try activation(of: golden),
        initializer: .heNormal, widths: golden.facts.widths!, bijectors: golden.facts.bijectors!)
      return flow.negativeLogLikelihood(of: blueprint.recording.input("x", [4, 6]), in: blueprint)
    }
  }

  @Test func theBoundOfAVariationalAutoencoderIsThatOfJAX() throws {
    try check("vae") { golden, blueprint in
      let (encoder, decoder) = (golden.facts.encoder!, golden.facts.decoder!)
      let (latent, activation) = (encoder[encoder.count - 1], try activation(of: golden))
      let recording = blueprint.recording
      return blueprint.negativeELBO(
        of: recording.input("x", [4, 6]), plus: recording.input("pixel_noise", [4, 6]),
        recording.input("latent_noise", [4, latent])
      ) {
        blueprint.perceptron($0, hidden: encoder.dropLast(), outputs: 2 * latent, "encoder", activation, .heNormal)
      } decode: {
        let image = blueprint.perceptron($0, hidden: decoder, outputs: 12, "decoder", activation, .heNormal)
          .clamped(-10, 10)
        return (image.slice(0..<6, axis: 1), image.slice(6..<12, axis: 1))
      }
    }
  }

  @Test(arguments: ["resnet_unit_projected", "resnet_unit_subsampled"])
  func aResidualUnitIsThatOfJAX(_ name: String) throws {
    try check(name) { golden, blueprint in
      let facts = golden.facts
      let x = blueprint.parameter("x", golden.parameters[0].shape, .constant(0))
      return weighted(
        blueprint.bottleneck(x, .init(facts.channels!, facts.bottleneck!, facts.stride!), "unit"))
    }
  }

  /// The derivative of a training by the weights of the optimizer that leads it, which goes through the training's own gradients.
  @Test(
    arguments: [
      ("sgd", .sgd, .selu), ("momentum", .momentum, .gelu), ("adam", .adam, .sigmoid),
      ("mlp", .mlp(network), .tanh), ("adafactor_mlp", .adafactorMLP(network), .swish),
    ] as [(String, LearnedRule, ParametricActivation)])
  func aTrainingByALearnedOptimizerIsThatOfJAX(
    _ name: String, _ rule: LearnedRule, _ activation: ParametricActivation
  ) throws {
    // Four steps of some hundred operations each, the errors of which the next step enlarges.
    try check("lopt_" + name, tolerance: 2e-4) { golden, blueprint in
      let facts = golden.facts
      let training = UnrolledTraining(
        widths: facts.widths!, activation: activation, problems: facts.problems!, examples: facts.examples!,
        steps: facts.steps!, map: .classifier(classes: facts.widths!.last!))
      var optimizer = rule.optimizer(in: blueprint)
      let count = facts.steps! * facts.problems! * facts.examples!
      return training.meanLoss(
        blueprint.recording.input("features", [count, facts.widths![0]]),
        blueprint.recording.indices("labels", [count]), &optimizer)
    }
  }

  private static let network = LearnedRule.ElementNetwork(
    hiddenSize: 7, hiddenLayers: 2, magnitudeRate: 0.3, stepMultiplier: 0.5)

  private func activation(of golden: Golden) throws -> TaskSet.Activation {
    try #require(TaskSet.Activation(rawValue: golden.facts.activation!))
  }
}
