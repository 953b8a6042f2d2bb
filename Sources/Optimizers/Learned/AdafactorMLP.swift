package import Numerics

/// The library's AdafacMLPLOpt: a very small network applied to each element, which sees gradient, parameter, momenta, a
/// second moment and Adafactor's factored second moments, each normalised over its tensor, and the number of the step. All
/// decays are part of theta (spec §1.3).
package struct AdafactorMLPLearnedOptimizer: LearnedOptimizer {
  /// The hyperparameters, with the library's values.
  package struct Configuration: Hashable, Sendable {
    /// The scale s of every step: w <- w - s d exp(r a).
    package var stepMultiplier: Float = 0.001
    /// The scale r within the exponential.
    package var magnitudeRate: Float = 0.001
    /// The units of each of the two hidden layers.
    package var hiddenSize = 4
    /// The decays at the start of the momenta.
    package var momentumDecays: [Float] = [0.9, 0.99, 0.999]
    /// The decay at the start of the second moment.
    package var secondMomentDecay: Float = 0.999
    /// The decays at the start of the factored second moments; as many as the momenta's.
    package var factoredDecays: [Float] = [0.9, 0.99, 0.999]

    package init() {}

    /// The inputs that differ from element to element: 28.
    var columns: Int { 4 + 8 * momentumDecays.count }
  }

  package let configuration: Configuration
  package let thetaLayout: Layout
  private let tensors: [ThetaTensor]

  /// The optimizer with the library's hyperparameters.
  package init() { self.init(checked: Configuration()) }

  package init(_ configuration: Configuration) throws(OptimizersError) {
    try OptimizersError.requirePositive(configuration.stepMultiplier, "step_multiplier")
    try OptimizersError.requirePositive(configuration.magnitudeRate, "magnitude_rate")
    try OptimizersError.requireSize(configuration.hiddenSize, "hidden_size")
    try OptimizersError.requireDecays(configuration.momentumDecays, "momentum_decays")
    try OptimizersError.requireDecays([configuration.secondMomentDecay], "second_moment_decay")
    try OptimizersError.requireDecays(configuration.factoredDecays, "factored_decays")
    try OptimizersError.require(
      configuration.factoredDecays.count == configuration.momentumDecays.count, "factored_decays",
      is: "as many decays as momentumDecays has, \(configuration.momentumDecays.count)",
      found: configuration.factoredDecays)
    self.init(checked: configuration)
  }

  private init(checked configuration: Configuration) {
    self.configuration = configuration
    let inputs = configuration.columns + StepEmbedding.timescales.count
    let decays = configuration.momentumDecays.count
    tensors =
      ThetaTensor.network([inputs, configuration.hiddenSize, configuration.hiddenSize, 2]) {
        "theta/nn/~/\($1)\($0)"
      } + [
        .zeros("decays/momentum", "theta/momentum_decays", [decays]),
        .zeros("decays/second_moment", "theta/rms_decays", [1]),
        .zeros("decays/factored", "theta/adafactor_decays", [decays]),
      ]
    thetaLayout = tensors.layout
  }

  /// For each tensor of theta its name here and the dataset's name in the library's files.
  package var foreignNames: [(ours: String, theirs: String)] { tensors.foreignNames }

  package func initialTheta(_ randomness: Randomness) -> Tensors { tensors.draw(randomness) }

  package func optimizer(theta: Tensors, for parameters: Layout) -> any Optimizer {
    precondition(theta.layout == thetaLayout, "theta's layout is not this optimizer's")
    return AdafactorMLPRule(configuration, theta, parameters)
  }
}

/// The optimizer that a theta is. State: for each tensor "momentum/<name>" and "factored/rows/<name>", "factored/columns/<name>" (or,
/// for fewer than two axes, "factored/<name>"), decay by decay, and "second_moment/<name>".
private struct AdafactorMLPRule: Optimizer {
  /// One tensor's places in the flat values.
  private struct TensorOffsets: Sendable {
    let slot: Layout.Slot
    let momenta: Int
    let secondMoment: Int
    let factoring: Factoring?
    /// Rows, or all elements where nothing is factored.
    let rows: Int
    let columns: Int
  }

  private let configuration: AdafactorMLPLearnedOptimizer.Configuration
  private let network: PerParameterNetwork
  private let state: Layout
  private let tensors: [TensorOffsets]
  private let features: AdafactorFeatures
  private let scratchCount: Int

  init(_ c: AdafactorMLPLearnedOptimizer.Configuration, _ theta: Tensors, _ parameters: Layout) {
    configuration = c
    let decays = c.momentumDecays.count
    network = PerParameterNetwork(
      theta: theta, columns: c.columns, constants: StepEmbedding.timescales.count, units: c.hiddenSize, feedback: 0)
    features = AdafactorFeatures(
      momentumDecays: Self.effective(c.momentumDecays, theta["decays/momentum"]),
      secondMomentDecay: Self.effective([c.secondMomentDecay], theta["decays/second_moment"])[0].clamped(0, 1),
      factoredDecays: Self.effective(c.factoredDecays, theta["decays/factored"]).map { $0.clamped(0, 1) })
    var state = Layout()
    tensors = parameters.slots.map { slot in
      let momenta = state.append("momentum/\(slot.name)", [decays] + slot.shape).offset
      let second = state.append("second_moment/\(slot.name)", slot.shape).offset
      guard let factoring = Factoring(shape: slot.shape) else {
        let all = state.append("factored/\(slot.name)", [decays] + slot.shape).offset
        return TensorOffsets(
          slot: slot, momenta: momenta, secondMoment: second, factoring: nil, rows: all, columns: all)
      }
      let rows = state.append("factored/rows/\(slot.name)", [decays] + factoring.rowShape).offset
      let columns = state.append("factored/columns/\(slot.name)", [decays] + factoring.columnShape).offset
      return TensorOffsets(
        slot: slot, momenta: momenta, secondMoment: second, factoring: factoring, rows: rows, columns: columns)
    }
    self.state = state
    let blocks = (parameters.slots.map(\.count).max() ?? 0) / 16 + 1
    let tables = tensors.map { $0.factoring.map(AdafactorFeatures.Tables.count) ?? 0 }.max() ?? 0
    scratchCount = network.scratchCount + c.columns * (16 * blocks + 9) + StepEmbedding.timescales.count + tables
  }

  /// 1 - exp(10 (log(1 - d) / 10 + offset)) for each decay d and its learned offset.
  private static func effective(_ decays: [Float], _ offsets: ArraySlice<Float>) -> [Float] {
    zip(decays, offsets).map { 1 - Elementary.exp(10 * (Elementary.log(1 - $0) / 10 + $1)) }
  }

  func initialState() -> Tensors { Tensors(zeros: state) }

  func update(
    _ parameters: inout Tensors, _ state: inout Tensors, seeing observation: Observation, in workspace: Workspace
  ) {
    workspace.withFloats(scratchCount) { memory in
      let scratch = PerParameterNetwork.Scratch(memory, of: network)
      let sums = memory + network.scratchCount  // [columns][8]
      let scales = sums + 8 * network.columns
      let embedding = scales + network.columns
      let blocks = embedding + StepEmbedding.timescales.count  // [blocks][columns][16]
      StepEmbedding.writeTangents(observation.step, to: embedding)
      withPointers(&parameters, &state, observation.gradient) { w, s, g, _ in
        for tensor in tensors {
          let slot = tensor.slot
          let places = AdafactorFeatures.Places(
            count: slot.count, parameters: w + slot.offset, gradient: g + slot.offset, momenta: s + tensor.momenta,
            secondMoment: s + tensor.secondMoment, rows: s + tensor.rows, columns: s + tensor.columns, blocks: blocks)
          if let factoring = tensor.factoring {
            let tables = blocks + (slot.count + 15) / 16 * 16 * network.columns
            features.write(places, factoring, AdafactorFeatures.Tables(tables, of: factoring))
          } else {
            features.write(places)
          }
          features.writeScales(places, sums: sums, to: scales)
          network.prepare(scratch, scales: scales, constants: embedding)
          move(places, scratch, in: workspace)
        }
      }
    }
  }

  private func move(_ t: AdafactorFeatures.Places, _ scratch: PerParameterNetwork.Scratch, in workspace: Workspace) {
    network.share(t.count, grain: 1_024, scratch, in: workspace) { elements, scratch, _ in
      move(elements, of: t, scratch)
    }
  }

  /// Applies the network to each block of 16 elements and moves them: w <- w - s d exp(r a).
  private func move(_ elements: Range<Int>, of t: AdafactorFeatures.Places, _ scratch: PerParameterNetwork.Scratch) {
    for first in stride(from: elements.lowerBound, to: elements.upperBound, by: 16) {
      network.apply(scratch, to: t.blocks + first * network.columns).move(
        t.parameters + first, count: t.count - first, multiplier: configuration.stepMultiplier,
        rate: configuration.magnitudeRate)
    }
  }
}
