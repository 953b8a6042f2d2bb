/// Evolution strategies over unrolls of a part of the inner training: fast, and biased (spec §3.2).
package struct TruncatedES: GradientEstimator {
  package let truncation: LengthSchedule?
  package let horizon: LengthSchedule

  package init(truncation: LengthSchedule, horizon: LengthSchedule) {
    self.truncation = truncation
    self.horizon = horizon
  }

  package var accumulates: Bool { false }

  /// Both members of the next pair start from the state of the positive unroll (D20).
  package func next(_ positive: UnrollResult, _ negative: UnrollResult) -> Particle {
    guard let end = positive.end else { return Particle() }
    return Particle(
      episode: Episode(drawnAt: positive.drawnAt, innerStep: positive.innerStep, positive: end, negative: nil))
  }
}
