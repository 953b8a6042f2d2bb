internal import Graph

/// The recurrent cells of the fixed tasks, with Sonnet's default starts.
enum FixedCore: Hashable, Sendable {
  case lstm(Int)
  case gru(Int)
  case vanilla(Int, TaskSet.Activation)
  /// A rectified cell whose state is at first kept as it is (Le et al. 2015).
  case identity(Int)

  var width: Int {
    switch self {
    case .lstm(let width), .gru(let width), .vanilla(let width, _), .identity(let width): width
    }
  }

  /// The states h_1 ... h_T, batch x width each, of inputs that lie time-major as (T · batch) x features.
  func unrolled(_ x: Term, batch: Int, trainsInitialState: Bool, in blueprint: Blueprint) -> [Term] {
    let cell = RecurrentCell(
      x: x, batch: batch, width: width, trainsInitialState: trainsInitialState, blueprint: blueprint)
    switch self {
    case .lstm: return cell.lstm(.sonnet)
    case .gru(let width):
      // Without an initializer TensorFlow takes Glorot's uniform one, for biases too: as if of width x width.
      let bound = (3 / Float(width)).squareRoot()
      return cell.gru(.init(all: .taskSet(.glorotUniform)), bias: .uniform(-bound...bound))
    case .vanilla(_, let activation): return cell.vanilla(.sonnet, .sonnet, activation, stateBias: .constant(0))
    case .identity: return cell.vanilla(.identity, .sonnet, .relu, stateBias: .constant(0))
    }
  }
}

extension FixedCore: Publishable {
  var published: PublishedValue {
    switch self {
    case .lstm(let width): ["lstm", width]
    case .gru(let width): ["gru", width]
    case .vanilla(let width, let activation): ["vrnn", width, activation]
    case .identity(let width): ["irnn", width, TaskSet.Activation.relu]
    }
  }
}
