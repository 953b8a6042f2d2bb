/// Persistent evolution strategies (Vicol et al. 2021): truncated unrolls without the bias (spec §3.6).
///
/// Each member of a pair goes on from its own state, and the difference of losses multiplies the sum of all
/// perturbations that this task has seen.
package struct PersistentES: GradientEstimator {
  package let truncation: LengthSchedule?
  package let horizon: LengthSchedule

  package init(truncation: LengthSchedule, horizon: LengthSchedule) {
    self.truncation = truncation
    self.horizon = horizon
  }

  package var accumulates: Bool { true }

  package func next(_ positive: UnrollResult, _ negative: UnrollResult) -> Particle {
    guard let end = positive.end, let negativeEnd = negative.end else { return Particle() }
    return Particle(
      episode: Episode(
        drawnAt: positive.drawnAt, innerStep: positive.innerStep, positive: end, negative: negativeEnd))
  }
}
