extension TaskSet {
  /// The recurrent cell of a sequence model, with the initializers of its matrices (spec §4.3).
  package enum RecurrentCore: Hashable, Sendable {
    /// Vanilla: h' = act(W x + U h + b).
    case vanilla(hiddenToHidden: Initializer, inToHidden: Initializer, activation: Activation, width: Int)
    case gru(width: Int, matrices: GRUMatrices)
    case lstm(gates: Initializer, width: Int)

    /// The six matrices of a gated recurrent unit.
    package struct GRUMatrices: Hashable, Sendable {
      package let wh, wz, wr, uh, uz, ur: Initializer

      init(all: Initializer) { (wh, wz, wr, uh, uz, ur) = (all, all, all, all, all, all) }

      /// In four cases of five one initializer serves all, else each has its own.
      init(linked: Bool, from draws: inout TaskSetDraws) {
        wh = Initializer(from: &draws)
        wz = linked ? wh : Initializer(from: &draws)
        wr = linked ? wh : Initializer(from: &draws)
        uh = linked ? wh : Initializer(from: &draws)
        uz = linked ? wh : Initializer(from: &draws)
        ur = linked ? wh : Initializer(from: &draws)
      }
    }

    private enum Kind { case vanilla, gru, lstm }

    init(from draws: inout TaskSetDraws) {
      let widths = 32...128
      let kind = draws.one(of: [Kind.vanilla, .gru, .lstm])
      // Drawn for an LSTM too, which has but one matrix.
      let linked = draws.one(of: [true, true, true, true, false])
      switch kind {
      case .vanilla:
        let hidden = Initializer(from: &draws)
        let input = linked ? hidden : Initializer(from: &draws)
        let activation = Activation(from: &draws)
        self = .vanilla(
          hiddenToHidden: hidden, inToHidden: input, activation: activation, width: draws.logarithmic(widths))
      case .gru:
        let width = draws.logarithmic(widths)
        self = .gru(width: width, matrices: GRUMatrices(linked: linked, from: &draws))
      case .lstm:
        let gates = Initializer(from: &draws)
        self = .lstm(gates: gates, width: draws.logarithmic(widths))
      }
    }

    /// The size of the hidden state.
    package var width: Int {
      switch self {
      case .vanilla(_, _, _, let width), .gru(let width, _), .lstm(_, let width): width
      }
    }
  }
}

extension TaskSet.RecurrentCore: Publishable {
  package var published: PublishedValue {
    switch self {
    case .vanilla(let hidden, let input, let activation, let width):
      [
        "vrnn",
        ["hidden_to_hidden": hidden, "in_to_hidden": input, "act_fn": activation, "core_dim": width] as PublishedValue,
      ]
    case .gru(let width, let m):
      [
        "gru",
        [
          "core_dim": width, "wh": m.wh, "wz": m.wz, "wr": m.wr, "uh": m.uh, "uz": m.uz, "ur": m.ur,
        ] as PublishedValue,
      ]
    case .lstm(let gates, let width):
      ["lstm", ["w_gates": gates, "core_dim": width] as PublishedValue]
    }
  }
}
