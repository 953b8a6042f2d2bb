internal import Numerics

/// Where things lie in the hierarchical optimizer's state (spec §1.1.2). The step is the caller's to count.
struct HierarchicalState: Sendable {
  /// One tensor's places in the flat values.
  struct TensorOffsets: Sendable {
    let momenta: Int
    let secondMoments: Int
    let fromMLP: Int
    /// [lag][count], the parameters of the last steps: step t lies at t % lag.
    let older: Int?
  }

  let layout: Layout
  let tensors: [TensorOffsets]
  let lstmHidden: Int
  let lstmCell: Int
  let fromLSTM: Int
  let trainingLoss: Int
  let validationLoss: Int
  let gradientClip: Int

  init(_ c: HierarchicalConfiguration, _ parameters: Layout) {
    var layout = Layout()
    let momenta = parameters.slots.map { layout.append("momentum/\($0.name)", [c.decays.count] + $0.shape).offset }
    let second = parameters.slots.map { layout.append("second_moment/\($0.name)", [c.decays.count] + $0.shape).offset }
    let fromMLP = parameters.slots.map { layout.append("from_mlp/\($0.name)", [c.fromMLPSize]).offset }
    let older: [Int?] = parameters.slots.map { slot in
      guard case .lag(let steps) = c.olderParameters else { return nil }
      return layout.append("older/\(slot.name)", [steps] + slot.shape).offset
    }
    tensors = parameters.slots.indices.map { i in
      TensorOffsets(momenta: momenta[i], secondMoments: second[i], fromMLP: fromMLP[i], older: older[i])
    }
    let rows = max(parameters.slots.count, 1)
    lstmHidden = layout.append("lstm/hidden", [rows, c.lstmHiddenSize]).offset
    lstmCell = layout.append("lstm/cell", [rows, c.lstmHiddenSize]).offset
    fromLSTM = layout.append("from_lstm", [c.fromLSTMSize]).offset
    trainingLoss = layout.append("training_loss", LossAccumulator.shape).offset
    validationLoss = layout.append("validation_loss", LossAccumulator.shape).offset
    gradientClip = layout.append("gradient_clip", GradientClip.shape).offset
    self.layout = layout
  }

  /// The state before the first step: what theta has learned to start from, and zeros.
  func initial(theta: Tensors, _ clip: GradientClip) -> Tensors {
    var state = Tensors(zeros: layout)
    let rows = layout["lstm/hidden"]!.shape[0]
    state["lstm/hidden"] = repeated(theta["initial/lstm_hidden"], rows)
    state["lstm/cell"] = repeated(theta["initial/lstm_cell"], rows)
    for slot in layout.slots where slot.name.hasPrefix("from_mlp/") { state[slot] = theta["initial/from_mlp"] }
    state["from_lstm"] = theta["initial/from_lstm"]
    state["gradient_clip"] = clip.initialState[...]
    return state
  }

  private func repeated(_ row: ArraySlice<Float>, _ rows: Int) -> ArraySlice<Float> {
    (0..<rows).flatMap { _ in row }[...]
  }
}
