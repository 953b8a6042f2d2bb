internal import Numerics

/// How theta is drawn before outer training, and what its tensors are called in the library's files.

/// One tensor of theta: our name, the library's, the shape and how it is drawn.
struct ThetaTensor: Sendable {
  enum Start: Sendable {
    case zeros
    /// A normal number cut at two sigma, times sigma; the cut makes the deviation 0.88 sigma (spec §1.1.12).
    case truncatedNormal(sigma: Float)
  }

  let name: String
  let foreignName: String
  let shape: [Int]
  let start: Start

  /// Haiku's default for a matrix of `inputs` rows: sigma = 1 / sqrt(inputs).
  static func weights(_ name: String, _ foreignName: String, inputs: Int, outputs: Int) -> ThetaTensor {
    ThetaTensor(
      name: name, foreignName: foreignName, shape: [inputs, outputs],
      start: .truncatedNormal(sigma: 1 / Float(inputs).squareRoot()))
  }

  static func zeros(_ name: String, _ foreignName: String, _ shape: [Int]) -> ThetaTensor {
    ThetaTensor(name: name, foreignName: foreignName, shape: shape, start: .zeros)
  }

  /// Haiku's variance scaling of a vector: the deviation is 1 / sqrt(length) after the cut.
  static func vector(_ name: String, _ foreignName: String, _ length: Int) -> ThetaTensor {
    ThetaTensor(
      name: name, foreignName: foreignName, shape: [length],
      start: .truncatedNormal(sigma: 1 / Float(length).squareRoot() / 0.879_625_66))
  }

  /// The per-parameter network's tensors; `foreign` gives the library's name of layer i's weights or bias ("w", "b").
  static func network(_ sizes: [Int], foreign: (_ layer: Int, _ kind: String) -> String) -> [ThetaTensor] {
    (0..<sizes.count - 1).flatMap { layer in
      [
        weights(
          "network/\(layer)/w", foreign(layer, "w"), inputs: sizes[layer], outputs: sizes[layer + 1]),
        zeros("network/\(layer)/b", foreign(layer, "b"), [sizes[layer + 1]]),
      ]
    }
  }
}

extension [ThetaTensor] {
  var layout: Layout { Layout(map { (name: $0.name, shape: $0.shape) }) }

  var foreignNames: [(ours: String, theirs: String)] { map { (ours: $0.name, theirs: $0.foreignName) } }

  /// Tensor i is drawn at the address (initial theta, particle i).
  func draw(_ randomness: Randomness) -> Tensors {
    var theta = Tensors(zeros: layout)
    for (index, tensor) in enumerated() {
      guard case .truncatedNormal(let sigma) = tensor.start else { continue }
      let slot = theta.layout.slots[index]
      theta.values.withUnsafeMutableBufferPointer { values in
        let drawn = UnsafeMutableBufferPointer(rebasing: values[slot.range])
        randomness.truncatedNormals(Address(.initialTheta, particle: index), into: drawn)
        for i in 0..<drawn.count { drawn[i] *= sigma }
      }
    }
    return theta
  }
}
