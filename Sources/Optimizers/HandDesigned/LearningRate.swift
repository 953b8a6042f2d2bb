/// The learning rate of a hand-designed optimizer, as a function of the step.
package enum LearningRate: Hashable, Sendable {
  /// The same at every step.
  case constant(Float)
  /// 0 for the first `zeroSteps` steps, in which only the optimizer's moments move; constant from then on (spec §3.4).
  case afterWarmUp(Float, zeroSteps: Int)

  /// The rate at a step, counted from 0.
  package func at(_ step: Int) -> Float {
    switch self {
    case .constant(let rate): rate
    case .afterWarmUp(let rate, let zeroSteps): step < zeroSteps ? 0 : rate
    }
  }
}
