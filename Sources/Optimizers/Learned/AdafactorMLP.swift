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
struct AdafactorMLPRule: Optimizer {
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

  /// The elements of a tensor up to which its columns are kept: they about fit the second cache.
  private let keptLength: Int
  /// The elements of a larger tensor whose columns are made at a time.
  private let slabLength: Int

  private let configuration: AdafactorMLPLearnedOptimizer.Configuration
  private let network: PerParameterNetwork
  private let state: Layout
  private let tensors: [TensorOffsets]
  private let accumulators: AdafactorAccumulators
  private let features: AdafactorFeatures
  /// The elements of the longest tensor whose columns are kept, in whole blocks.
  private let blocksLength: Int
  private let scratchCount: Int

  /// No bit depends on the lengths; `slabLength` is a multiple of 16.
  init(
    _ c: AdafactorMLPLearnedOptimizer.Configuration, _ theta: Tensors, _ parameters: Layout, keptLength: Int = 16_384,
    slabLength: Int = 1_024
  ) {
    configuration = c
    self.keptLength = keptLength
    self.slabLength = slabLength
    let decays = c.momentumDecays.count
    network = PerParameterNetwork(
      theta: theta, columns: c.columns, constants: StepEmbedding.timescales.count, units: c.hiddenSize, feedback: 0)
    accumulators = AdafactorAccumulators(
      momentumDecays: Self.effective(c.momentumDecays, theta["decays/momentum"]),
      secondMomentDecay: Self.effective([c.secondMomentDecay], theta["decays/second_moment"])[0].clamped(0, 1),
      factoredDecays: Self.effective(c.factoredDecays, theta["decays/factored"]).map { $0.clamped(0, 1) })
    features = AdafactorFeatures(decays: decays)
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
    let tables = tensors.map { tensor in
      tensor.factoring.map { AdafactorAccumulators.Lines.scratchCount($0, decays: decays) } ?? 0
    }
    let longest = parameters.slots.map(\.count).max() ?? 0
    blocksLength = (min(longest, keptLength) + 15) / 16 * 16
    scratchCount =
      blocksLength * c.columns + network.scratchCount + 9 * c.columns + StepEmbedding.timescales.count
      + (tables.max() ?? 0)
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
      let scratch = Scratch(memory, of: network, blocksLength)
      StepEmbedding.writeTangents(observation.step, to: scratch.embedding)
      withPointers(&parameters, &state, observation.gradient) { w, s, g, _ in
        for tensor in tensors { move(places(tensor, w, s, g, scratch), scratch, in: workspace) }
      }
    }
  }

  private struct Scratch {
    /// [blocks][columns][16], of a tensor whose columns are kept
    let blocks: UnsafeMutablePointer<Float>
    let network: PerParameterNetwork.Scratch
    /// [columns][8]
    let sums: UnsafeMutablePointer<Float>
    /// [columns]
    let scales: UnsafeMutablePointer<Float>
    let embedding: UnsafeMutablePointer<Float>
    /// What rows and columns give to their elements.
    let tables: UnsafeMutablePointer<Float>

    init(_ memory: UnsafeMutablePointer<Float>, of network: PerParameterNetwork, _ blocksLength: Int) {
      blocks = memory
      let rest = blocks + blocksLength * network.columns
      self.network = PerParameterNetwork.Scratch(rest, of: network)
      sums = rest + network.scratchCount
      scales = sums + 8 * network.columns
      embedding = scales + network.columns
      tables = embedding + StepEmbedding.timescales.count
    }
  }

  private func places(
    _ tensor: TensorOffsets, _ w: UnsafeMutablePointer<Float>, _ s: UnsafeMutablePointer<Float>,
    _ g: UnsafePointer<Float>, _ scratch: Scratch
  ) -> AdafactorAccumulators.Places {
    let slot = tensor.slot
    let factored: AdafactorAccumulators.Factored =
      if let factoring = tensor.factoring {
        .lines(
          AdafactorAccumulators.Lines(
            factoring, decays: accumulators.decays, rows: s + tensor.rows, columns: s + tensor.columns,
            scratch: scratch.tables))
      } else {
        .elements(s + tensor.rows)
      }
    return AdafactorAccumulators.Places(
      count: slot.count, parameters: w + slot.offset, gradient: g + slot.offset, momenta: s + tensor.momenta,
      secondMoment: s + tensor.secondMoment, factored: factored)
  }

  // MARK: One tensor

  /// The columns' scales need all elements, and the network the scales. To keep the columns of a large tensor would take longer
  /// than to make them twice.
  private func move(_ t: AdafactorAccumulators.Places, _ scratch: Scratch, in workspace: Workspace) {
    accumulators.advance(t, in: workspace)
    scratch.sums.update(repeating: 0, count: 8 * network.columns)
    let isKept = t.count <= keptLength
    if isKept {
      features.write(0..<t.count, of: t, to: scratch.blocks)
      features.addSquares(scratch.blocks, count: t.count, to: scratch.sums)
    } else {
      let turns = Turns(from: 0)
      forEachSlab(of: t, scratch, in: workspace) { elements, blocks, _ in
        features.write(elements, of: t, to: blocks)
        turns.take(elements) { features.addSquares(blocks, count: elements.count, to: scratch.sums) }
      }
    }
    prepareNetwork(scratch, count: t.count)
    if isKept {
      network.share(t.count, grain: slabLength, scratch.network, in: workspace) { elements, own, _ in
        move(elements, of: t, by: scratch.blocks + elements.lowerBound * network.columns, own)
      }
    } else {
      forEachSlab(of: t, scratch, in: workspace) { elements, blocks, scratch in
        features.write(elements, of: t, to: blocks)
        move(elements, of: t, by: blocks, scratch)
      }
    }
  }

  /// Calls `body` for the slabs of a tensor with room for their columns and for the network's values.
  @inline(__always)
  private func forEachSlab(
    of t: AdafactorAccumulators.Places, _ scratch: Scratch, in workspace: Workspace,
    _ body: (Range<Int>, UnsafeMutablePointer<Float>, PerParameterNetwork.Scratch) -> Void
  ) {
    network.share(t.count, grain: slabLength, scratch.network, in: workspace) { elements, own, workspace in
      workspace.withFloats(slabLength * network.columns) { blocks in
        for first in stride(from: elements.lowerBound, to: elements.upperBound, by: slabLength) {
          body(first..<min(first + slabLength, elements.upperBound), blocks, own)
        }
      }
    }
  }

  /// Folds each column's (1e-5 + mean(x^2))^(-1/2) into the network.
  private func prepareNetwork(_ scratch: Scratch, count: Int) {
    for column in 0..<network.columns {
      let mean = Vector(from: scratch.sums + 8 * column).laneSum / Float(count)
      scratch.scales[column] = 1 / (1e-5 + mean).squareRoot()
    }
    network.prepare(scratch.network, scales: scratch.scales, constants: scratch.embedding)
  }

  /// Applies the network to each block of 16 elements and moves them: w <- w - s d exp(r a).
  private func move(
    _ elements: Range<Int>, of t: AdafactorAccumulators.Places, by blocks: UnsafePointer<Float>,
    _ scratch: PerParameterNetwork.Scratch
  ) {
    for first in stride(from: elements.lowerBound, to: elements.upperBound, by: 16) {
      network.apply(scratch, to: blocks + (first - elements.lowerBound) * network.columns).move(
        t.parameters + first, count: elements.upperBound - first, multiplier: configuration.stepMultiplier,
        rate: configuration.magnitudeRate)
    }
  }
}
