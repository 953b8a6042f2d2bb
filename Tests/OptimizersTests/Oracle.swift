import Foundation
import HDF5
import Numerics
import Optimizers

/// Ten updates of a learned optimizer as the JAX library computed them: a file of Fixtures.
struct Oracle {
  let theta: Tensors
  let parameters: Tensors
  let gradients: [Tensors]
  let losses: [Float]
  /// The parameters after each step.
  let expected: [Tensors]

  static let names = ["layer0/b", "layer0/w", "layer1/b", "layer1/w"]

  /// Reads a fixture; theta is laid out by `layout`, each tensor from the dataset that `names` gives for it.
  init(_ file: String, layout: Layout, names: [(ours: String, theirs: String)]) throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
    let file = try File.open(path: folder.appending(path: file).path)
    var theta = Tensors(zeros: layout)
    for (ours, theirs) in names {
      theta[ours] = try file.dataset(theirs).read(convertingTo: Float.self)[...]
    }
    self.theta = theta
    let shapes = try Self.names.map { (name: $0, shape: try file.dataset("params0/\($0)").shape) }
    parameters = Tensors(
      Layout(shapes),
      values: try Self.names.flatMap { try file.dataset("params0/\($0)").read(convertingTo: Float.self) })
    losses = try file.dataset("losses").read(convertingTo: Float.self)
    gradients = try Self.series(file, "grads", parameters.layout, losses.count)
    expected = try Self.series(file, "params_float32", parameters.layout, losses.count)
  }

  /// Datasets with the step as first axis, as one value a step.
  private static func series(_ file: File, _ group: String, _ layout: Layout, _ steps: Int) throws -> [Tensors] {
    var series = [Tensors](repeating: Tensors(zeros: layout), count: steps)
    for slot in layout.slots {
      let values: [Float] = try file.dataset("\(group)/\(slot.name)").read(convertingTo: Float.self)
      for step in 0..<steps { series[step][slot] = values[step * slot.count..<(step + 1) * slot.count] }
    }
    return series
  }

  /// The largest distance of an element from the oracle over all steps.
  func worstError(of optimizer: any Optimizer) -> Float {
    let workspace = Workspace()
    var parameters = self.parameters
    var state = optimizer.initialState()
    var worst: Float = 0
    for step in losses.indices {
      optimizer.update(
        &parameters, &state, seeing: Observation(gradient: gradients[step], loss: losses[step], step: step),
        in: workspace)
      for (a, b) in zip(parameters.values, expected[step].values) {
        worst = max(worst, abs(a - b).isNaN ? .infinity : abs(a - b))
      }
    }
    return worst
  }
}

/// The six steps of spec §9.2 and §9.3: parameters, gradients, losses and weights by the fill rule.
enum SixSteps {
  static let layout = Layout([("a", [3, 2]), ("b", [2]), ("c", [])])
  static let losses: [Float] = [1.5, 1.2, 1.7, 0.9, 1.1, 0.8]

  /// Element i is sin(0.7 i + 1.3 salt + 0.1) scale, computed in double precision.
  static func fill(_ count: Int, salt: Int, scale: Double) -> [Float] {
    (0..<count).map { Float(sin(0.7 * Double($0) + 1.3 * Double(salt) + 0.1) * scale) }
  }

  static let parameters = Tensors(
    layout, values: fill(6, salt: 50, scale: 1) + fill(2, salt: 51, scale: 1) + fill(1, salt: 52, scale: 1))

  static func gradient(_ step: Int) -> Tensors {
    Tensors(
      layout,
      values: fill(6, salt: 60 + step, scale: 0.5) + fill(2, salt: 70 + step, scale: 0.05)
        + fill(1, salt: 80 + step, scale: 2))
  }

  /// Weights by the fill rule, the salt counting up in the order of `names`.
  static func theta(_ layout: Layout, inOrder names: [String], firstSalt: Int) -> Tensors {
    var theta = Tensors(zeros: layout)
    for (i, name) in names.enumerated() {
      theta[name] = fill(theta[name].count, salt: firstSalt + i, scale: 0.2)[...]
    }
    return theta
  }

  /// The parameters after each of the six steps; where `isValid`, the loss is only observed.
  static func run(
    _ optimizer: any Optimizer, isValid: (Int) -> Bool = { _ in false },
    each: (Int, Tensors, Tensors) -> Void = { _, _, _ in }
  ) -> [[Float]] {
    let workspace = Workspace()
    var parameters = self.parameters
    var state = optimizer.initialState()
    return (0..<6).map { step in
      if isValid(step) {
        optimizer.observe(validLoss: losses[step], &state)
      } else {
        optimizer.update(
          &parameters, &state, seeing: Observation(gradient: gradient(step), loss: losses[step], step: step),
          in: workspace)
      }
      each(step, parameters, state)
      return parameters.values
    }
  }

  /// The largest error relative to the movement since the start.
  static func worstError(_ found: [Float], _ expected: [Float]) -> Float {
    zip(zip(found, expected), parameters.values).map { abs($0.0 - $0.1) / abs($0.1 - $1) }.max()!
  }
}
