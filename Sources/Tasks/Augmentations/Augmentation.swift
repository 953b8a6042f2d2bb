internal import Numerics

/// One change to a task that leaves it a task, with what was drawn for it (spec §4.8).
package enum Augmentation: Hashable, Sendable {
  /// Other coordinates: w = scale · v, scales log-uniform in 1 / range ... range, one a task, a tensor or a parameter.
  case reparametrizedWeights(Level, range: Double)
  /// The gradient from losses at antithetic pairs.
  case esGradients(deviation: Double, pairs: Int)
  /// Only a share of each batch's examples.
  case reducedBatch(fraction: Double)
  /// Parameters, loss and gradient of 8 significant bits.
  case bfloat16
  /// A gradient of length 1.
  case normalizedGradients
  /// The gradient along random directions only.
  case subsampledDirections(Int, takesSign: Bool)
  /// Losses and gradients of some steps ago.
  case delayedGradients(steps: Int)

  package enum Level: String, Hashable, Sendable { case global, tensor, parameter }

  /// The task so changed. A smaller batch is the family's to make.
  func applied(to task: any Task, seed: UInt64) -> any Task {
    switch self {
    case .reparametrizedWeights(let level, let range):
      ReparametrizedTask(task, level, range: range, seed: seed)
    case .esGradients(let deviation, let pairs):
      ESGradientTask(base: task, deviation: Float(deviation), pairs: pairs, seed: seed)
    case .reducedBatch: task
    case .bfloat16: RoundedTask(base: task)
    case .normalizedGradients: NormalizedGradientTask(base: task)
    case .subsampledDirections(let directions, let takesSign):
      SubsampledDirectionsTask(base: task, directions: directions, takesSign: takesSign, seed: seed)
    case .delayedGradients(let steps): DelayedTask(task, delay: steps)
    }
  }
}

extension Augmentation {
  /// How often each change is made to a draw; the defaults are those of VeLO's first phase.
  package struct Probabilities: Hashable, Sendable {
    package var reparametrizedWeights = 5.0 / 7
    package var esGradients = 0.08
    package var reducedBatch = 0.2
    package var bfloat16 = 0.2
    package var normalizedGradients = 0.05
    package var subsampledDirections = 0.08
    package var delayedGradients = 0.05

    package init() {}

    /// The changes that are made to the draw of that seed, from the inside out. Each has draws of its own, so that another
    /// probability of one changes no other.
    package func draw(seed: UInt64) -> [Augmentation] {
      var result: [Augmentation] = []
      func draw(_ index: Int, _ probability: Double, _ make: (inout ParametricDraws) -> Augmentation) {
        var draws = ParametricDraws(Randomness(key: seed), Address(.augmentation, particle: index))
        if draws.uniform(0, 1) < probability { result.append(make(&draws)) }
      }
      draw(0, reparametrizedWeights) { draws in
        let level: Level = draws.one(of: [.global, .global, .tensor, .tensor, .parameter])
        return .reparametrizedWeights(level, range: draws.one(of: [1000, 100, 10]))
      }
      draw(1, esGradients) { draws in
        let deviation = draws.logarithmic(0.001, 0.1)
        return .esGradients(deviation: deviation, pairs: draws.one(of: [1, 2, 4, 8, 16]))
      }
      draw(2, reducedBatch) { .reducedBatch(fraction: $0.uniform(0.01, 1)) }
      draw(3, bfloat16) { _ in .bfloat16 }
      draw(4, normalizedGradients) { _ in .normalizedGradients }
      draw(5, subsampledDirections) { draws in
        let directions = Int(draws.logarithmic(1.0, 1024.0))
        return .subsampledDirections(max(directions, 1), takesSign: draws.flag())
      }
      draw(6, delayedGradients) { .delayedGradients(steps: $0.logarithmic(1...8)) }
      return result
    }
  }
}
