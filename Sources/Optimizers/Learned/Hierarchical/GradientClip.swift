internal import Numerics

/// The clip of the gradients, which follows their size: one bound for all tensors (spec §1.1.4).
struct GradientClip: Sendable {
  /// The count of steps from 1 and the running size, as they lie in the state.
  static let shape = [2]

  let decay: Float
  /// 1 - decay, not rounded a second time.
  let rest: Float
  let multiplier: Float

  /// The clip with decay 1 - 0.01 e^x and multiplier 10 e^y; 0.99 and 10, to the bit, for x = y = 0.
  init(logDecay x: Float, logMultiplier y: Float) {
    rest = 0.01 * Elementary.exp(x)
    decay = 1 - rest
    multiplier = 10 * Elementary.exp(y)
  }

  /// The state before the first step: what makes the first bound the multiplier, whatever the decay.
  var initialState: [Float] { [1, rest] }

  /// size / (1 - decay^count) * multiplier.
  func bound(_ state: UnsafePointer<Float>) -> Float {
    state[1] / (1 - Float(power(Double(decay), wholeNumber(state[0])))) * multiplier
  }

  /// Takes in the mean over the tensors of the mean square of the clipped gradient.
  func advance(_ state: UnsafeMutablePointer<Float>, meanSquare: Float) {
    state[1] = state[1] * decay + (1e-8 + meanSquare).squareRoot() * rest
    state[0] += 1
  }
}
