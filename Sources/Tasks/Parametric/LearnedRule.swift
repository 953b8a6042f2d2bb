internal import Graph
internal import Numerics

/// The learned optimizers that LO's lopt draws, as draws: three rules whose rates are learned, and two networks that see each
/// element.
enum LearnedRule: Hashable, Sendable {
  case sgd, momentum, adam
  case mlp(ElementNetwork)
  case adafactorMLP(ElementNetwork)

  /// A network that is applied to each element of each tensor; its outputs d and a give the step s d exp(r a).
  struct ElementNetwork: Hashable, Sendable {
    let hiddenSize: Int
    let hiddenLayers: Int
    /// r
    let magnitudeRate: Double
    /// s
    let stepMultiplier: Double

    init(hiddenSize: Int, hiddenLayers: Int, magnitudeRate: Double, stepMultiplier: Double) {
      self.hiddenSize = hiddenSize
      self.hiddenLayers = hiddenLayers
      self.magnitudeRate = magnitudeRate
      self.stepMultiplier = stepMultiplier
    }

    init(from draws: inout ParametricDraws) {
      hiddenSize = draws.logarithmic(2...512)
      hiddenLayers = draws.logarithmic(1...4)
      magnitudeRate = draws.logarithmic(1e-5, 1)
      stepMultiplier = draws.logarithmic(1e-5, 1)
    }

    /// From what is seen of an element and of the step to the two outputs.
    func widths(columns: Int) -> [Int] {
      [columns + UnrolledNetwork.timescales.count] + [Int](repeating: hiddenSize, count: hiddenLayers) + [2]
    }

    /// Multiply-adds an element; what is seen of the step is the same for all.
    func work(columns: Int) -> Int {
      let widths = [columns] + widths(columns: columns).dropFirst()
      return zip(widths, widths.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
    }
  }

  init(from draws: inout ParametricDraws) {
    self =
      switch draws.one(of: [0, 1, 2, 3, 4]) {
      case 0: .adam
      case 1: .momentum
      case 2: .sgd
      case 3: .mlp(ElementNetwork(from: &draws))
      default: .adafactorMLP(ElementNetwork(from: &draws))
      }
  }

  /// The elements of each tensor of its weights.
  var tensorCounts: [Int] {
    func network(_ network: ElementNetwork, _ columns: Int) -> [Int] {
      let widths = network.widths(columns: columns)
      return zip(widths, widths.dropFirst()).flatMap { [$0 * $1, $1] }
    }
    return switch self {
    case .sgd: [1]
    case .momentum: [1, 1]
    case .adam: [1, 1, 1, 1]
    case .mlp(let shape): network(shape, UnrolledMLP.columns)
    case .adafactorMLP(let shape): network(shape, UnrolledAdafactorMLP.columns) + [3, 1, 3]
    }
  }

  /// Multiply-adds of products for each element that is moved.
  var workOfAnElement: Int {
    switch self {
    case .sgd, .momentum, .adam: 0
    case .mlp(let shape): shape.work(columns: UnrolledMLP.columns)
    case .adafactorMLP(let shape): shape.work(columns: UnrolledAdafactorMLP.columns)
    }
  }

  /// Declares its weights and gives the optimizer that they are.
  func optimizer(in blueprint: Blueprint) -> any UnrolledOptimizer {
    switch self {
    case .sgd: UnrolledSGD(in: blueprint)
    case .momentum: UnrolledMomentum(in: blueprint)
    case .adam: UnrolledAdam(in: blueprint)
    case .mlp(let shape): UnrolledMLP(shape, in: blueprint)
    case .adafactorMLP(let shape): UnrolledAdafactorMLP(shape, in: blueprint)
    }
  }
}

/// An optimizer as terms: what it keeps between steps is its own. Tensors have the problems as their first axis, and none of
/// them sees another's.
protocol UnrolledOptimizer {
  /// The parameters after a step, the first of which has the number 0.
  mutating func moved(_ parameters: [Term], _ gradients: [Term], step: Int) -> [Term]
}

/// w <- w - lr g; learned is log lr.
struct UnrolledSGD: UnrolledOptimizer {
  private let rate: Term

  init(in blueprint: Blueprint) { rate = blueprint.logarithmicRate(0.01) }

  func moved(_ parameters: [Term], _ gradients: [Term], step: Int) -> [Term] {
    zip(parameters, gradients).map { $0 - rate * $1 }
  }
}

/// v <- beta v + g, w <- w - lr v; learned are log lr and log(1 - beta).
struct UnrolledMomentum: UnrolledOptimizer {
  private let rate, decay: Term
  private var velocities: [Term] = []

  init(in blueprint: Blueprint) {
    rate = blueprint.logarithmicRate(0.01)
    decay = blueprint.decay("momentum", 0.9)
  }

  mutating func moved(_ parameters: [Term], _ gradients: [Term], step: Int) -> [Term] {
    velocities = step == 0 ? gradients : zip(velocities, gradients).map { decay * $0 + $1 }
    return zip(parameters, velocities).map { $0 - rate * $1 }
  }
}

/// Adam with bias correction, w <- w - lr m / (sqrt(q + 1e-8) + epsilon); learned are log lr, log(1 - beta) of both decays and
/// log epsilon.
struct UnrolledAdam: UnrolledOptimizer {
  private let rate, epsilon: Term
  private let decays: [Term]
  /// beta^(step + 1) of both decays.
  private var powers: [Term] = []
  private var (first, second): ([Term], [Term]) = ([], [])

  init(in blueprint: Blueprint) {
    rate = blueprint.logarithmicRate(0.001)
    decays = [blueprint.decay("beta1", 0.9), blueprint.decay("beta2", 0.999)]
    epsilon = blueprint.exponential("log_epsilon", 1e-8)
  }

  mutating func moved(_ parameters: [Term], _ gradients: [Term], step: Int) -> [Term] {
    powers = step == 0 ? decays : zip(powers, decays).map { $0 * $1 }
    first = Self.averaged(first, gradients, decays[0])
    second = Self.averaged(second, gradients.map(\.squared), decays[1])
    return parameters.indices.map { k in
      let m = first[k] / (1 - powers[0])
      let q = second[k] / (1 - powers[1])
      return parameters[k] - rate * (m / ((q + 1e-8).squareRoot + epsilon))
    }
  }

  private static func averaged(_ old: [Term], _ new: [Term], _ decay: Term) -> [Term] {
    let rest = 1 - decay
    return new.indices.map { old.isEmpty ? rest * new[$0] : decay * old[$0] + rest * new[$0] }
  }
}

extension Blueprint {
  /// exp of a learned number that starts at the logarithm of `start`.
  fileprivate func exponential(_ name: String, _ start: Double) -> Term {
    parameter(name, [], .constant(Float(CorrectlyRounded.log(start)))).exp
  }

  fileprivate func logarithmicRate(_ start: Double) -> Term { exponential("log_learning_rate", start) }

  /// 1 - exp of a learned number that starts at log(1 - `start`).
  fileprivate func decay(_ name: String, _ start: Double) -> Term {
    1 - exponential("log_one_minus_" + name, 1 - start)
  }
}
