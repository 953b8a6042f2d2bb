internal import Numerics

/// The hierarchical optimizer that a theta is: one update in the order of spec §1.1.
struct HierarchicalRule: Optimizer {
  private let configuration: HierarchicalConfiguration
  private let plan: HierarchicalPlan
  private let theta: Tensors
  private let network: PerParameterNetwork
  private let lstm: LSTM
  private let clip: GradientClip
  private let features: Features

  private var parameters: Layout { plan.parameters }
  private var state: HierarchicalState { plan.state }

  init(_ c: HierarchicalConfiguration, _ theta: Tensors, _ plan: HierarchicalPlan) {
    configuration = c
    self.plan = plan
    self.theta = theta
    network = PerParameterNetwork(
      theta: theta, columns: c.columns, constants: c.constants, units: c.hiddenSize, feedback: c.fromMLPSize)
    lstm = LSTM(theta: theta, inputs: c.lstmInputs, units: c.lstmHiddenSize)
    clip =
      switch c.gradientClip {
      case .fixed: GradientClip(logDecay: 0, logMultiplier: 0)
      case .learned:
        GradientClip(
          logDecay: theta["gradient_clip/log_decay"].first!, logMultiplier: theta["gradient_clip/log_multiplier"].first!
        )
      }
    features = Features(decays: c.decays)
  }

  func initialState() -> Tensors { state.initial(theta: theta, clip) }

  func observe(validLoss: Float, _ state: inout Tensors) {
    let place = self.state.validationLoss
    state.values.withUnsafeMutableBufferPointer { values in
      let accumulator = values.baseAddress! + place
      var losses = LossAccumulator(accumulator, decay: configuration.lossDecays.validation)
      losses.take(validLoss)
      losses.store(to: accumulator)
    }
  }

  func update(
    _ parameters: inout Tensors, _ state: inout Tensors, seeing observation: Observation, in workspace: Workspace
  ) {
    workspace.withFloats(scratchCount) { memory in
      withPointers(&parameters, &state, observation.gradient) { w, s, g, _ in
        let scratch = Scratch(memory, self)
        let losses = lossFeatures(s, observation.loss)
        accumulate(w, s, g, losses, step: observation.step, scratch, in: workspace)
        talk(s, scratch)
        move(w, s, step: observation.step, scratch, in: workspace)
      }
    }
  }

  // MARK: Scratch memory

  /// The floats of the planes that are kept from the first pass to the second, for each element.
  private var planes: Int { 2 + configuration.decays.count + (configuration.olderParameters == .absent ? 0 : 1) }

  private var scratchCount: Int {
    let tensors = parameters.slots.count
    return planes * parameters.count + tensors * (lstm.rowCount + 4 * lstm.units + configuration.columns + 1)
      + lstm.units + configuration.constants + network.scratchCount + 64
  }

  private struct Scratch {
    /// [planes][count] of each tensor in turn.
    let planes: UnsafeMutablePointer<Float>
    /// [tensors][inputs + units]
    let x: UnsafeMutablePointer<Float>
    /// [tensors][4 units]
    let z: UnsafeMutablePointer<Float>
    /// [tensors][columns], the mean squares of the columns
    let meanSquares: UnsafeMutablePointer<Float>
    /// [tensors], log(|w| + 1e-8)
    let logNorms: UnsafeMutablePointer<Float>
    /// [units]
    let meanHidden: UnsafeMutablePointer<Float>
    let constants: UnsafeMutablePointer<Float>
    let network: UnsafeMutablePointer<Float>

    init(_ memory: UnsafeMutablePointer<Float>, _ rule: HierarchicalRule) {
      let tensors = rule.parameters.slots.count
      network = memory
      x = network + rule.network.scratchCount
      z = x + tensors * rule.lstm.rowCount
      meanSquares = z + tensors * 4 * rule.lstm.units
      logNorms = meanSquares + tensors * rule.configuration.columns
      meanHidden = logNorms + tensors
      constants = meanHidden + rule.lstm.units
      planes = constants + rule.configuration.constants
    }
  }

  private func places(
    _ i: Int, _ w: UnsafeMutablePointer<Float>, _ s: UnsafeMutablePointer<Float>, _ g: UnsafePointer<Float>,
    _ scratch: Scratch
  ) -> TensorPlaces {
    let slot = parameters.slots[i]
    let decays = configuration.decays.count
    let planes = scratch.planes + self.planes * slot.offset
    return TensorPlaces(
      count: slot.count, parameters: w + slot.offset, gradient: g + slot.offset, momenta: s + state.tensors[i].momenta,
      secondMoments: s + state.tensors[i].secondMoments, clipped: planes, logWeights: planes + slot.count,
      roots: planes + 2 * slot.count,
      older: state.tensors[i].older == nil ? nil : planes + (2 + decays) * slot.count)
  }

  // MARK: The parts of an update

  /// Takes the training loss in; both losses as features, weighed by the training losses' statistics (spec §1.1.3).
  private func lossFeatures(
    _ s: UnsafeMutablePointer<Float>, _ loss: Float
  ) -> (training: Float, validation: Float) {
    var training = LossAccumulator(s + state.trainingLoss, decay: configuration.lossDecays.training)
    training.take(loss)
    training.store(to: s + state.trainingLoss)
    let validation = LossAccumulator(s + state.validationLoss, decay: configuration.lossDecays.validation)
    return (training.weight(loss), training.weight(validation.correctedMean))
  }

  /// The first pass over all tensors: clip, accumulators, and the rows of the LSTM's inputs.
  private func accumulate(
    _ w: UnsafeMutablePointer<Float>, _ s: UnsafeMutablePointer<Float>, _ g: UnsafePointer<Float>,
    _ losses: (training: Float, validation: Float), step: Int, _ scratch: Scratch, in workspace: Workspace
  ) {
    let c = configuration
    let bound = clip.bound(s + state.gradientClip)
    var meanSquares: Float = 0
    for i in parameters.slots.indices {
      let tensor = places(i, w, s, g, scratch)
      if let older = tensor.older { recall(tensor, s + state.tensors[i].older!, step: step, to: older) }
      let measures = features.accumulate(
        tensor, clip: bound, meanSquares: scratch.meanSquares + i * c.columns, in: workspace)
      meanSquares += measures.meanSquareGradient
      let row = scratch.x + i * lstm.rowCount
      row.update(from: s + state.fromLSTM, count: c.fromLSTMSize)
      (row + c.fromLSTMSize).update(from: s + state.tensors[i].fromMLP, count: c.fromMLPSize)
      scratch.logNorms[i] = plan.tensorFeatures[i].write(
        measures, trainingLoss: losses.training, validationLoss: losses.validation,
        to: row + c.fromLSTMSize + c.fromMLPSize)
      (row + lstm.inputs).update(from: s + state.lstmHidden + i * lstm.units, count: lstm.units)
    }
    clip.advance(s + state.gradientClip, meanSquare: meanSquares / Float(parameters.slots.count))
  }

  /// Reads the parameters of `lag` steps ago, or of step 0, and keeps those of now in their place.
  private func recall(
    _ tensor: TensorPlaces, _ ring: UnsafeMutablePointer<Float>, step: Int, to older: UnsafeMutablePointer<Float>
  ) {
    guard case .lag(let lag) = configuration.olderParameters else { return }
    let now = ring + step % lag * tensor.count
    let source = step == 0 ? UnsafePointer(tensor.parameters) : UnsafePointer(step < lag ? ring : now)
    older.update(from: source, count: tensor.count)
    now.update(from: tensor.parameters, count: tensor.count)
  }

  /// The LSTM of all tensors, and its message for the next step.
  private func talk(_ s: UnsafeMutablePointer<Float>, _ scratch: Scratch) {
    let rows = parameters.slots.count
    lstm.advance(
      rows: rows, x: scratch.x, z: scratch.z, hidden: s + state.lstmHidden, cell: s + state.lstmCell)
    lstm.writeToTensors(
      rows: rows, hidden: s + state.lstmHidden, mean: scratch.meanHidden, to: s + state.fromLSTM)
  }

  /// The second pass over all tensors: the network, the step, and the feedback for the next step.
  private func move(
    _ w: UnsafeMutablePointer<Float>, _ s: UnsafeMutablePointer<Float>, step: Int, _ scratch: Scratch,
    in workspace: Workspace
  ) {
    let c = configuration
    let times = StepEmbedding.timescales.count
    let place = PerParameterNetwork.Scratch(scratch.network, of: network)
    switch c.stepEmbedding {
    case .slow: StepEmbedding.writeSines(step, to: scratch.constants) { $0 / ($1 * Double.pi) }
    case .fast: StepEmbedding.writeSines(step, to: scratch.constants) { $0 * $1 / Double.pi }
    }
    scratch.constants[times] = plan.logTensors
    let pass = NetworkPass(
      network: network, scratch: place, decays: c.decays.count, stepMultiplier: c.stepMultiplier,
      magnitudeRate: c.magnitudeRate)
    for i in parameters.slots.indices {
      let tensor = places(i, w, s, UnsafePointer(w), scratch)
      scratch.constants[times + 1] = scratch.logNorms[i]
      scratch.constants[times + 2] = plan.logCounts[i]
      lstm.writeToNetwork(s + state.lstmHidden + i * lstm.units, to: scratch.constants + times + 3)
      let scales = scratch.meanSquares + i * c.columns
      switch c.normalizer {
      case .plain:
        for column in 0..<c.columns { scales[column] = 1 / (1e-5 + scales[column]).squareRoot() }
        network.prepare(place, scales: scales, constants: scratch.constants)
        pass.move(tensor, clippedBy: nil, in: workspace)
      case .halvedAndClipped:
        for column in 0..<c.columns { scales[column] = 0.5 / (1e-8 + scales[column]).squareRoot() }
        network.prepareUnscaled(place, constants: scratch.constants)
        pass.move(tensor, clippedBy: scales, in: workspace)
      }
      network.writeFeedback(place, count: tensor.count, to: s + state.tensors[i].fromMLP)
    }
  }
}
