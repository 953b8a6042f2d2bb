/// The name space of TaskSet's configurations (Metz et al., "Using a thousand optimization tasks to learn
/// hyperparameter search strategies", 2020), as spec §4.3-4.5 describes them.
///
/// A configuration can only be drawn, so that no value exists which the distribution cannot give. `published` is its
/// form in TaskSet's files; member names and their order are those of the files.
package enum TaskSet {}

extension TaskSet {
  /// The nonlinearity of a network.
  package enum Activation: String, CaseIterable, Hashable, Sendable, Publishable {
    case relu, tanh, cos, elu, sigmoid, swish
    /// Slopes 0.4, 0.2 and 0.1 below zero.
    case leakyReLU4 = "leaky_relu4"
    case leakyReLU2 = "leaky_relu2"
    case leakyReLU1 = "leaky_relu1"

    init(from draws: inout TaskSetDraws) {
      self = draws.weighted { activation in
        switch activation {
        case .relu: 6
        case .tanh: 3
        default: 1
        }
      }
    }
  }

  /// How weight matrices start; those with a scale take it from exp U(ln 0.1, ln 10).
  package enum Initializer: Hashable, Sendable {
    case heNormal, heUniform, glorotNormal, glorotUniform
    case orthogonal(gain: Double)
    /// U(-bound, bound).
    case uniform(bound: Double)
    case normal(deviation: Double)
    /// Named after a truncated normal, but in TaskSet a plain one (spec §4.3).
    case truncatedNormal(deviation: Double)
    case varianceScaling(scale: Double)

    /// The names, by which a kind is chosen.
    private enum Kind: String, CaseIterable {
      case he_normal, he_uniform, glorot_normal, glorot_uniform
      case orthogonal, random_uniform, random_normal, truncated_normal, variance_scaling

      var weight: Int {
        switch self {
        case .he_normal, .he_uniform, .glorot_normal, .glorot_uniform: 2
        case .orthogonal, .random_uniform, .random_normal, .truncated_normal, .variance_scaling: 1
        }
      }
    }

    init(from draws: inout TaskSetDraws) {
      let kind: Kind = draws.weighted(\.weight)
      self =
        switch kind {
        case .he_normal: .heNormal
        case .he_uniform: .heUniform
        case .glorot_normal: .glorotNormal
        case .glorot_uniform: .glorotUniform
        case .orthogonal: .orthogonal(gain: draws.logarithmic(0.1, 10))
        case .random_uniform: .uniform(bound: draws.logarithmic(0.1, 10))
        case .random_normal: .normal(deviation: draws.logarithmic(0.1, 10))
        case .truncated_normal: .truncatedNormal(deviation: draws.logarithmic(0.1, 10))
        case .variance_scaling: .varianceScaling(scale: draws.logarithmic(0.1, 10))
        }
    }
  }
}

extension TaskSet.Initializer: Publishable {
  /// [name, scale or null].
  package var published: PublishedValue {
    let (kind, scale): (Kind, Double?) =
      switch self {
      case .heNormal: (.he_normal, nil)
      case .heUniform: (.he_uniform, nil)
      case .glorotNormal: (.glorot_normal, nil)
      case .glorotUniform: (.glorot_uniform, nil)
      case .orthogonal(let gain): (.orthogonal, gain)
      case .uniform(let bound): (.random_uniform, bound)
      case .normal(let deviation): (.random_normal, deviation)
      case .truncatedNormal(let deviation): (.truncated_normal, deviation)
      case .varianceScaling(let scale): (.variance_scaling, scale)
      }
    return [kind.rawValue, scale]
  }
}
