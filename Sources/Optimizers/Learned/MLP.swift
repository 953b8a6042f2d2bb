package import Numerics

/// The library's MLPLOpt: a small network applied to each element, which sees gradient, parameter and six momenta, each
/// normalised over its tensor, and the number of the step (spec §1.2).
package struct MLPLearnedOptimizer: LearnedOptimizer {
  /// The hyperparameters, with the library's values.
  package struct Configuration: Hashable, Sendable {
    /// The scale s of every step: w <- w - s d exp(r a).
    package var stepMultiplier: Float = 0.001
    /// The scale r within the exponential.
    package var magnitudeRate: Float = 0.001
    /// The units of each of the two hidden layers.
    package var hiddenSize = 32
    /// The decays of the momenta.
    package var momentumDecays: [Float] = [0.1, 0.5, 0.9, 0.99, 0.999, 0.9999]

    package init() {}
  }

  package let configuration: Configuration
  package let thetaLayout: Layout
  private let tensors: [ThetaTensor]

  /// The optimizer with the library's hyperparameters.
  package init() { self.init(checked: Configuration()) }

  package init(_ configuration: Configuration) throws(OptimizersError) {
    try OptimizersError.requirePositive(configuration.stepMultiplier, "step_multiplier")
    try OptimizersError.requirePositive(configuration.magnitudeRate, "magnitude_rate")
    try OptimizersError.requireSize(configuration.hiddenSize, "hidden_size")
    try OptimizersError.requireDecays(configuration.momentumDecays, "momentum_decays")
    self.init(checked: configuration)
  }

  private init(checked configuration: Configuration) {
    self.configuration = configuration
    let inputs = 2 + configuration.momentumDecays.count + StepEmbedding.timescales.count
    tensors = ThetaTensor.network([inputs, configuration.hiddenSize, configuration.hiddenSize, 2]) {
      "theta/mlp/~/linear_\($0)/\($1)"
    }
    thetaLayout = tensors.layout
  }

  /// For each tensor of theta its name here and the dataset's name in the library's files.
  package var foreignNames: [(ours: String, theirs: String)] { tensors.foreignNames }

  package func initialTheta(_ randomness: Randomness) -> Tensors { tensors.draw(randomness) }

  package func optimizer(theta: Tensors, for parameters: Layout) -> any Optimizer {
    precondition(theta.layout == thetaLayout, "theta's layout is not this optimizer's")
    return MLPRule(configuration, theta, parameters)
  }
}

/// The optimizer that a theta is. State: for each tensor its momenta, "momentum/<name>", decay by decay.
private struct MLPRule: Optimizer {
  private let configuration: MLPLearnedOptimizer.Configuration
  private let network: PerParameterNetwork
  private let parameters: Layout
  private let state: Layout

  init(_ configuration: MLPLearnedOptimizer.Configuration, _ theta: Tensors, _ parameters: Layout) {
    self.configuration = configuration
    self.parameters = parameters
    let decays = configuration.momentumDecays.count
    network = PerParameterNetwork(
      theta: theta, columns: 2 + decays, constants: StepEmbedding.timescales.count, units: configuration.hiddenSize,
      feedback: 0)
    state = Layout(parameters.slots.map { (name: "momentum/\($0.name)", shape: [decays] + $0.shape) })
  }

  func initialState() -> Tensors { Tensors(zeros: state) }

  func update(
    _ parameters: inout Tensors, _ state: inout Tensors, seeing observation: Observation, in workspace: Workspace
  ) {
    let columns = network.columns
    workspace.withFloats(network.scratchCount + columns + 16) { memory in
      let scratch = PerParameterNetwork.Scratch(memory, of: network)
      let scales = memory + network.scratchCount
      let embedding = scales + columns
      StepEmbedding.writeTangents(observation.step, to: embedding)
      withPointers(&parameters, &state, observation.gradient) { w, m, g, _ in
        for slot in self.parameters.slots {
          let tensor = Pointers(
            w: w + slot.offset, m: m + slot.offset * configuration.momentumDecays.count, g: g + slot.offset,
            count: slot.count)
          accumulate(tensor, scales, in: workspace)
          network.prepare(scratch, scales: scales, constants: embedding)
          move(tensor, scratch, in: workspace)
        }
      }
    }
  }

  /// One tensor: parameters and gradient [count], momenta [decays][count].
  private struct Pointers {
    let w: UnsafeMutablePointer<Float>
    let m: UnsafeMutablePointer<Float>
    let g: UnsafePointer<Float>
    let count: Int
  }

  /// m <- beta m + (1 - beta) g for each decay; writes the columns' scales (1e-5 + mean(x^2))^(-1/2).
  private func accumulate(_ tensor: Pointers, _ scales: UnsafeMutablePointer<Float>, in workspace: Workspace) {
    var gradients = Vector.zero
    var weights = Vector.zero
    Lanes.forEach(tensor.count) { i, lanes in
      let g = lanes.load(tensor.g + i)
      let w = lanes.load(tensor.w + i)
      gradients = fma(g, g, gradients)
      weights = fma(w, w, weights)
    }
    scales[0] = scale(gradients, tensor.count)
    scales[1] = scale(weights, tensor.count)
    let decays = configuration.momentumDecays
    workspace.share(0..<decays.count, grain: tensor.count < 32_768 ? decays.count : 1) { part, _ in
      for j in part { scales[2 + j] = moveMomenta(tensor, plane: j, decay: decays[j]) }
    }
  }

  /// One decay's momenta; returns their column's scale.
  private func moveMomenta(_ tensor: Pointers, plane j: Int, decay: Float) -> Float {
    let rest = Vector(repeating: 1 - decay)
    let decay = Vector(repeating: decay)
    let plane = tensor.m + j * tensor.count
    var squares = Vector.zero
    Lanes.forEach(tensor.count) { i, lanes in
      let m = fma(decay, lanes.load(plane + i), rest * lanes.load(tensor.g + i))
      lanes.store(m, to: plane + i)
      squares = fma(m, m, squares)
    }
    return scale(squares, tensor.count)
  }

  private func move(_ tensor: Pointers, _ scratch: PerParameterNetwork.Scratch, in workspace: Workspace) {
    network.share(tensor.count, grain: 256, scratch, in: workspace) { elements, scratch, _ in
      move(elements, of: tensor, scratch)
    }
  }

  /// Applies the network to each block of 16 elements and moves them: w <- w - s d exp(r a).
  private func move(_ elements: Range<Int>, of tensor: Pointers, _ scratch: PerParameterNetwork.Scratch) {
    let block = scratch.block
    for first in stride(from: elements.lowerBound, to: elements.upperBound, by: 16) {
      let count = tensor.count - first
      let halves = (Lanes(count), Lanes(count - 8))
      load(tensor.g + first, halves, to: block)
      load(tensor.w + first, halves, to: block + 16)
      for j in 0..<configuration.momentumDecays.count {
        load(tensor.m + j * tensor.count + first, halves, to: block + 32 + 16 * j)
      }
      let steps = network.apply(scratch, to: block).steps(
        multiplier: configuration.stepMultiplier, rate: configuration.magnitudeRate)
      // From the block, which is at hand: to read the parameters once more costs a fiftieth.
      halves.0.store(Vector(from: block + 16) - steps.0, to: tensor.w + first)
      halves.1.store(Vector(from: block + 24) - steps.1, to: tensor.w + first + 8)
    }
  }
}

/// (1e-5 + mean of the squares)^(-1/2) of a column whose squares were summed by lanes.
@inline(__always)
private func scale(_ squares: Vector, _ count: Int) -> Float {
  1 / (1e-5 + squares.laneSum / Float(count)).squareRoot()
}

/// Copies up to 16 floats, 0 beyond the lanes.
@inline(__always)
private func load(_ source: UnsafePointer<Float>, _ halves: (Lanes, Lanes), to block: UnsafeMutablePointer<Float>) {
  halves.0.load(source).store(to: block)
  halves.1.load(source + 8).store(to: block + 8)
}
