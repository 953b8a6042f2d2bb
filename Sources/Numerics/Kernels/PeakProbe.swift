/// Loops that do nothing but what a machine does best: shares of its peak are stated against these. No run calls them.
package enum PeakProbe {
  /// Independent chains of `multiplyAdd`: enough to fill two units of four or five cycles' latency.
  private static let chains = 12

  /// Floating-point operations of `multiplyAdd`: a multiplication and an addition a lane.
  package static func multiplyAddOperations(rounds: Int) -> Double { Double(rounds * chains * 8 * 2) }

  /// Twelve chains x <- a x + b of eight lanes, which stay in registers and tend to `seed`; their mean, so that none
  /// is left out. A caller that gives each result to the next call keeps the compiler from doing one call for all.
  @inline(never)
  package static func multiplyAdd(rounds: Int, seed: Float) -> Float {
    let a = Vector(repeating: 0.75)
    let b = Vector(repeating: 0.25) * Vector(repeating: seed)
    var (x0, x1, x2, x3) = (a, b, a + b, a - b)
    var (x4, x5, x6, x7) = (a * b, b * b, a * a, a + a)
    var (x8, x9, x10, x11) = (b + b, a + a + b, a + b + b, a - b - b)
    for _ in 0..<rounds {
      x0 = fma(a, x0, b)
      x1 = fma(a, x1, b)
      x2 = fma(a, x2, b)
      x3 = fma(a, x3, b)
      x4 = fma(a, x4, b)
      x5 = fma(a, x5, b)
      x6 = fma(a, x6, b)
      x7 = fma(a, x7, b)
      x8 = fma(a, x8, b)
      x9 = fma(a, x9, b)
      x10 = fma(a, x10, b)
      x11 = fma(a, x11, b)
    }
    return (x0 + x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9 + x10 + x11).laneSum / Float(chains * 8)
  }

  /// Bytes that `triad` reads and writes; that a cache may read a line before it is written is not counted.
  package static func triadBytes(count: Int) -> Double { Double(3 * count * MemoryLayout<Float>.stride) }

  /// a <- b + 0.5 c, for a multiple of eight floats.
  @inline(never)
  package static func triad(
    _ a: UnsafeMutablePointer<Float>, _ b: UnsafePointer<Float>, _ c: UnsafePointer<Float>, count: Int
  ) {
    let half = Vector(repeating: 0.5)
    for i in stride(from: 0, to: count, by: 8) {
      fma(half, Vector(from: c + i), Vector(from: b + i)).store(to: a + i)
    }
  }
}
