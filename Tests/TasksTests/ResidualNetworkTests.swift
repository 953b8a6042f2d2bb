import Numerics
import Tasks
import Testing

/// Residual networks: the paper's two, and what batch normalization leaves in the model state.
struct ResidualNetworkTests {
  typealias Unit = ResidualNetwork.Unit

  static let small = ResidualNetworkFamily(
    ResidualNetwork(units: [Unit(8, 4, 1), Unit(8, 4, 2)]), on: SampledFamiliesTests.digits, batchSize: 6)

  @Test func theyHaveThePapersDepthsAndSizes() {
    #expect(ResidualNetwork.layers14.layerCount == 14 && ResidualNetwork.layers35.layerCount == 35)
    let task = ResidualNetworkFamily(.layers14, on: SampledFamiliesTests.digits, batchSize: 2).task(seed: 0)
    // Stem 49 · 64 + 64. Each unit: norms 2 c + 4 b, products c b + 9 b² + b d + d, and c d + d where c differs from d.
    let stem = 49 * 64 + 64
    let units = [(64, 128, 32), (128, 128, 32), (128, 128, 64), (128, 128, 64)].map { c, d, b in
      2 * c + 4 * b + c * b + 9 * b * b + b * d + d + (c == d ? 0 : c * d + d)
    }
    #expect(task.parameters.count == stem + units.reduce(0, +) + 2 * 128 + 1290)
    // A mean and a variance for each channel that is normalized, and their weight.
    #expect(task.modelState.count == 1 + 2 * (64 + 64 + 128 + 64 + 128 + 128 + 128 + 128 + 128))
  }

  /// Central differences of the training loss in the gradient's direction. Rounding wants a large step, the corners of rectifiers and
  /// poolings a small one: the best of some counts. A wrong derivative is wrong with all of them.
  @Test(arguments: [UInt64](0..<4))
  func theGradientIsTheSlopeInItsDirection(_ seed: UInt64) {
    let task = Self.small.task(seed: seed)
    let workspace = Workspace()
    let at = task.initialParameters()
    var (gradient, scratch) = (Tensors(zeros: task.parameters), Tensors(zeros: task.parameters))
    _ = task.loss(at, on: Batch(.train, 1), gradient: &gradient, in: workspace)
    let norm = gradient.values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    func loss(_ step: Double) -> Double {
      var moved = at
      for i in moved.values.indices { moved.values[i] += Float(step * Double(gradient.values[i]) / norm) }
      return Double(task.loss(moved, on: Batch(.train, 1), gradient: &scratch, in: workspace))
    }
    let errors = [1e-3, 3e-4, 1e-4, 3e-5].map { h in abs((loss(h) - loss(-h)) / (2 * h) - norm) / norm }
    #expect(errors.min()! < 1e-3, "\(errors)")
  }

  @Test func aStepLeavesTheBatchsMomentsAndOtherLossesUseThem() {
    let task = Self.small.task(seed: 3)
    let workspace = Workspace()
    let at = task.initialParameters()
    var gradient = Tensors(zeros: task.parameters)
    var state = task.initialModelState()
    #expect(state.values.allSatisfy { $0 == 0 })
    let batch = Batch(.train, 5)
    let before = task.loss(at, state, on: batch, in: workspace)
    let training = task.loss(at, &state, on: batch, gradient: &gradient, in: workspace)
    #expect(abs(state.values[0] - 0.1) < 1e-6)
    // After one step the running moments are those of its batch, so that the loss on it is the training loss.
    let after = task.loss(at, state, on: batch, in: workspace)
    #expect(abs(after - training) < 1e-4 * training, "\(after), \(training)")
    #expect(abs(before - training) > 1e-2 * training, "\(before), \(training)")
    // Nothing but a training step moves them, and looking costs nothing.
    #expect(task.loss(at, state, on: batch, in: workspace) == after)
    var again = state
    _ = task.loss(at, &again, on: Batch(.train, 6), gradient: &gradient, in: workspace)
    #expect(abs(again.values[0] - 0.19) < 1e-6 && again != state)
  }

  @Test func noParameterIsAStatistic() {
    let task = Self.small.task(seed: 3)
    let names = Set(task.parameters.slots.map(\.name))
    #expect(names.isDisjoint(with: task.modelState.slots.map(\.name)))
    #expect(!names.contains { $0.hasSuffix(".mean") || $0.hasSuffix(".variance") })
  }

  @Test func descentLowersTheLossOfBothPhases() {
    let task = Self.small.task(seed: 8)
    let workspace = Workspace()
    var (w, state) = (task.initialParameters(), task.initialModelState())
    var gradient = Tensors(zeros: task.parameters)
    var squares = [Float](repeating: 0, count: w.values.count)
    var losses: [Float] = []
    for step in 0..<60 {
      losses.append(task.loss(w, &state, on: Batch(.train, step), gradient: &gradient, in: workspace))
      for i in w.values.indices {
        let g = gradient.values[i]
        squares[i] = 0.9 * squares[i] + 0.1 * g * g
        w.values[i] -= 3e-3 * g / (squares[i].squareRoot() + 1e-6)
      }
    }
    #expect(losses.suffix(10).reduce(0, +) < 0.8 * losses.prefix(10).reduce(0, +), "\(losses)")
    let reached = (0..<10).map { task.loss(w, state, on: Batch(.outerValid, $0), in: workspace) }.reduce(0, +) / 10
    #expect(reached < Float(task.normalization.initial), "\(reached)")
  }
}
