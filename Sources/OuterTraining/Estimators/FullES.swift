/// Evolution strategies over whole inner trainings: unbiased, and as slow as a training is long (spec §3.2, §3.7).
package struct FullES: GradientEstimator {
  package let horizon: LengthSchedule

  package init(horizon: LengthSchedule) { self.horizon = horizon }

  package var truncation: LengthSchedule? { nil }
  package var accumulates: Bool { false }

  /// Each outer iteration starts with new tasks.
  package func next(_ positive: UnrollResult, _ negative: UnrollResult) -> Particle { Particle() }
}
