internal import Graph
package import Numerics

/// One perceptron of TaskSet's mlp_family (spec §4.4): the mean softmax cross-entropy of its classes.
package struct TaskSetMLPTask: Task {
  package let configuration: TaskSet.MLP
  package let parameters: Layout
  package let normalization: Normalization

  let batches: TaskSetImageBatches
  let plan: Plan
  let seed: UInt64

  package init(_ configuration: TaskSet.MLP, on images: TaskSetImages, seed: UInt64) {
    self.configuration = configuration
    self.seed = seed
    batches = TaskSetImageBatches(images, configuration.dataSet, centersData: configuration.centersData)
    let expression = MLPClassifierFamily.expression(
      widths: [batches.width] + configuration.widths + [images.dataSet.classCount],
      activation: configuration.activation.function, batchSize: configuration.dataSet.batchSize)
    parameters = expression.parameters
    plan = Plan(expression)
    let start = Self.start(configuration, parameters, seed: seed)
    // Some initializers start far above log C, so the start is measured. 0 is a lower bound.
    let initial = plan.meanLoss(at: start, over: .outerValid, in: Workspace()) { [batches, plan] memory, batch in
      Self.fill(memory, from: batches, batch, seed: seed, plan)
    }
    let guess = Double(Elementary.log(Float(images.dataSet.classCount)))
    normalization = Normalization(initial: initial.isFinite ? initial : guess, best: 0)
  }

  /// Weights by the configuration's initializer, biases 0.
  private static func start(_ configuration: TaskSet.MLP, _ parameters: Layout, seed: UInt64) -> Tensors {
    var result = Tensors(zeros: parameters)
    for (layer, slot) in parameters.slots.filter({ $0.rank == 2 }).enumerated() {
      result.values.withUnsafeMutableBufferPointer { values in
        configuration.initializer.fill(
          UnsafeMutableBufferPointer(rebasing: values[slot.range]), fanIn: slot.shape[0], fanOut: slot.shape[1],
          Randomness(key: seed), Address(.initialParameters, particle: layer))
      }
    }
    return result
  }

  package var operations: StepOperations? { plan.stepOperations }

  package func initialParameters() -> Tensors { Self.start(configuration, parameters, seed: seed) }

  package func loss(_ parameters: Tensors, on batch: Batch, in workspace: Workspace) -> Float {
    plan.loss(parameters, in: workspace) { Self.fill($0, from: batches, batch, seed: seed, plan) }
  }

  package func loss(
    _ parameters: Tensors, on batch: Batch, gradient: inout Tensors, in workspace: Workspace
  ) -> Float {
    plan.loss(parameters, gradient: &gradient, in: workspace) {
      Self.fill($0, from: batches, batch, seed: seed, plan)
    }
  }

  static func fill(
    _ memory: UnsafeMutablePointer<Float>, from batches: TaskSetImageBatches, _ batch: Batch, seed: UInt64, _ plan: Plan
  ) {
    let labels = UnsafeMutableRawPointer(memory + plan.inputs[1].offset).assumingMemoryBound(to: Int32.self)
    batches.fill(features: memory + plan.inputs[0].offset, labels: labels, batch, seed: seed)
  }
}
