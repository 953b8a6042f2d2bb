import Graph
import Numerics
import Testing

/// What a normalization is for: the moments of what comes out.
struct NormalizationTests {
  static let x: [Float] = (0..<24).map { Float(($0 * 7) % 11) - 3 }

  /// The elements of a term, one loss an element.
  private func values(_ count: Int, _ body: (Recording) -> Term) -> [Float] {
    (0..<count).map { index in
      let plan = Plan(Expression { body($0).reshaped([count]).slice(index..<index + 1, axis: 0) })
      return plan.loss(Tensors(plan.parameters, values: Self.x), in: Workspace()) { _ in }
    }
  }

  @Test func aLayerNormalizationGivesEachRowMean0AndVariance1() {
    let y = values(24) {
      $0.parameter("x", [4, 6])
        .layerNormalized(
          scale: $0.constant([Float](repeating: 1, count: 6), [6]),
          offset: $0.constant([Float](repeating: 0, count: 6), [6]))
    }
    for row in 0..<4 {
      let part = y[row * 6..<row * 6 + 6]
      #expect(abs(part.reduce(0, +)) < 1e-5)
      #expect(abs(part.reduce(0) { $0 + $1 * $1 } / 6 - 1) < 1e-4)
    }
  }

  @Test func aBatchNormalizationGivesEachChannelTheOffsetAndScaleAsMoments() {
    let y = values(24) {
      let x = $0.parameter("x", [2, 2, 3, 2])
      let (mean, variance) = x.channelMoments()
      return x.batchNormalized(
        mean: mean, variance: variance, scale: $0.constant([2, 0.5], [2]), offset: $0.constant([-1, 3], [2]))
    }
    for (channel, (scale, offset)) in [(Float(2), Float(-1)), (0.5, 3)].enumerated() {
      let part = stride(from: channel, to: 24, by: 2).map { y[$0] }
      #expect(abs(part.reduce(0, +) / 12 - offset) < 1e-5)
      #expect(abs(part.reduce(0) { $0 + ($1 - offset) * ($1 - offset) } / 12 - scale * scale) < 1e-4)
    }
  }
}
