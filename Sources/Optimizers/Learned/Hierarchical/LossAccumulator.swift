internal import Numerics

/// Running mean and variance of a loss, by which losses of any size become features (spec §1.1.3).
struct LossAccumulator {
  /// mean, variance, number of updates: as they lie in the state.
  static let shape = [3]

  let decay: Float
  /// 1 - decay, rounded once.
  let rest: Float
  var mean: Float
  var variance: Float
  var updates: Float

  /// The accumulator that lies at `state`.
  init(_ state: UnsafePointer<Float>, decay: Double) {
    self.decay = Float(decay)
    rest = Float(1 - decay)
    (mean, variance, updates) = (state[0], state[1], state[2])
  }

  func store(to state: UnsafeMutablePointer<Float>) {
    (state[0], state[1], state[2]) = (mean, variance, updates)
  }

  /// mean <- d mean + (1 - d) loss; variance <- d variance + (1 - d) (mean - loss)^2 with the new mean.
  mutating func take(_ loss: Float) {
    mean = decay * mean + rest * loss
    variance = decay * variance + rest * ((mean - loss) * (mean - loss))
    updates += 1
  }

  /// The mean without the pull to 0 of its start; 0 before the first loss.
  var correctedMean: Float { updates == 0 ? 0 : mean * correction }

  /// How far a loss lies from the mean, in standard deviations, cut at -5 and 5.
  func weight(_ loss: Float) -> Float {
    let deviation = (loss - correctedMean) / (variance * correction + 1e-8).squareRoot()
    return deviation.clamped(-5, 5)
  }

  /// 1 / (1 - d^updates + 1e-8).
  private var correction: Float { 1 / (1 - Float(power(Double(decay), wholeNumber(updates))) + 1e-8) }
}

extension Float {
  /// This number moved into `low ... high`; a NaN stays.
  func clamped(_ low: Float, _ high: Float) -> Float {
    self < low ? low : self > high ? high : self
  }
}

/// A count that is kept as a float; 0 for what no count can be.
func wholeNumber(_ count: Float) -> Int { count >= 0 && count <= 0x1p24 ? Int(count) : 0 }
