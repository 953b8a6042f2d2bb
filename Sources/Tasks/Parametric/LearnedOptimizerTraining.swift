internal import Graph
internal import Numerics

/// LO's lopt: the training of a learned optimizer as a task. The parameters are the optimizer's weights; the loss is the mean
/// over the steps of a few image_mlp trainings under it, each from a start and on batches of its own, of their mapped losses.
///
/// Two differences: LO draws initializer and activation anew for every inner training, here they are those of the
/// configuration; and trainings of one step, whose loss no optimizer has a part in, are not drawn.
struct LearnedOptimizerTraining: DrawnConfiguration {
  static let family = "lopt"

  /// What is trained by the learned optimizer.
  let inner: ImageMLP
  let rule: LearnedRule
  let steps: Int
  /// Inner trainings a loss.
  var batchSize: Int

  init(from draws: inout ParametricDraws) {
    inner = ImageMLP(from: &draws)
    rule = LearnedRule(from: &draws)
    steps = draws.logarithmic(1...100)
    batchSize = draws.logarithmic(1...8)
  }

  private func widths(on images: TaskSetImages) -> [Int] {
    [inner.imageSize * inner.imageSize * images.channels] + [Int](repeating: inner.width, count: inner.layers)
      + [images.dataSet.classCount]
  }

  func cost(on images: TaskSetImages) -> Cost? {
    guard steps > 1 else { return nil }
    let widths = widths(on: images)
    var loss = Cost()
    loss.addLayers(widths, times: inner.batchSize)
    // A product by weights and one by inputs for each of the loss, but for the inputs of the first layer.
    let gradient = 2 * loss.work - widths[0] * widths[1] * inner.batchSize
    var cost = Cost()
    for count in rule.tensorCounts { cost.addTable(1, count) }
    let move = gradient + loss.parameters * rule.workOfAnElement
    cost.addWork(batchSize * (steps * loss.work + (steps - 1) * move))
    return cost
  }

  func task(on images: TaskSetImages, seed: UInt64) -> any Task {
    let training = UnrolledTraining(
      widths: widths(on: images), activation: inner.activation, problems: batchSize, examples: inner.batchSize,
      steps: steps, map: .classifier(classes: images.dataSet.classCount))
    let batches = ParametricImages(
      images: images, size: inner.imageSize, batchSize: batchSize * steps * inner.batchSize)
    return PlannedTask(
      seed: seed, normalization: .mappedClassifier(classes: images.dataSet.classCount),
      fill: { memory in
        batches.fill(memory)
        fillStarts(memory, training)
      }
    ) { blueprint in
      let (features, labels) = batches.inputs(in: blueprint)
      var optimizer = rule.optimizer(in: blueprint)
      return training.meanLoss(features, labels, &optimizer)
    }
  }

  /// Each training's weights at the batch's address, one stream a matrix.
  private func fillStarts(_ memory: BatchMemory, _ training: UnrolledTraining) {
    for layer in 0..<training.layers {
      let (rows, columns) = (training.widths[layer], training.widths[layer + 1])
      let all = memory.floats(UnrolledTraining.startName(layer))
      for problem in 0..<batchSize {
        let one = UnsafeMutableBufferPointer(rebasing: all[problem * rows * columns..<(problem + 1) * rows * columns])
        inner.initializer.taskSet(fanIn: rows).fill(
          one, fanIn: rows, fanOut: columns, memory.randomness,
          memory.address(1 + problem * training.layers + layer))
      }
    }
  }
}

/// Trainings of perceptrons side by side, written out step by step: each has parameters and batches of its own, and all are moved
/// by one optimizer.
struct UnrolledTraining {
  /// Of the inputs, the hidden layers and the logits.
  let widths: [Int]
  let activation: ParametricActivation
  let problems: Int
  /// In one batch of one training.
  let examples: Int
  let steps: Int
  /// How each loss counts.
  let map: Normalization.Clipped

  var layers: Int { widths.count - 1 }

  /// The input that holds the weights at the start of a layer, problems x inputs x outputs. Biases start at 0.
  static func startName(_ layer: Int) -> String { "start.\(layer)" }

  /// The mean over steps and problems of the mapped loss before each step.
  /// - Parameters:
  ///   - features: for each step and each problem a batch, row by row.
  ///   - labels: of the same examples.
  func meanLoss(_ features: Term, _ labels: Term, _ optimizer: inout any UnrolledOptimizer) -> Term {
    let recording = features.recording
    let batches = features.reshaped([steps, problems, examples, widths[0]])
    let classes = labels.reshaped([steps, problems, examples])
    var parameters = (0..<layers).flatMap { layer in
      [
        recording.input(Self.startName(layer), [problems, widths[layer], widths[layer + 1]]),
        recording.constant(0).repeated(problems * widths[layer + 1], axis: 0).reshaped([problems, widths[layer + 1]]),
      ]
    }
    var sum: Term?
    for step in 0..<steps {
      let x = batches.slice(step..<step + 1, axis: 0).reshaped([problems, examples, widths[0]])
      let y = classes.slice(step..<step + 1, axis: 0).reshaped([problems, examples])
      let losses = losses(of: parameters, x, y)
      let mapped = Self.sum(losses.map { map($0) })
      sum = sum.map { $0 + mapped } ?? mapped
      if step < steps - 1 {
        let gradients = Self.sum(losses).gradients(by: parameters)
        parameters = optimizer.moved(parameters, gradients, step: step)
      }
    }
    return sum! * (1 / Float(steps * problems))
  }

  /// Each problem's mean cross-entropy.
  private func losses(of parameters: [Term], _ x: Term, _ y: Term) -> [Term] {
    var h = x
    for layer in 0..<layers {
      let bias = parameters[2 * layer + 1].repeated(examples, axis: 1)
      h = h.matrixProducts(parameters[2 * layer]) + bias
      if layer < layers - 1 { h = h.activated(activation) }
    }
    return (0..<problems).map { problem in
      let logits = h.slice(problem..<problem + 1, axis: 0).reshaped([examples, widths[layers]])
      return logits.softmaxCrossEntropy(y.slice(problem..<problem + 1, axis: 0).reshaped([examples]))
    }
  }

  private static func sum(_ terms: [Term]) -> Term { terms.dropFirst().reduce(terms[0]) { $0 + $1 } }
}

extension Normalization.Clipped {
  /// The map of a loss as a term, which stays NaN where the loss is.
  fileprivate func callAsFunction(_ loss: Term) -> Term {
    precondition(!takesLogarithm, "a logarithm in a graph's losses")
    return loss.clamped(Float(low), Float(high)).scaled(by: Float(scale), plus: Float(offset))
  }
}
