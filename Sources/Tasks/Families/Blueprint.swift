internal import Graph
internal import Numerics

/// A loss while it is written for a sampled task: each parameter is declared together with the rule by which it starts.
final class Blueprint {
  enum Start: Sendable {
    case constant(Float)
    /// By one of TaskSet's initializers, as a matrix of fanIn x fanOut.
    case drawn(TaskSet.Initializer, fanIn: Int, fanOut: Int)
    /// The kernel of a convolution.
    case kernel(TaskSet.Initializer, places: Int, channelsIn: Int, channelsOut: Int)
    case normal(deviation: Float)
    /// Normal of that deviation, cut at two of it, and not widened again.
    case truncated(deviation: Float)
    case uniform(ClosedRange<Float>)
    /// The identity matrix of that size.
    case identity(Int)
  }

  /// What a loss is written for: a training step, or a look at what training has reached.
  enum Phase { case training, evaluation }

  let recording: Recording
  let phase: Phase
  /// One a parameter, in the order of their declaration.
  private(set) var starts: [Start] = []
  /// The rates of the dropouts that were written down, in their order.
  var dropouts: [Float] = []

  init(_ recording: Recording, phase: Phase = .training) {
    self.recording = recording
    self.phase = phase
  }

  func parameter(_ name: String, _ shape: [Int], _ start: Start) -> Term {
    starts.append(start)
    return recording.parameter(name, shape)
  }

  /// The draw of all parameters: parameter k at the address of particle k.
  static func draw(_ starts: [Start], _ layout: Layout, seed: UInt64) -> Tensors {
    var result = Tensors(zeros: layout)
    let randomness = Randomness(key: seed)
    for (index, slot) in layout.slots.enumerated() {
      let address = Address(.initialParameters, particle: index)
      result.values.withUnsafeMutableBufferPointer { values in
        let tensor = UnsafeMutableBufferPointer(rebasing: values[slot.range])
        fill(tensor, by: starts[index], randomness, address)
      }
    }
    return result
  }

  private static func fill(
    _ tensor: UnsafeMutableBufferPointer<Float>, by start: Start, _ randomness: Randomness, _ address: Address
  ) {
    switch start {
    case .constant(let value): tensor.update(repeating: value)
    case .drawn(let initializer, let fanIn, let fanOut):
      initializer.fill(tensor, fanIn: fanIn, fanOut: fanOut, randomness, address)
    case .kernel(let initializer, let places, let channelsIn, let channelsOut):
      initializer.fillKernel(
        tensor, places: places, channelsIn: channelsIn, channelsOut: channelsOut, randomness, address)
    case .normal(let deviation):
      randomness.normals(address, into: tensor)
      for i in tensor.indices { tensor[i] *= deviation }
    case .truncated(let deviation):
      randomness.truncatedNormals(address, into: tensor)
      for i in tensor.indices { tensor[i] *= deviation }
    case .identity(let size):
      for i in tensor.indices { tensor[i] = i / size == i % size ? 1 : 0 }
    case .uniform(let range):
      randomness.uniforms(address, into: tensor)
      let width = range.upperBound - range.lowerBound
      for i in tensor.indices { tensor[i] = range.lowerBound + width * tensor[i] }
    }
  }
}

extension Blueprint {
  /// x · weights + bias, the bias starting at 0.
  func linear(_ x: Term, _ width: Int, _ name: String, _ rule: WeightRule) -> Term {
    let fanIn = x.shape[1]
    let weights = parameter(name + ".weights", [fanIn, width], rule.matrix(fanIn: fanIn, fanOut: width))
    return x.dense(weights, parameter(name + ".bias", [width], .constant(0)))
  }

  func linear(_ x: Term, _ width: Int, _ name: String, _ initializer: TaskSet.Initializer) -> Term {
    linear(x, width, name, .taskSet(initializer))
  }

  /// Hidden layers h <- activation(linear h), then a linear layer.
  func perceptron(
    _ x: Term, hidden: [Int], outputs: Int, _ name: String, _ activation: TaskSet.Activation, _ rule: WeightRule
  ) -> Term {
    var h = x
    for (layer, width) in hidden.enumerated() {
      h = linear(h, width, "\(name).\(layer)", rule).mapped(activation.function)
    }
    return linear(h, outputs, "\(name).\(hidden.count)", rule)
  }

  func perceptron(
    _ x: Term, hidden: [Int], outputs: Int, _ name: String, _ activation: TaskSet.Activation,
    _ initializer: TaskSet.Initializer
  ) -> Term {
    perceptron(x, hidden: hidden, outputs: outputs, name, activation, .taskSet(initializer))
  }
}
