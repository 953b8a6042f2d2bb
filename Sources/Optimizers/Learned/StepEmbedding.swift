internal import Numerics

/// The number of the step as eleven features of different time scales (spec §1.1.8, §1.2).
enum StepEmbedding {
  static let timescales: [Double] = [1, 3, 10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000]

  /// Writes sin(angle(step, timescale)), the angle in double precision, since it may be large.
  static func writeSines(
    _ step: Int, to result: UnsafeMutablePointer<Float>, angle: (_ step: Double, _ timescale: Double) -> Double
  ) {
    for (i, timescale) in timescales.enumerated() {
      result[i] = Elementary.sin(ofDouble: angle(Double(step), timescale))
    }
  }

  /// Writes tanh(step / timescale - 1).
  static func writeTangents(_ step: Int, to result: UnsafeMutablePointer<Float>) {
    for (i, timescale) in timescales.enumerated() {
      result[i] = Elementary.tanh(Float(step) / Float(timescale) - 1)
    }
  }
}
