internal import Graph
internal import Numerics

/// TaskSet's losg_tasks_family: fourteen small problems after Wichrowska et al. 2017 (spec §4.5).
///
/// A configuration's own seed gives the instance (matrices, data), the draw's seed the start, batches and noise. TaskSet leaves
/// the data unseeded; here all splits draw from the same examples, of which a problem may have as few as one.
extension SampledFamily<TaskSet.SeededProblem> {
  /// nil where no configuration fits.
  package init?(problems limits: SamplingLimits = SamplingLimits()) {
    let configurations = limits.drawn { seed -> TaskSet.SeededProblem? in
      guard case .problem(let configuration) = TaskSetFamily.problem.draw(seed: seed),
        limits.admits(configuration.problem.cost)
      else { return nil }
      return configuration
    }
    self.init(name: TaskSetFamily.problem.rawValue, configurations: configurations) { configuration, seed in
      configuration.task(seed: seed)
    }
  }
}

extension TaskSet.SeededProblem {
  fileprivate func task(seed: UInt64) -> any Task {
    switch problem {
    case .base(let base): return task(base, seed: seed)
    case .sparseSoftmaxRegression(let features, let noise, let batchSize, let sampleCount):
      let parity = ProblemData(batchSize: batchSize, count: sampleCount, seed: UInt64(self.seed))
      return PlannedTask(
        seed: seed, scale: .init(best: 0, guess: 1), distort: GradientNoise(noise).distortion(seed: seed),
        fill: { parity.fillParity($0) },
        loss: { parity.sparseRegression(features: features, in: $0) })
    case .sparse(let base, let zeroProbability, let noise):
      let distortion = GradientNoise(base.noise, zeroProbability: zeroProbability, then: noise)
      return task(base, seed: seed, distortion)
    case .rescaled(let base, let scale):
      return task(base, seed: seed, scale: Float(scale))
    case .logarithm(let base):
      return task(base, seed: seed, takesLogarithm: true)
    }
  }

  /// log(f + 1e-6) - log 1e-6 where the logarithm is taken, else f; of x / scale, which starts `scale` times as far out.
  private func task(
    _ base: TaskSet.BaseProblem, seed: UInt64, _ noise: GradientNoise? = nil, scale: Float = 1,
    takesLogarithm: Bool = false
  ) -> any Task {
    let instance = ProblemInstance(base, seed: UInt64(self.seed))
    let offset = CorrectlyRounded.log(1e-6)
    var best = base.minimum
    if takesLogarithm { best = best.map { CorrectlyRounded.log($0 + 1e-6) - offset } }
    return PlannedTask(
      seed: seed, scale: .init(best: best, guess: (best ?? 0) + 1),
      distort: (noise ?? GradientNoise(base.noise)).distortion(seed: seed), fill: { instance.fill($0) }
    ) { blueprint in
      let f = instance.loss(in: blueprint, scale: scale)
      return takesLogarithm ? (f + 1e-6).log - Float(offset) : f
    }
  }
}

/// What is done to each component of a gradient: noise is added, or the component is dropped.
struct GradientNoise {
  let deviation: Double
  let zeroProbability: Double
  /// Of the noise on what was not dropped.
  let second: Double

  init(_ deviation: Double, zeroProbability: Double = 0, then second: Double = 0) {
    self.deviation = deviation
    self.zeroProbability = zeroProbability
    self.second = second
  }

  /// Noise at the batch's address, streams 4 to 6; nil where there is none.
  func distortion(seed: UInt64) -> PlannedTask.Distortion? {
    guard deviation > 0 || zeroProbability > 0 || second > 0 else { return nil }
    let (first, second, threshold) = (Float(deviation), Float(second), Float(zeroProbability))
    return { gradient, batch, workspace in
      let randomness = Randomness(key: seed)
      var address = batch.address
      let count = gradient.values.count
      workspace.withFloats(count) { draws in
        let all = UnsafeMutableBufferPointer(start: draws, count: count)
        for (stream, deviation) in [(4, first), (5, second)] where deviation > 0 {
          address.particle = stream
          randomness.normals(address, into: all)
          for i in 0..<count { gradient.values[i] += deviation * draws[i] }
        }
        guard threshold > 0 else { return }
        address.particle = 6
        randomness.uniforms(address, into: all)
        for i in 0..<count where draws[i] < threshold { gradient.values[i] = 0 }
      }
    }
  }
}
