import Numerics
import Tasks
import Testing

/// The losg problems that have no hidden data, against their formulas in double precision (spec §4.5).
struct ProblemReferenceTests {
  static let family = SampledFamily(problems: SamplingLimits(maximumParameters: 3000, maximumWork: 1_000_000))!

  @Test func everyKindOfProblemIsAmongThem() {
    let names = Set(Self.family.configurations.map(\.problem.name))
    #expect(names.count == 14, "\(names.sorted())")
  }

  @Test func lossesAreThoseOfTheFormulas() {
    var seen: Set<String> = []
    for configuration in Self.family.configurations {
      let task = Self.family.task(configuration, seed: 6)
      let at = task.initialParameters()
      let (f, scale, takesLogarithm): (TaskSet.BaseProblem, Double, Bool)
      switch configuration.problem {
      case .base(let base), .sparse(let base, _, _): (f, scale, takesLogarithm) = (base, 1, false)
      case .rescaled(let base, let factor): (f, scale, takesLogarithm) = (base, factor, false)
      case .logarithm(let base): (f, scale, takesLogarithm) = (base, 1, true)
      case .sparseSoftmaxRegression: continue
      }
      guard var expected = Self.value(f, at.values.map { Double($0) / scale }) else { continue }
      if takesLogarithm { expected = CorrectlyRounded.log(expected + 1e-6) - CorrectlyRounded.log(1e-6) }
      let loss = Double(task.loss(at, on: Batch(.train, 0), in: Workspace()))
      // Denominators as small as 1e-6 enlarge the rounding of what stands above them.
      #expect(abs(loss - expected) < 1e-3 * max(1, abs(expected)), "\(loss), \(expected): \(configuration.published)")
      seen.insert(configuration.problem.name)
    }
    #expect(seen.isSuperset(of: ["bowl", "dependency_chain", "min_max_well", "rescale_problems", "log_objective"]))
  }

  /// f of problems that the configuration alone fixes; nil for others.
  private static func value(_ problem: TaskSet.BaseProblem, _ x: [Double]) -> Double? {
    switch problem {
    case .bowl(let condition, let angle, _):
      // The angles are 0, 60 and 45 degrees.
      let c = angle == 0 ? 1 : angle > 1 ? 0.5 : 0.5.squareRoot()
      let s = (1 - c * c).squareRoot()
      let (u, v) = (c * x[0] - s * x[1], s * x[0] + c * x[1])
      return (condition * u * u + v * v) / 2
    case .dependencyChain(let dimension, _):
      return (1...dimension).reduce(0) { $0 + x[0] * x[0] + x[$1] * x[$1] / (x[$1 - 1] * x[$1 - 1] + 1e-6) }
    case .minMaxWell:
      let squares = x.map { $0 * $0 }
      return squares.max()! + 1 / squares.min()! - 2 + 1e-12
    default: return nil
    }
  }

  @Test func noiseMovesTheGradientAndNotTheLoss() throws {
    let noisy = try #require(
      Self.family.configurations.first {
        if case .base(.bowl(_, _, let noise)) = $0.problem { noise > 0.1 } else { false }
      })
    let task = Self.family.task(noisy, seed: 2)
    let at = task.initialParameters()
    var (one, other) = (Tensors(zeros: task.parameters), Tensors(zeros: task.parameters))
    let workspace = Workspace()
    let loss = task.loss(at, on: Batch(.train, 0), gradient: &one, in: workspace)
    #expect(task.loss(at, on: Batch(.train, 1), gradient: &other, in: workspace) == loss)
    #expect(one != other)
  }

  @Test func aSparseProblemDropsMostOfTheGradient() throws {
    let sparse = try #require(
      Self.family.configurations.first {
        if case .sparse(.norm(let n, _), _, _) = $0.problem { n > 20 } else { false }
      })
    guard case .sparse(_, let probability, _) = sparse.problem else { return }
    let task = Self.family.task(sparse, seed: 2)
    var gradient = Tensors(zeros: task.parameters)
    var zeros = 0
    for step in 0..<100 {
      _ = task.loss(task.initialParameters(), on: Batch(.train, step), gradient: &gradient, in: Workspace())
      zeros += gradient.values.count { $0 == 0 }
    }
    #expect(abs(Double(zeros) / Double(100 * gradient.values.count) - probability) < 0.03)
  }
}
