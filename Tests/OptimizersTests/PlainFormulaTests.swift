import Numerics
import Optimizers
import Testing

/// The fused kernels against the plain formulas in double precision: every length of a tail, every rank, every variant.
///
/// Steps are scaled by 0.1. Parameters and steps are rounded to floats at each of eight updates, and the inputs' logarithms
/// and roots lose some bits: 3e-6 is thirty ULPs of the parameters, and a wrong column is seen at 1e-3.
@Suite struct PlainFormulaTests {
  @Test(arguments: 1...70)
  func theFusedMLPIsThePlainFormulaForEveryLength(length: Int) throws {
    var configuration = MLPLearnedOptimizer.Configuration()
    configuration.stepMultiplier = 0.1
    let learned = try MLPLearnedOptimizer(configuration)
    let theta = learned.initialTheta(Randomness(key: 3))
    let layout = Layout([("x", [length]), ("y", [2])])
    var reference = ReferenceMLP(theta: theta, layout: layout)
    reference.stepMultiplier = 0.1
    let worst = largestDifference(learned.optimizer(theta: theta, for: layout), layout) { w, g, _, step in
      reference.update(&w, gradient: g, step: step)
    }
    #expect(worst < 3e-6)
  }

  /// The largest difference of the hierarchical optimizer from its plain formula.
  func difference(_ configuration: HierarchicalConfiguration, _ layout: Layout) throws -> Double {
    var configuration = configuration
    configuration.stepMultiplier = 0.1
    let learned = try HierarchicalLearnedOptimizer(configuration)
    let theta = learned.initialTheta(Randomness(key: 5))
    var reference = ReferenceHierarchical(configuration, theta: theta, layout: layout)
    return largestDifference(learned.optimizer(theta: theta, for: layout), layout) { w, g, loss, step in
      reference.update(&w, gradient: g, loss: loss, step: step)
    }
  }

  @Test(arguments: 1...70)
  func theFusedHierarchicalOptimizerIsThePlainFormulaForEveryLength(length: Int) throws {
    #expect(try difference(HierarchicalConfiguration(), Layout([("x", [length]), ("y", [])])) < 3e-6)
  }

  @Test(arguments: [
    [[Int]](), [[]], [[1]], [[2, 3]], [[2, 3, 4]], [[2, 1, 2, 5]], [[2, 2, 2, 3, 2]], [[], [4], [3, 3], [2]],
  ])
  func theFusedHierarchicalOptimizerIsThePlainFormulaForEveryRank(shapes: [[Int]]) throws {
    let layout = Layout(shapes.enumerated().map { (name: "x\($0)", shape: $1) })
    guard layout.count > 0 else { return }
    #expect(try difference(HierarchicalConfiguration(), layout) < 3e-6)
  }

  @Test func everyVariantIsItsPlainFormula() throws {
    let layout = Layout([("x", [5, 7]), ("y", [3])])
    var variants = [HierarchicalConfiguration](repeating: HierarchicalConfiguration(), count: 6)
    variants[0].stepEmbedding = .fast
    variants[1].normalizer = .halvedAndClipped
    variants[2].gradientClip = .learned
    variants[3].olderParameters = .lag(steps: 3)
    variants[4].lossDecays = .fasterOnValidation
    variants[5].hiddenSize = 10
    variants[5].lstmHiddenSize = 24
    variants[5].fromMLPSize = 3
    variants[5].fromLSTMSize = 5
    variants[5].lstmToNetworkSize = 9
    variants[5].decays = [0.5, 0.99]
    for variant in variants { #expect(try difference(variant, layout) < 3e-6, "\(variant)") }
  }
}

/// The largest difference over eight steps between an optimizer and a formula in double precision, both seeing the same
/// gradients, of many sizes and once all zero.
func largestDifference(
  _ optimizer: any Optimizer, _ layout: Layout,
  _ formula: (_ w: inout [[Double]], _ g: [[Double]], _ loss: Double, _ step: Int) -> Void
) -> Double {
  let randomness = Randomness(key: 11)
  func normals(_ index: Int) -> Tensors {
    var tensors = Tensors(zeros: layout)
    tensors.values.withUnsafeMutableBufferPointer {
      randomness.normals(Address(.initialParameters, particle: index), into: $0)
    }
    return tensors
  }
  let workspace = Workspace()
  var parameters = normals(0)
  var state = optimizer.initialState()
  var w = split(parameters)
  var worst = 0.0
  for step in 0..<8 {
    var gradient = normals(1 + step)
    let scale: Float = [1, 0.1, 30, 0, 1e-3, 2, 0.5, 1][step]
    for i in gradient.values.indices { gradient.values[i] *= scale }
    let loss = Float(2) / Float(step + 1)
    optimizer.update(
      &parameters, &state, seeing: Observation(gradient: gradient, loss: loss, step: step), in: workspace)
    formula(&w, split(gradient), Double(loss), step)
    for (a, b) in zip(split(parameters).joined(), w.joined()) {
      worst = max(worst, (a - b).isNaN ? .infinity : abs(a - b))
    }
  }
  return worst
}
