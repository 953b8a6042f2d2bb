/// The hyperparameters of the hierarchical optimizer (spec §1.1.1), with the library's values, and its named variants.
package struct HierarchicalConfiguration: Hashable, Sendable {
  /// The scale s of every step: w <- w - s d exp(r a).
  package var stepMultiplier: Float = 0.001
  /// The scale r within the exponential.
  package var magnitudeRate: Float = 0.001
  /// The units of each of the per-parameter network's two hidden layers.
  package var hiddenSize = 32
  /// The numbers that the network sends back to its tensor's LSTM, averaged over the elements.
  package var fromMLPSize = 16
  /// The numbers that all tensors' LSTMs share.
  package var fromLSTMSize = 18
  /// The numbers that an LSTM sends to its tensor's network.
  package var lstmToNetworkSize = 17
  /// The units of the LSTM; a multiple of 8.
  package var lstmHiddenSize = 64
  /// The decays of the momenta and of the second moments.
  package var decays: [Float] = [0.5, 0.9, 0.99, 0.999, 0.9999]

  package var stepEmbedding = StepEmbeddingVariant.slow
  package var normalizer = NormalizerVariant.plain
  package var gradientClip = GradientClipVariant.fixed
  package var olderParameters = OlderParametersVariant.absent
  package var lossDecays = LossDecaysVariant.slowerOnValidation

  package init() {}

  /// Refuses hyperparameters outside their ranges.
  func validate() throws(OptimizersError) {
    try OptimizersError.requirePositive(stepMultiplier, "step_multiplier")
    try OptimizersError.requirePositive(magnitudeRate, "magnitude_rate")
    try OptimizersError.requireSize(hiddenSize, "hidden_size")
    try OptimizersError.requireSize(fromMLPSize, "from_mlp_size")
    try OptimizersError.requireSize(fromLSTMSize, "from_lstm_size")
    try OptimizersError.requireSize(lstmToNetworkSize, "lstm_to_network_size")
    try OptimizersError.requireSize(lstmHiddenSize, "lstm_hidden_size")
    try OptimizersError.require(
      lstmHiddenSize % 8 == 0, "lstm_hidden_size", is: "a multiple of 8", found: lstmHiddenSize)
    try OptimizersError.requireDecays(decays, "decays")
    if case .lag(let steps) = olderParameters {
      try OptimizersError.require((1...10_000).contains(steps), "older_parameters", is: "1 ... 10000", found: steps)
    }
  }

  /// A tensor's own features behind what it got from the LSTMs and from its network (spec §1.1.6).
  static let ownFeatures = 18

  /// The inputs of the LSTM besides its hidden state: 52.
  var lstmInputs: Int { fromLSTMSize + fromMLPSize + Self.ownFeatures }

  /// The inputs of the per-parameter network that differ from element to element: 23.
  var columns: Int { 3 + 4 * decays.count + (olderParameters == .absent ? 0 : 1) }

  /// The inputs of the per-parameter network that are the same for all elements of a tensor: 31.
  var constants: Int { StepEmbedding.timescales.count + 3 + lstmToNetworkSize }
}
