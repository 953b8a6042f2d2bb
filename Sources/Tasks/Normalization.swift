internal import Numerics

/// The map of a task's loss that outer training averages over tasks (spec §3.1): affine with our clip (spec §12), or one of
/// those that LO's task families bring along (spec §4.8).
package struct Normalization: Hashable, Sendable {
  /// How a loss is mapped.
  private enum Form: Hashable, Sendable {
    /// 1 at `initial`, 0 at `best`, held within ± `ceiling`.
    case baseline
    case clipped(Clipped)
  }

  /// scale · clip(f(loss)) + offset, f being the loss itself or log(loss + 1e-8). What is not finite counts as `high`.
  package struct Clipped: Hashable, Sendable {
    package var takesLogarithm = false
    package let low: Double
    package let high: Double
    package let scale: Double
    package let offset: Double
  }

  /// The loss that maps to 1 in the affine form: at the initial parameters.
  package let initial: Double
  /// The loss that maps to 0 in the affine form: a baseline's best, or a known lower bound.
  package let best: Double
  private let form: Form

  /// In the affine form mapped losses beyond ± this count as ± this, and NaN as this. Ours; the paper's own clip is not reported.
  package static let ceiling = 10.0

  package init(initial: Double, best: Double) {
    precondition(initial.isFinite && best.isFinite, "normalization by (\(initial), \(best)) is not finite")
    self.initial = initial
    self.best = best
    form = .baseline
  }

  package init(initial: Double, best: Double, _ clipped: Clipped) {
    self.initial = initial
    self.best = best
    form = .clipped(clipped)
  }

  package func callAsFunction(_ loss: Float) -> Double {
    switch form {
    case .baseline:
      // A start that is no worse than the best leaves nothing to scale by.
      let span = initial > best ? initial - best : 1
      let mapped = (Double(loss) - best) / span
      return mapped.isNaN ? Self.ceiling : max(-Self.ceiling, min(mapped, Self.ceiling))
    case .clipped(let clipped):
      return clipped(loss)
    }
  }
}

extension Normalization.Clipped {
  func callAsFunction(_ loss: Float) -> Double {
    guard loss.isFinite else { return scale * high + offset }
    let value = takesLogarithm ? CorrectlyRounded.log(max(Double(loss), 0) + 1e-8) : Double(loss)
    return scale * max(low, min(value, high)) + offset
  }

  /// (clip(loss, 0, log 2C) - log(C / 5)) · 10 / log C.
  static func classifier(classes: Int) -> Self {
    let c = Double(classes)
    let scale = 10 / CorrectlyRounded.log(c)
    return Self(
      low: 0, high: CorrectlyRounded.log(2 * c), scale: scale, offset: -CorrectlyRounded.log(c / 5) * scale)
  }
}

extension Normalization {
  /// Of classifiers of `classes` classes: (clip(loss, 0, log 2C) - log(C / 5)) · 10 / log C.
  package static func classifier(classes: Int) -> Normalization {
    Normalization(initial: CorrectlyRounded.log(Double(classes)), best: 0, .classifier(classes: classes))
  }

  /// Of a mean of losses that are mapped in that way already: it stays what it is, and what is not finite counts as the most that
  /// it can be.
  package static func mappedClassifier(classes: Int) -> Normalization {
    let map = Clipped.classifier(classes: classes)
    return Normalization(
      initial: map(Float(CorrectlyRounded.log(Double(classes)))), best: map(0),
      Clipped(low: map(0), high: map(.infinity), scale: 1, offset: 0))
  }

  /// Of residual networks and vision transformers: clip(10 loss / log 2C, 0, 10), and 10 for what is not finite.
  package static func deepClassifier(classes: Int) -> Normalization {
    let high = CorrectlyRounded.log(2 * Double(classes))
    return Normalization(
      initial: CorrectlyRounded.log(Double(classes)), best: 0,
      Clipped(low: 0, high: high, scale: 10 / high, offset: 0))
  }

  /// Of autoencoders: clip(log loss, -12, 1) / 2 + 10. Where the task takes the logarithm itself, its loss stands in its place.
  package static func autoencoder(lossIsLogarithm: Bool) -> Normalization {
    Normalization(
      initial: 1, best: 0, Clipped(takesLogarithm: !lossIsLogarithm, low: -12, high: 1, scale: 0.5, offset: 10))
  }

  /// Of variational autoencoders: the loss for each number of an image, clip(loss, 0, 10).
  package static func variationalAutoencoder(lossPerNumber numbers: Int) -> Normalization {
    Normalization(
      initial: 10 * Double(numbers), best: 0,
      Clipped(low: 0, high: 10 * Double(numbers), scale: 1 / Double(numbers), offset: 0))
  }
}
