package import Numerics

/// The paper's hierarchical optimizer (called LSTM_FF there, RNNMLPLOpt in the library): an LSTM a tensor, which sees statistics
/// of the tensor and of the losses and talks with the other tensors, and a small network an element, which makes the step
/// (spec §1.1). The formulas are the library's; the paper's variants are named in the configuration.
package struct HierarchicalLearnedOptimizer: LearnedOptimizer {
  package let configuration: HierarchicalConfiguration
  package let thetaLayout: Layout
  private let tensors: [ThetaTensor]
  private let plans: HierarchicalPlans

  /// The optimizer with the library's hyperparameters and variants.
  package init() { self.init(checked: HierarchicalConfiguration()) }

  package init(_ configuration: HierarchicalConfiguration) throws(OptimizersError) {
    try configuration.validate()
    self.init(checked: configuration)
  }

  private init(checked configuration: HierarchicalConfiguration) {
    let c = configuration
    self.configuration = c
    plans = HierarchicalPlans(c)
    let network = ThetaTensor.network(
      [c.columns + c.constants, c.hiddenSize, c.hiddenSize, 2 + c.fromMLPSize]
    ) { "theta/ffmod_params/mlp/~/linear_\($0)/\($1)" }
    let lstm: [ThetaTensor] = [
      .weights(
        "lstm/w", "theta/rnn_params/rnn/linear/w", inputs: c.lstmInputs + c.lstmHiddenSize,
        outputs: 4 * c.lstmHiddenSize),
      .zeros("lstm/b", "theta/rnn_params/rnn/linear/b", [4 * c.lstmHiddenSize]),
      .weights(
        "to_network/w", "theta/rnn_to_ff_params/rnn_to_ff/w", inputs: c.lstmHiddenSize, outputs: c.lstmToNetworkSize),
      .zeros("to_network/b", "theta/rnn_to_ff_params/rnn_to_ff/b", [c.lstmToNetworkSize]),
      .weights("to_tensors/w", "theta/rnn_to_in_params/rnn_to_in/w", inputs: c.lstmHiddenSize, outputs: c.fromLSTMSize),
      .zeros("to_tensors/b", "theta/rnn_to_in_params/rnn_to_in/b", [c.fromLSTMSize]),
    ]
    let starts: [ThetaTensor] = [
      .vector("initial/from_lstm", "theta/initial_from_lstm", c.fromLSTMSize),
      .vector("initial/from_mlp", "theta/initial_from_mlp", c.fromMLPSize),
      .zeros("initial/lstm_hidden", "theta/lstm_init_state/hidden", [1, c.lstmHiddenSize]),
      .zeros("initial/lstm_cell", "theta/lstm_init_state/cell", [1, c.lstmHiddenSize]),
    ]
    let clip: [ThetaTensor] =
      c.gradientClip == .fixed
      ? []
      : [
        .zeros("gradient_clip/log_decay", "theta/gradient_clip/log_decay", []),
        .zeros("gradient_clip/log_multiplier", "theta/gradient_clip/log_multiplier", []),
      ]
    tensors = network + lstm + starts + clip
    thetaLayout = tensors.layout
  }

  /// For each tensor of theta its name here and the dataset's name in the library's files.
  package var foreignNames: [(ours: String, theirs: String)] { tensors.foreignNames }

  package func initialTheta(_ randomness: Randomness) -> Tensors { tensors.draw(randomness) }

  package func optimizer(theta: Tensors, for parameters: Layout) -> any Optimizer {
    precondition(theta.layout == thetaLayout, "theta's layout is not this optimizer's")
    return HierarchicalRule(configuration, theta, plans.plan(for: parameters))
  }
}
