internal import Graph
package import Numerics

/// The eight classical functions of two variables by which optimizers are tried (spec §4.5): a draw is a start.
package struct TestFunctionFamily: TaskFamily {
  package let function: TestFunction
  package let parameters: Layout
  fileprivate let plan: Plan

  package var name: String { function.rawValue }

  package init(_ function: TestFunction) {
    self.function = function
    let expression = Expression { recording in
      let w = recording.parameter("w", [2])
      return function.value(w.slice(0..<1, axis: 0).reshaped([]), w.slice(1..<2, axis: 0).reshaped([]))
    }
    parameters = expression.parameters
    plan = Plan(expression)
  }

  package func task(seed: UInt64) -> any Task { TestFunctionTask(family: self, seed: seed) }
}

/// The functions, with the ranges of their starts and their known minima.
package enum TestFunction: String, CaseIterable, Sendable {
  case ackley, beale, branin
  case logSumExp = "log_sum_exp"
  case matyas, michalewicz, rosenbrock
  case styblinskiTang = "styblinski_tang"

  /// The least value.
  package var minimum: Double {
    switch self {
    case .ackley, .beale, .matyas, .rosenbrock: 0
    case .branin: 0.39788735772973816
    case .logSumExp: 1.2695545395615329
    case .michalewicz: 0.19337711465280472
    case .styblinskiTang: 1.6676685924571615
    }
  }

  /// Where the least value is taken.
  package var minima: [(x: Float, y: Float)] {
    switch self {
    case .ackley, .matyas: [(0, 0)]
    case .beale: [(3, 0.5)]
    case .branin: [(-.pi, 12.275), (.pi, 2.275), (3 * .pi, 2.475)]
    case .logSumExp: [(-0.34657359, 0)]
    case .michalewicz: [(2.1853120, 1.5707963)]
    case .rosenbrock: [(1, 1)]
    case .styblinskiTang: [(-2.9035340, -2.9035340)]
    }
  }

  /// The ranges in which x and y start, or nil where both are standard normal.
  package var startRanges: (x: ClosedRange<Float>, y: ClosedRange<Float>)? {
    switch self {
    case .ackley: (-32.768...32.768, -32.768...32.768)
    case .beale: (-4.5...4.5, -4.5...4.5)
    case .branin: (-5...10, 0...15)
    case .logSumExp: nil
    case .matyas: (-10...10, -10...10)
    case .michalewicz: (0 ... .pi, 0 ... .pi)
    case .rosenbrock: (-5...10, -5...10)
    case .styblinskiTang: (-5...5, -5...5)
    }
  }

  func value(_ x: Term, _ y: Term) -> Term {
    switch self {
    case .ackley:
      // 20 + e - 20 e^(-0.2 r) - e^((cos 2 pi x + cos 2 pi y) / 2), r = sqrt((x^2 + y^2) / 2). At the origin r has no
      // gradient (0 / 0); `distanceRoot` gives 0 there, which is that of the minimum.
      let r = (0.5 * (x.squared + y.squared)).mapped(.distanceRoot)
      let waves = 0.5 * ((2 * .pi * x).cos + (2 * .pi * y).cos)
      return -20 * (-0.2 * r).exp - waves.exp + Float(20 + 2.718281828459045)
    case .beale:
      let xy = x * y
      let xyy = xy * y
      return (1.5 - x + xy).squared + (2.25 - x + xyy).squared + (2.625 - x + xyy * y).squared
    case .branin:
      let parabola = y - Float(5.1 / (4 * Double.pi * Double.pi)) * x.squared + Float(5 / Double.pi) * x - 6
      return parabola.squared + Float(10 * (1 - 1 / (8 * Double.pi))) * x.cos + 10
    case .logSumExp:
      return ((x + 3 * y - 0.1).exp + (x - 3 * y - 0.1).exp + (-x - 0.1).exp + 1).log
    case .matyas:
      return 0.26 * (x.squared + y.squared) - 0.48 * (x * y)
    case .michalewicz:
      let first = x.sin * Self.tenthPower((Float(1 / Double.pi) * x.squared).sin)
      let second = y.sin * Self.tenthPower((Float(2 / Double.pi) * y.squared).sin)
      return 2 - (first + second)
    case .rosenbrock:
      return (1 - x).squared + 100 * (y - x.squared).squared
    case .styblinskiTang:
      return 0.5 * (Self.well(x) + Self.well(y)) + 80
    }
  }

  private static func tenthPower(_ x: Term) -> Term {
    let square = x.squared
    return square.squared.squared * square
  }

  /// x^4 - 16 x^2 + 5 x.
  private static func well(_ x: Term) -> Term { x.squared.squared - 16 * x.squared + 5 * x }
}

/// One start on one function; all batches are alike.
package struct TestFunctionTask: Task {
  package let normalization: Normalization
  private let family: TestFunctionFamily
  private let start: Tensors

  package var parameters: Layout { family.parameters }
  package var operations: StepOperations? { family.plan.stepOperations }

  init(family: TestFunctionFamily, seed: UInt64) {
    let randomness = Randomness(key: seed)
    let address = Address(.initialParameters)
    var start = Tensors(zeros: family.parameters)
    if let ranges = family.function.startRanges {
      for (i, range) in [ranges.x, ranges.y].enumerated() {
        let fraction = Float(randomness.uniform(address, index: i))
        start.values[i] = range.lowerBound + (range.upperBound - range.lowerBound) * fraction
      }
    } else {
      let normals = randomness.normals(address, index: 0)
      start.values = [normals.x, normals.y]
    }
    self.family = family
    self.start = start
    let initial = family.plan.loss(start, in: Workspace()) { _ in }
    normalization = Normalization(initial: Double(initial), best: family.function.minimum)
  }

  package func initialParameters() -> Tensors { start }

  package func loss(_ parameters: Tensors, on batch: Batch, in workspace: Workspace) -> Float {
    family.plan.loss(parameters, in: workspace) { _ in }
  }

  package func loss(
    _ parameters: Tensors, on batch: Batch, gradient: inout Tensors, in workspace: Workspace
  ) -> Float {
    family.plan.loss(parameters, gradient: &gradient, in: workspace) { _ in }
  }
}
