package import Numerics

/// Quadratic bowls sum_i lambda_i w_i^2 with their minimum 0 at 0 (spec §7): the smallest family on which all can be tried.
package struct QuadraticFamily: TaskFamily {
  package let name: String
  package let parameters: Layout
  /// The range of the log-uniform lambda.
  package let curvature: ClosedRange<Float>
  /// The range of the log-uniform scale of the start, w_0 ~ scale · N(0, 1).
  package let startScale: ClosedRange<Float>
  /// The gradient's noise: each element gets this · mean |g| · N(0, 1).
  package let gradientNoise: Float

  package init(
    name: String, parameters: Layout, curvature: ClosedRange<Float> = 0.1...10, startScale: ClosedRange<Float> = 1...1,
    gradientNoise: Float = 0
  ) {
    precondition(curvature.lowerBound > 0 && startScale.lowerBound > 0, "a log-uniform range starts above 0")
    precondition(gradientNoise >= 0, "gradient noise of \(gradientNoise)")
    self.name = name
    self.parameters = parameters
    self.curvature = curvature
    self.startScale = startScale
    self.gradientNoise = gradientNoise
  }

  /// Spec §7's toy: tensors of shape 4 x 3 and 3.
  package static let toy = QuadraticFamily(name: "quadratic", parameters: Layout([("a", [4, 3]), ("b", [3])]))

  /// Spec §7's family for self-training: the toy with starts of scale 0.05 to 2 and gradient noise of 0.3 mean |g|.
  package static let noisyToy = QuadraticFamily(
    name: "noisy_quadratic", parameters: toy.parameters, startScale: 0.05...2, gradientNoise: 0.3)

  /// One vector of ten, for benchmarks.
  package static let tenDimensional = QuadraticFamily(name: "quadratic_10", parameters: Layout([("w", [10])]))

  package func task(seed: UInt64) -> any Task { QuadraticTask(family: self, seed: seed) }
}

/// One bowl. Its loss is the same on every batch; a batch only addresses the gradient's noise.
package struct QuadraticTask: Task {
  package let parameters: Layout
  package let normalization: Normalization
  /// lambda, in the layout of the parameters.
  package let curvature: [Float]

  private let start: Tensors
  private let gradientNoise: Float
  private let seed: UInt64

  init(family: QuadraticFamily, seed: UInt64) {
    let randomness = Randomness(key: seed)
    let count = family.parameters.count
    parameters = family.parameters
    gradientNoise = family.gradientNoise
    self.seed = seed
    curvature = randomness.logUniforms(family.curvature, Address(.taskConfiguration), count: count)
    let scale = randomness.logUniforms(family.startScale, Address(.taskConfiguration, particle: 1), count: 1)[0]
    var start = Tensors(zeros: family.parameters)
    start.values.withUnsafeMutableBufferPointer { randomness.normals(Address(.initialParameters), into: $0) }
    for i in 0..<count { start.values[i] *= scale }
    self.start = start
    let initial = Self.loss(start.values, curvature, in: Workspace())
    normalization = Normalization(initial: Double(initial), best: 0)
  }

  /// lambda w^2 and its sum, and 2 lambda w.
  package var operations: StepOperations? { StepOperations(loss: 3 * curvature.count, gradient: 5 * curvature.count) }

  package func initialParameters() -> Tensors { start }

  package func loss(_ parameters: Tensors, on batch: Batch, in workspace: Workspace) -> Float {
    Self.loss(parameters.values, curvature, in: workspace)
  }

  package func loss(
    _ parameters: Tensors, on batch: Batch, gradient: inout Tensors, in workspace: Workspace
  ) -> Float {
    for i in 0..<curvature.count { gradient.values[i] = 2 * curvature[i] * parameters.values[i] }
    if gradientNoise > 0 { addNoise(to: &gradient, batch, workspace) }
    return Self.loss(parameters.values, curvature, in: workspace)
  }

  /// The products lambda w^2, summed in eight lanes and a tree.
  private static func loss(_ values: [Float], _ curvature: [Float], in workspace: Workspace) -> Float {
    precondition(values.count == curvature.count, "\(values.count) parameters for \(curvature.count) curvatures")
    return workspace.withFloats(values.count) { terms in
      for i in 0..<values.count { terms[i] = curvature[i] * (values[i] * values[i]) }
      return Reduction.sum(terms, count: values.count)
    }
  }

  private func addNoise(to gradient: inout Tensors, _ batch: Batch, _ workspace: Workspace) {
    let count = curvature.count
    workspace.withFloats(count) { noise in
      for i in 0..<count { noise[i] = gradient.values[i].magnitude }
      let scale = gradientNoise * (Reduction.sum(noise, count: count) / Float(count))
      Randomness(key: seed).normals(batch.address, into: UnsafeMutableBufferPointer(start: noise, count: count))
      for i in 0..<count { gradient.values[i] += scale * noise[i] }
    }
  }
}

extension Randomness {
  /// Numbers whose logarithm is uniform in the range.
  func logUniforms(_ range: ClosedRange<Float>, _ address: Address, count: Int) -> [Float] {
    let low = Elementary.log(range.lowerBound)
    let width = Elementary.log(range.upperBound) - low
    return (0..<count).map { Elementary.exp(low + width * Float(uniform(address, index: $0))) }
  }
}
