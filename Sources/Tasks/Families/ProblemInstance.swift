internal import Graph
internal import Numerics

/// A base problem of losg_tasks with the matrices and data that its seed gives (spec §4.5).
struct ProblemInstance: Sendable {
  let problem: TaskSet.BaseProblem
  let seed: UInt64
  /// Examples, where the problem has them.
  private let data: ProblemData?
  /// Their classes, where they have any.
  private let classes: [Int32]

  init(_ problem: TaskSet.BaseProblem, seed: UInt64) {
    self.problem = problem
    self.seed = seed
    data = problem.samples.map { ProblemData(batchSize: $0.batchSize, count: $0.count, seed: seed) }
    if case .fullyConnected(let features, _, _, _) = problem {
      classes = data?.classes(features: features) ?? []
    } else {
      classes = []
    }
  }

  /// Writes the batch's examples to where the loss reads them.
  func fill(_ memory: BatchMemory) {
    switch problem {
    case .fullyConnected(let features, _, _, _): data?.fillClassified(memory, features: features, classes)
    case .outwardSnake(let dimension, _): data?.fillNormals(memory, width: dimension)
    case .sumOfQuadratics(let dimension, _), .projectionQuadratic(let dimension, _):
      data?.fillSigned(memory, width: dimension)
    case .quadratic, .bowl, .testFunction, .norm, .dependencyChain, .minMaxWell: return
    }
  }

  /// f(x / scale) of parameters x that start `scale` times as far out as the problem says.
  func loss(in blueprint: Blueprint, scale: Float) -> Term {
    let recording = blueprint.recording
    let parameters = ScaledParameters(blueprint: blueprint, scale: scale)
    switch problem {
    case .quadratic(let dimension, _):
      return 0.5 * residual(parameters.vector(dimension), in: recording).squared.sum()
    case .bowl(let condition, let angle, _):
      let (c, s) = (Elementary.cos(Float(angle)), Elementary.sin(Float(angle)))
      let root = Float(condition).squareRoot()
      let stretched = recording.constant([root * c, -root * s, s, c], [2, 2])
      return 0.5 * stretched.times(parameters.vector(2).reshaped([2, 1])).squared.sum()
    case .testFunction(let name, _): return testFunction(name.function, parameters)
    case .fullyConnected(let features, let activation, _, let widths):
      return perceptron(features, activation, widths, parameters)
    case .norm(let dimension, let power):
      let size = residual(parameters.vector(dimension), in: recording).magnitude + 1e-6
      let sum = (size.log * Float(power)).exp.sum()
      return (sum.log * Float(1 / power)).exp
    case .dependencyChain(let dimension, _):
      let x = parameters.vector(dimension + 1)
      let later = x.slice(1..<dimension + 1, axis: 0).squared
      let earlier = x.slice(0..<dimension, axis: 0).squared + 1e-6
      return (later / earlier).sum() + Float(dimension) * x.slice(0..<1, axis: 0).squared.reshaped([])
    case .outwardSnake(let dimension, _): return outwardSnake(parameters.vector(dimension), in: recording)
    case .minMaxWell(let dimension, _):
      let squares = parameters.vector(dimension).squared
      let smallest = -(-squares).largest()
      return squares.largest() + smallest.mapped(.reciprocal) + (-2 + 1e-12)
    case .sumOfQuadratics(let dimension, _):
      let data = examples(dimension, in: recording)
      return (parameters.vector(dimension) - data).squared.sum() - data.squared.sum() + 1e-12
    case .projectionQuadratic(let dimension, _):
      return (parameters.vector(dimension) * examples(dimension, in: recording)).squared.sum()
    }
  }

  /// W x - y with W and y standard normal.
  private func residual(_ x: Term, in recording: Recording) -> Term {
    let n = x.count
    var w = [Float](repeating: 0, count: n * n)
    var y = [Float](repeating: 0, count: n)
    let randomness = Randomness(key: seed)
    w.withUnsafeMutableBufferPointer { randomness.normals(Address(.taskConfiguration), into: $0) }
    y.withUnsafeMutableBufferPointer { randomness.normals(Address(.taskConfiguration, particle: 1), into: $0) }
    return recording.constant(w, [n, n]).times(x.reshaped([n, 1])).reshaped([n]) - recording.constant(y, [n])
  }

  private func examples(_ width: Int, in recording: Recording) -> Term {
    recording.input("data", [problem.samples?.batchSize ?? 1, width])
  }

  private func testFunction(_ function: TestFunction, _ parameters: ScaledParameters) -> Term {
    guard let ranges = function.startRanges else {
      let w = parameters.vector(2)
      return function.value(w.slice(0..<1, axis: 0).reshaped([]), w.slice(1..<2, axis: 0).reshaped([]))
    }
    return function.value(parameters.scalar("x", in: ranges.x), parameters.scalar("y", in: ranges.y))
  }

  /// Over the batch the sum of d_0 / (|x| + 1e-6) + sum over i of ((x_{i+1} - pi cos x_i) d_{i+1})^2.
  private func outwardSnake(_ x: Term, in recording: Recording) -> Term {
    let n = x.count
    let data = examples(n, in: recording)
    let norm = x.squared.sum().mapped(.distanceRoot) + 1e-6
    let pull = data.slice(0..<1, axis: 1).sum() / norm
    let bend = x.slice(1..<n, axis: 0) - .pi * x.slice(0..<n - 1, axis: 0).cos
    return pull + (bend * data.slice(1..<n, axis: 1)).squared.sum()
  }

  /// A classifier of two classes, with 1e-3 times the mean over the tensors of their sums of squares.
  private func perceptron(
    _ features: Int, _ activation: TaskSet.Activation, _ widths: [Int], _ parameters: ScaledParameters
  ) -> Term {
    let batch = problem.samples?.batchSize ?? 1
    var h = parameters.blueprint.recording.input("data", [batch, features])
    let labels = parameters.blueprint.recording.indices("labels", [batch])
    var tensors: [Term] = []
    for (layer, width) in (widths + [2]).enumerated() {
      let weights = parameters.tensor("weights\(layer)", [h.shape[1], width])
      let bias = parameters.tensor("bias\(layer)", [width])
      tensors += [weights, bias]
      h = h.dense(weights, bias)
      if layer < widths.count { h = h.mapped(activation.function) }
    }
    return h.softmaxCrossEntropy(labels) + ScaledParameters.penalty(tensors)
  }
}

/// Parameters x of which a problem sees x / scale.
struct ScaledParameters {
  let blueprint: Blueprint
  let scale: Float

  /// Of N(0, 1) numbers.
  func vector(_ count: Int) -> Term {
    scaled(blueprint.parameter("x", [count], .normal(deviation: scale)))
  }

  func scalar(_ name: String, in range: ClosedRange<Float>) -> Term {
    scaled(blueprint.parameter(name, [], .uniform(range.lowerBound * scale...range.upperBound * scale)))
  }

  /// Of normal numbers of the deviation 1.2 / sqrt(first axis), as all networks of these problems start.
  func tensor(_ name: String, _ shape: [Int]) -> Term {
    let deviation = 1.2 / Float(shape[0]).squareRoot()
    return scaled(blueprint.parameter(name, shape, .normal(deviation: scale * deviation)))
  }

  private func scaled(_ x: Term) -> Term { scale == 1 ? x : x * (1 / scale) }

  static func penalty(_ tensors: [Term]) -> Term {
    let sums = tensors.dropFirst().reduce(tensors[0].squared.sum()) { $0 + $1.squared.sum() }
    return sums * (1e-3 / Float(tensors.count))
  }
}
