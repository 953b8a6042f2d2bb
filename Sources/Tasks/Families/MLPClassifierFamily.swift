internal import Graph
package import Numerics

/// Multilayer perceptrons that classify the examples of one data set; a draw differs in start and batches.
package struct MLPClassifierFamily: TaskFamily {
  package let name: String
  package let dataSet: DataSet
  /// The widths of the hidden layers.
  package let hidden: [Int]
  package let activation: Elementwise
  package let batchSize: Int
  package let partition: Partition
  package let normalization: Normalization

  package let parameters: Layout
  fileprivate let plan: Plan

  /// - Parameters:
  ///   - bestLoss: the loss that maps to 0: what a tuned optimizer reaches, or 0, which is the lower bound.
  ///   - splitSeed: the seed of the partition, the same for all draws, so that no draw trains on another's test examples.
  package init(
    dataSet: DataSet, hidden: [Int] = [32], activation: Elementwise = .relu, batchSize: Int = 128,
    bestLoss: Double = 0, shares: Partition.Shares = .standard, splitSeed: UInt64 = 0
  ) {
    self.init(
      dataSet: dataSet, partition: Partition(count: dataSet.count, shares: shares, seed: splitSeed), hidden: hidden,
      activation: activation, batchSize: batchSize, bestLoss: bestLoss)
  }

  /// - Parameter partition: the same for all draws.
  package init(
    dataSet: DataSet, partition: Partition, hidden: [Int] = [32], activation: Elementwise = .relu,
    batchSize: Int = 128, bestLoss: Double = 0
  ) {
    precondition(hidden.allSatisfy { $0 > 0 } && batchSize > 0, "widths \(hidden), batch size \(batchSize)")
    self.name = (["mlp", dataSet.name] + hidden.map(String.init)).joined(separator: "_")
    self.dataSet = dataSet
    self.hidden = hidden
    self.activation = activation
    self.batchSize = batchSize
    self.partition = partition
    // Equal logits for all classes have the loss log C.
    normalization = Normalization(initial: Double(Elementary.log(Float(dataSet.classCount))), best: bestLoss)
    let expression = Self.expression(
      widths: [dataSet.width] + hidden + [dataSet.classCount], activation: activation, batchSize: batchSize)
    parameters = expression.parameters
    plan = Plan(expression)
  }

  package func task(seed: UInt64) -> any Task { MLPClassifierTask(family: self, seed: seed) }

  /// Layers h <- activation(h · weights + bias), the last one without activation, then the mean cross-entropy.
  static func expression(widths: [Int], activation: Elementwise, batchSize: Int) -> Expression {
    Expression { recording in
      var h = recording.input("features", [batchSize, widths[0]])
      let labels = recording.indices("labels", [batchSize])
      for layer in 0..<widths.count - 1 {
        let weights = recording.parameter("weights\(layer)", [widths[layer], widths[layer + 1]])
        let bias = recording.parameter("bias\(layer)", [widths[layer + 1]])
        h = h.dense(weights, bias)
        if layer < widths.count - 2 { h = h.mapped(activation) }
      }
      return h.softmaxCrossEntropy(labels)
    }
  }
}

/// One draw: where the perceptron starts, and which batches it sees.
package struct MLPClassifierTask: Task {
  package let family: MLPClassifierFamily
  package let seed: UInt64

  package var parameters: Layout { family.parameters }
  package var normalization: Normalization { family.normalization }
  package var operations: StepOperations? { family.plan.stepOperations }

  /// Weights are normal with the variance 2 / fan-in (He) before an activation that is about half of the identity, and
  /// 2 / (fan-in + fan-out) (Glorot) before any other and in the last layer; biases are 0.
  package func initialParameters() -> Tensors {
    var result = Tensors(zeros: parameters)
    let randomness = Randomness(key: seed)
    let weights = parameters.slots.filter { $0.rank == 2 }
    for (layer, slot) in weights.enumerated() {
      let isLast = layer == weights.count - 1
      let (fanIn, fanOut) = (Float(slot.shape[0]), Float(slot.shape[1]))
      let variance = !isLast && family.activation.isRectifier ? 2 / fanIn : 2 / (fanIn + fanOut)
      let deviation = variance.squareRoot()
      result.values.withUnsafeMutableBufferPointer { values in
        let tensor = UnsafeMutableBufferPointer(rebasing: values[slot.range])
        randomness.normals(Address(.initialParameters, particle: layer), into: tensor)
        for i in tensor.indices { tensor[i] *= deviation }
      }
    }
    return result
  }

  package func loss(_ parameters: Tensors, on batch: Batch, in workspace: Workspace) -> Float {
    family.plan.loss(parameters, in: workspace) { fill($0, batch) }
  }

  package func loss(
    _ parameters: Tensors, on batch: Batch, gradient: inout Tensors, in workspace: Workspace
  ) -> Float {
    family.plan.loss(parameters, gradient: &gradient, in: workspace) { fill($0, batch) }
  }

  /// Copies the examples of the batch to where the plan reads them.
  private func fill(_ memory: UnsafeMutablePointer<Float>, _ batch: Batch) {
    let features = memory + family.plan.inputs[0].offset
    let labels = UnsafeMutableRawPointer(memory + family.plan.inputs[1].offset)
      .assumingMemoryBound(to: Int32.self)
    family.partition.forEachExample(of: batch, count: family.batchSize, seed: seed) { position, example in
      labels[position] = Int32(example)
    }
    family.dataSet.copy(UnsafeBufferPointer(start: labels, count: family.batchSize), to: features)
    family.dataSet.labels.withUnsafeBufferPointer { classes in
      for position in 0..<family.batchSize { labels[position] = classes[Int(labels[position])] }
    }
  }
}

extension Elementwise {
  /// True for functions that pass one half of the numbers and stop the other.
  var isRectifier: Bool {
    switch self {
    case .relu, .leakyRelu, .elu, .swish: true
    default: false
    }
  }
}
