import Graph
import Numerics
import Tasks

/// Linear regression on noisy data that never ends: a draw has its own true weights, and each batch is new.
struct RegressionFamily: TaskFamily {
  let name = "regression"
  let width: Int
  let batchSize: Int
  let parameters: Layout
  fileprivate let plan: Plan

  init(width: Int = 6, batchSize: Int = 16) {
    // The loss, written once; its derivative and the order of its kernels follow.
    let expression = Expression { recording in
      let x = recording.input("x", [batchSize, width])
      let y = recording.input("y", [batchSize, 1])
      let weights = recording.parameter("weights", [width, 1])
      let bias = recording.parameter("bias", [1])
      return (x.dense(weights, bias) - y).squared.mean()
    }
    self.width = width
    self.batchSize = batchSize
    parameters = expression.parameters
    plan = Plan(expression)
  }

  func task(seed: UInt64) -> any Task { RegressionTask(family: self, seed: seed) }
}

/// One draw: all of it follows from the seed.
struct RegressionTask: Task {
  private static let noise: Float = 0.1

  let family: RegressionFamily
  let seed: UInt64
  let truth: [Float]
  private(set) var normalization = Normalization(initial: 1, best: 0)

  var parameters: Layout { family.parameters }

  init(family: RegressionFamily, seed: UInt64) {
    self.family = family
    self.seed = seed
    var truth = [Float](repeating: 0, count: family.width)
    truth.withUnsafeMutableBufferPointer { Randomness(key: seed).normals(Address(.taskConfiguration), into: $0) }
    self.truth = truth
    // 1 is the loss at the start, 0 what the noise leaves at best.
    let start = loss(initialParameters(), on: Batch(.outerValid, 0), in: Workspace())
    normalization = Normalization(initial: Double(start), best: Double(Self.noise * Self.noise))
  }

  func initialParameters() -> Tensors {
    var start = Tensors(zeros: parameters)
    start.values.withUnsafeMutableBufferPointer { Randomness(key: seed).normals(Address(.initialParameters), into: $0) }
    return start
  }

  func loss(_ parameters: Tensors, on batch: Batch, in workspace: Workspace) -> Float {
    family.plan.loss(parameters, in: workspace) { fill($0, batch) }
  }

  func loss(_ parameters: Tensors, on batch: Batch, gradient: inout Tensors, in workspace: Workspace) -> Float {
    family.plan.loss(parameters, gradient: &gradient, in: workspace) { fill($0, batch) }
  }

  /// Writes a batch where the plan reads it. It is a function of the seed and the batch's address: no generator has a state.
  private func fill(_ memory: UnsafeMutablePointer<Float>, _ batch: Batch) {
    let (width, count) = (family.width, family.batchSize)
    let x = memory + family.plan.input("x").offset
    let y = memory + family.plan.input("y").offset
    let randomness = Randomness(key: seed)
    var address = batch.address
    randomness.normals(address, into: UnsafeMutableBufferPointer(start: x, count: count * width))
    address.particle = 1
    randomness.normals(address, into: UnsafeMutableBufferPointer(start: y, count: count))
    for row in 0..<count {
      y[row] *= Self.noise
      for column in 0..<width { y[row] += x[row * width + column] * truth[column] }
    }
  }
}
