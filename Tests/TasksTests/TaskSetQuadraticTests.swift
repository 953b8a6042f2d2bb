import Numerics
import Tasks
import Testing

struct TaskSetQuadraticTests {
  static let family = SampledFamily(quadratics: SamplingLimits(maximumParameters: 40))!

  /// The first configurations with at least 3 dimensions that have noise, or have none.
  static func configurations(withNoise: Bool, _ count: Int) -> [TaskSet.Quadratic] {
    Array(
      family.configurations.lazy.filter { ($0.matrixNoise != nil) == withNoise && $0.dimension > 2 }.prefix(count))
  }

  @Test func itHoldsTheSmallOnesOfTheThousandPublished() {
    let all = SampledFamily(quadratics: SamplingLimits(maximumParameters: 3000, maximumWork: .max))!
    #expect(all.configurations.count == 1000)
    #expect(Self.family.configurations == all.configurations.filter { $0.dimension <= 40 })
    let kinds = Set(Self.family.configurations.map { $0.matrix.published.description.prefix(6) })
    #expect(kinds.count == 4, "every kind of matrix occurs: \(kinds)")
  }

  @Test(arguments: [1, 2, 7, 30])
  func aMatrixWithASpectrumHasIt(_ n: Int) throws {
    let drawn = try #require(
      Self.family.configurations.map(\.matrix).first {
        if case .linearSpectrum = $0 { true } else { false }
      })
    guard case .linearSpectrum(let low, let high) = drawn else { return }
    var matrix = [Float](repeating: 0, count: n * n)
    matrix.withUnsafeMutableBufferPointer {
      RandomMatrix(drawn, dimension: n).draw(
        Randomness(key: 3), Address(.taskConfiguration), into: $0.baseAddress!, in: Workspace())
    }
    let spectrum = (0..<n).map { n == 1 ? low : low + (high - low) * Double($0) / Double(n - 1) }
    // Symmetric, with the right trace and sum of squares: sums of n terms of size `high`, each with a rounding or so.
    for i in 0..<n {
      for j in 0..<i { #expect(abs(matrix[i * n + j] - matrix[j * n + i]) < Float(high) * 1e-5) }
    }
    let trace = (0..<n).reduce(0.0) { $0 + Double(matrix[$1 * n + $1]) }
    #expect(abs(trace / spectrum.reduce(0, +) - 1) < 1e-5)
    let squares = matrix.reduce(0.0) { $0 + Double($1) * Double($1) }
    #expect(abs(squares / spectrum.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
  }

  @Test(arguments: configurations(withNoise: false, 24))
  func lossAndGradientAreThoseOfTheFormula(_ configuration: TaskSet.Quadratic) {
    let task = TaskSetQuadraticTask(configuration, seed: 5)
    let workspace = Workspace()
    let n = configuration.dimension
    let a = TaskSetQuadraticTask.matrix(of: configuration, in: workspace).map(Double.init)
    let at = task.initialParameters()
    let product = (0..<n).map { i in (0..<n).reduce(0) { $0 + a[i * n + $1] * Double(at.values[$1]) } }
    let sum = product.reduce(0) { $0 + $1 * $1 }
    let (loss, slope) =
      switch configuration.output {
      case .identity: (sum * configuration.lossScale, configuration.lossScale)
      case .log: (CorrectlyRounded.log(sum + 1e-8) * configuration.lossScale, configuration.lossScale / (sum + 1e-8))
      }
    let gradient = (0..<n).map { j in (0..<n).reduce(0) { $0 + 2 * slope * a[$1 * n + j] * product[$1] } }
    var found = Tensors(zeros: task.parameters)
    let value = Double(task.loss(at, on: Batch(.train, 0), gradient: &found, in: workspace))
    // Products of n terms in float lose some n 2^-24 of their largest term.
    let size = abs(loss) + configuration.lossScale
    #expect(abs(value - loss) < 1e-4 * size, "\(value), \(loss)")
    let norm = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
    for j in 0..<n { #expect(abs(Double(found.values[j]) - gradient[j]) < 1e-4 * norm) }
    #expect(task.loss(at, on: Batch(.test, 9), in: workspace) == Float(value), "no noise: every batch is the same")
    #expect(task.normalization.initial == value)
  }

  @Test(arguments: configurations(withNoise: true, 12))
  func noiseIsAFunctionOfTheBatch(_ configuration: TaskSet.Quadratic) {
    let task = TaskSetQuadraticTask(configuration, seed: 5)
    let at = task.initialParameters()
    var gradient = Tensors(zeros: task.parameters)
    let first = task.loss(at, on: Batch(.train, 0), in: Workspace())
    let other = task.loss(at, on: Batch(.train, 1), in: Workspace())
    let valid = task.loss(at, on: Batch(.outerValid, 0), in: Workspace())
    #expect(Set([first, other, valid]).count == 3)
    #expect(first == task.loss(at, on: Batch(.train, 0), gradient: &gradient, in: Workspace()))
    #expect(first.isFinite && gradient.values.allSatisfy(\.isFinite))
  }

  @Test func drawsOfAConfigurationShareTheMatrixAndNotTheStart() {
    let configuration = Self.configurations(withNoise: false, 1)[0]
    let (one, other) = (
      TaskSetQuadraticTask(configuration, seed: 1), TaskSetQuadraticTask(configuration, seed: 2)
    )
    #expect(one.initialParameters() != other.initialParameters())
    let at = one.initialParameters()
    #expect(
      one.loss(at, on: Batch(.train, 0), in: Workspace()) == other.loss(at, on: Batch(.train, 0), in: Workspace()))
  }

  @Test func atZeroTheNormalizedLossIsZero() {
    for configuration in Self.configurations(withNoise: false, 24) + Self.configurations(withNoise: true, 24) {
      let task = TaskSetQuadraticTask(configuration, seed: 3)
      let loss = task.loss(Tensors(zeros: task.parameters), on: Batch(.train, 0), in: Workspace())
      #expect(abs(task.normalization(loss)) < 1e-5)
    }
  }
}
