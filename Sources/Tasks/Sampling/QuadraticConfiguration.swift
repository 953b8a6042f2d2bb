extension TaskSet {
  /// quadratic_family: the sum of (A w)^2 for a random matrix A, with fresh noise on A in each step if any (spec §4.5).
  package struct Quadratic: Hashable, Sendable {
    package let matrix: MatrixDistribution
    package let start: VectorDistribution
    package let output: Output
    /// Length of w.
    package let dimension: Int
    /// Of the instance: matrix and start.
    package let seed: Int
    package let lossScale: Double
    package let matrixNoise: MatrixDistribution?

    /// Of the sum s: scale s, or scale log(max(s, 0) + 1e-8).
    package enum Output: String, Hashable, Sendable, Publishable { case identity, log }

    init(from draws: inout TaskSetDraws) {
      matrix = MatrixDistribution(from: &draws)
      start = VectorDistribution(from: &draws)
      output = draws.one(of: [.identity, .log])
      dimension = draws.logarithmic(2...3000)
      seed = draws.integer(below: 100_000)
      lossScale = draws.logarithmic(1e-5, 1e3)
      matrixNoise = draws.one(of: [true, false]) ? MatrixDistribution(noiseFrom: &draws) : nil
    }
  }

  /// How a square matrix is drawn: element by element, or as Q diag Q^T with a given spectrum and a random rotation Q.
  package enum MatrixDistribution: Hashable, Sendable {
    case normal(mean: Double, deviation: Double)
    case uniform(from: Double, to: Double)
    case linearSpectrum(from: Double, to: Double)
    case logarithmicSpectrum(from: Double, to: Double)

    private enum Kind { case normal, linearSpectrum, uniform, logarithmicSpectrum }

    private init(in bounds: Bounds, from draws: inout TaskSetDraws) {
      switch draws.one(of: [Kind.normal, .linearSpectrum, .uniform, .logarithmicSpectrum]) {
      case .normal:
        let mean = draws.normal(mean: 0, deviation: bounds.meanDeviation)
        self = .normal(mean: mean, deviation: draws.uniform(0, bounds.deviation))
      case .linearSpectrum:
        let (low, high) = draws.interval(bounds.spectrumStart, width: bounds.spectrumWidth)
        self = .linearSpectrum(from: low, to: high)
      case .uniform:
        let (low, high) = draws.interval(bounds.start, width: bounds.width)
        self = .uniform(from: low, to: high)
      case .logarithmicSpectrum:
        self = .logarithmicSpectrum(from: 1e-5, to: draws.uniform(1, bounds.largestEigenvalue))
      }
    }

    /// The matrix of the problem.
    init(from draws: inout TaskSetDraws) {
      let bounds = Bounds(
        meanDeviation: 1, deviation: 2, start: -3...1, width: 5, spectrumStart: 0.01...50, spectrumWidth: 100,
        largestEigenvalue: 1000)
      self.init(in: bounds, from: &draws)
    }

    /// What is added to it in each step.
    init(noiseFrom draws: inout TaskSetDraws) {
      let bounds = Bounds(
        meanDeviation: 0.05, deviation: 0.05, start: -0.15...0.05, width: 0.25, spectrumStart: 0.01...2,
        spectrumWidth: 10, largestEigenvalue: 10)
      self.init(in: bounds, from: &draws)
    }

    /// Where a distribution's parameters are drawn from.
    private struct Bounds {
      /// The mean is N(0, this^2), the deviation U(0, `deviation`).
      let meanDeviation: Double
      let deviation: Double
      let start: ClosedRange<Double>
      let width: Double
      let spectrumStart: ClosedRange<Double>
      let spectrumWidth: Double
      let largestEigenvalue: Double
    }
  }

  /// How a vector is drawn, element by element.
  package enum VectorDistribution: Hashable, Sendable {
    case normal(mean: Double, deviation: Double)
    case uniform(from: Double, to: Double)

    init(from draws: inout TaskSetDraws) {
      if draws.one(of: [true, false]) {
        let mean = draws.normal(mean: 0, deviation: 1)
        self = .normal(mean: mean, deviation: draws.uniform(0, 2))
      } else {
        let (low, high) = draws.interval(-5...2.5, width: 5)
        self = .uniform(from: low, to: high)
      }
    }
  }
}

extension TaskSetDraws {
  /// A uniform lower end, and an upper end by U(0, width) above it.
  fileprivate mutating func interval(_ start: ClosedRange<Double>, width: Double) -> (Double, Double) {
    let low = uniform(start.lowerBound, start.upperBound)
    return (low, low + uniform(0, width))
  }
}

extension TaskSet.Quadratic: Publishable {
  package var published: PublishedValue {
    let noise: PublishedValue? = matrixNoise.map { ["A_noise": $0] }
    return [
      "A_dist": matrix, "initial_dist": start, "output_fn": output, "dims": dimension, "seed": seed,
      "loss_scale": lossScale, "noise": noise,
    ]
  }
}

extension TaskSet.MatrixDistribution: Publishable {
  package var published: PublishedValue {
    switch self {
    case .normal(let mean, let deviation): ["normal", ["mean": mean, "std": deviation] as PublishedValue]
    case .uniform(let low, let high): ["uniform", ["min": low, "max": high] as PublishedValue]
    case .linearSpectrum(let low, let high): ["linspace_eigen", ["min": low, "max": high] as PublishedValue]
    case .logarithmicSpectrum(let low, let high): ["logspace_eigen", ["min": low, "max": high] as PublishedValue]
    }
  }
}

extension TaskSet.VectorDistribution: Publishable {
  package var published: PublishedValue {
    switch self {
    case .normal(let mean, let deviation): ["normal", ["mean": mean, "std": deviation] as PublishedValue]
    case .uniform(let low, let high): ["uniform", ["min": low, "max": high] as PublishedValue]
    }
  }
}
