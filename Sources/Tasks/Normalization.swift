/// The affine map of a task's loss that outer training averages over tasks (spec §3.1), with our clip (spec §12).
package struct Normalization: Hashable, Sendable {
  /// The loss that maps to 1: at the initial parameters.
  package let initial: Double
  /// The loss that maps to 0: a baseline's best, or a known lower bound.
  package let best: Double

  /// Mapped losses beyond ± this count as ± this, and NaN as this. Ours; the paper's own clip is not reported.
  package static let ceiling = 10.0

  package init(initial: Double, best: Double) {
    precondition(initial.isFinite && best.isFinite, "normalization by (\(initial), \(best)) is not finite")
    self.initial = initial
    self.best = best
  }

  /// (loss - best) / (initial - best), held within ± 10; 10 where that is not a number.
  package func callAsFunction(_ loss: Float) -> Double {
    // A start that is no worse than the best leaves nothing to scale by.
    let span = initial > best ? initial - best : 1
    let mapped = (Double(loss) - best) / span
    return mapped.isNaN ? Self.ceiling : max(-Self.ceiling, min(mapped, Self.ceiling))
  }
}
