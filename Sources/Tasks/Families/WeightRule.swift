/// How weights start, given the sizes that meet in them.
enum WeightRule: Hashable, Sendable {
  /// By one of the initializers that TaskSet draws.
  case taskSet(TaskSet.Initializer)
  /// Normal of the variance gain / fan-in, then cut at two deviations: Sonnet's default has the gain 1, the default of
  /// TensorFlow's contributed variance scaling 2.6.
  case truncated(gain: Float)
  case normal(deviation: Float)
  /// A square matrix that changes nothing.
  case identity

  /// Sonnet's default for linear layers and convolutions.
  static let sonnet = WeightRule.truncated(gain: 1)

  func matrix(fanIn: Int, fanOut: Int) -> Blueprint.Start {
    switch self {
    case .taskSet(let initializer): return .drawn(initializer, fanIn: fanIn, fanOut: fanOut)
    case .truncated(let gain): return .truncated(deviation: (gain / Float(fanIn)).squareRoot())
    case .normal(let deviation): return .normal(deviation: deviation)
    case .identity:
      precondition(fanIn == fanOut, "an identity of \(fanIn) x \(fanOut)")
      return .identity(fanIn)
    }
  }

  /// The kernel of a convolution, (places · channelsIn) x channelsOut.
  func kernel(places: Int, channelsIn: Int, channelsOut: Int) -> Blueprint.Start {
    guard case .taskSet(let initializer) = self else {
      return matrix(fanIn: places * channelsIn, fanOut: channelsOut)
    }
    return .kernel(initializer, places: places, channelsIn: channelsIn, channelsOut: channelsOut)
  }
}

extension WeightRule: Publishable {
  var published: PublishedValue {
    switch self {
    case .taskSet(let initializer): initializer.published
    case .truncated(let gain): ["truncated, variance gain / fan-in", Double(gain)]
    case .normal(let deviation): ["random_normal", Double(deviation)]
    case .identity: ["identity", PublishedValue.null]
    }
  }
}
