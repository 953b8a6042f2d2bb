internal import Graph
internal import Numerics

/// A normalizing flow on images: bijectors with a permutation between each two (spec §4.4).
package struct FlowModel: Sendable {
  /// The kinds of bijector. Both map data x to u in one pass and tell log |det du/dx|.
  enum Kind: Hashable, Sendable {
    case maskedAutoregressive, realNVP

    /// The layers of a bijector's network on images of that many pixels.
    func widths(_ pixels: Int, _ hidden: [Int]) -> [Int] {
      switch self {
      case .maskedAutoregressive: [pixels] + hidden + [2 * pixels]
      case .realNVP: [pixels / 2] + hidden + [2 * (pixels - pixels / 2)]
      }
    }
  }

  let kind: Kind
  let activation: TaskSet.Activation
  let initializer: TaskSet.Initializer
  /// Hidden layers of each bijector's network.
  let widths: [Int]
  let bijectors: Int

  /// The deviation of the noise on the pixels.
  private static let noise: Float = 0.01

  /// The flow on images of `width` numbers, which `features` declares and `fill` writes.
  func problem(
    width: Int, fill: @escaping PlannedTask.Fill, features: @escaping @Sendable (Blueprint) -> Term
  ) -> PlannedProblem {
    // No density is better than the data's own, and the data's entropy is at least that of their noise:
    // log(noise · sqrt(2 pi e)) for each pixel.
    let bound = Double(width) * (CorrectlyRounded.log(Double(Self.noise)) + 1.418_938_533_204_672_7)
    return PlannedProblem(
      scale: .init(best: bound, guess: 10 * Double(width)),
      fill: { memory in
        fill(memory)
        let noise = memory.floats("noise")
        memory.randomness.normals(memory.address(2), into: noise)
        for i in noise.indices { noise[i] *= Self.noise }
      }
    ) { blueprint in
      let x = features(blueprint)
      return negativeLogLikelihood(of: x + blueprint.recording.input("noise", x.shape), in: blueprint)
    }
  }

  /// The mean over the batch of -log p(x) = |u|^2 / 2 + d log(2 pi) / 2 - log |det du/dx|.
  func negativeLogLikelihood(of x: Term, in blueprint: Blueprint) -> Term {
    var u = x
    var logDeterminant: Term?
    for index in 0..<bijectors {
      let part: Term
      switch kind {
      case .maskedAutoregressive: (u, part) = maskedAutoregressive(u, "bijector\(index)", blueprint)
      case .realNVP: (u, part) = realNVP(u, "bijector\(index)", blueprint)
      }
      logDeterminant = logDeterminant.map { $0 + part } ?? part
      if index < bijectors - 1 { u = u.permutingColumns(Self.permutation(u.shape[1], seed: UInt32(index))) }
    }
    let energy = 0.5 * u.squared.sum() + Float(u.count) * 0.918_938_53
    return (energy - (logDeterminant ?? blueprint.recording.constant(0))) * (1 / Float(x.shape[0]))
  }

  /// u_i = (x_i - shift_i) e^(-scale_i), shift and scale of pixel i being functions of the pixels before it: the layers'
  /// weights are masked. The scales are held within -5 ... 3.
  private func maskedAutoregressive(_ x: Term, _ name: String, _ blueprint: Blueprint) -> (
    u: Term, logDeterminant: Term
  ) {
    let pixels = x.shape[1]
    var h = x
    var degrees = Array(1...pixels)
    for (layer, width) in (widths + [2 * pixels]).enumerated() {
      let isLast = layer == widths.count
      let next =
        isLast
        ? degreesOfOutput(pixels) : (0..<width).map { 1 + $0 * max(pixels - 1, 1) / width }
      let weights = blueprint.parameter(
        "\(name).\(layer).weights", [h.shape[1], width], .drawn(initializer, fanIn: h.shape[1], fanOut: width))
      let bias = blueprint.parameter("\(name).\(layer).bias", [width], .constant(0))
      // A hidden unit sees units of its own degree and below, an output pixel those below its own.
      let mask = degrees.flatMap { from in next.map { to -> Float in (isLast ? from < to : from <= to) ? 1 : 0 } }
      h = h.dense(weights * blueprint.recording.constant(mask, weights.shape), bias)
      if !isLast { h = h.mapped(activation.function) }
      degrees = next
    }
    let shift = h.slice(0..<pixels, axis: 1)
    let scale = h.slice(pixels..<2 * pixels, axis: 1).clamped(-5, 3)
    return ((x - shift) * (-scale).exp, -scale.sum())
  }

  private func degreesOfOutput(_ pixels: Int) -> [Int] { Array(1...pixels) + Array(1...pixels) }

  /// The first half of the pixels stays; the others become (x - shift) e^(-scale), both functions of the first half.
  private func realNVP(_ x: Term, _ name: String, _ blueprint: Blueprint) -> (u: Term, logDeterminant: Term) {
    let pixels = x.shape[1]
    let half = pixels / 2
    let kept = x.slice(0..<half, axis: 1)
    let moved = x.slice(half..<pixels, axis: 1)
    let network = blueprint.perceptron(
      kept, hidden: widths, outputs: 2 * (pixels - half), name, activation, initializer)
    let shift = network.slice(0..<pixels - half, axis: 1)
    let scale = network.slice(pixels - half..<2 * (pixels - half), axis: 1)
    return (kept.concatenated((moved - shift) * (-scale).exp, axis: 1), -scale.sum())
  }

  /// NumPy's RandomState(seed).permutation(count), as published: from the last place down, exchange with one below or itself.
  package static func permutation(_ count: Int, seed: UInt32) -> [Int] {
    var generator = MersenneTwister(seed: seed)
    var order = Array(0..<count)
    for i in stride(from: count - 1, to: 0, by: -1) { order.swapAt(i, generator.integer(below: i + 1)) }
    return order
  }
}
