import OuterTraining

/// Truncated ES whose pairs part: each member goes on from its own state, but the gradient forgets what it was perturbed
/// by before. Biased, as truncated ES is; here to show that an estimator is what it does with a particle.
struct PartingES: GradientEstimator {
  let truncation: LengthSchedule?
  let horizon: LengthSchedule

  init(truncation: LengthSchedule, horizon: LengthSchedule) {
    self.truncation = truncation
    self.horizon = horizon
  }

  /// The gradient multiplies the last perturbation alone, so a particle keeps no sum of them.
  var accumulates: Bool { false }

  func next(_ positive: UnrollResult, _ negative: UnrollResult) -> Particle {
    guard let end = positive.end, let negativeEnd = negative.end else { return Particle() }
    return Particle(
      episode: Episode(
        drawnAt: positive.drawnAt, innerStep: positive.innerStep, positive: end, negative: negativeEnd))
  }
}
