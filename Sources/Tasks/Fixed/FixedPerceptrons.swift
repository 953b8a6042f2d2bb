internal import Graph
internal import Numerics

/// Perceptrons that classify images (spec §4.6).
extension FixedTask {
  static let perceptrons: [FixedTask] = [
    mlp("FixedMLP_cifar10_mse_128x128x128_relu_bs128", .cifar10, [128, 128, 128], loss: .squaredError),
    mlp("FixedMLP_cifar10_ce_128x128x128_relu_bs128", .cifar10, [128, 128, 128]),
    mlp("FixedMLP_mnist_mse_128x128x128_relu_bs128", .mnist, [128, 128, 128], loss: .squaredError),
    mlp("FixedMLP_mnist_ce_128x128x128_relu_bs128", .mnist, [128, 128, 128]),
    mlp("FixedMLP_food10132x32_mse_128x128x128_relu_bs128", .food101, [128, 128, 128], loss: .squaredError),
    mlp("FixedMLP_food10132x32_ce_128x128x128_relu_bs128", .food101, [128, 128, 128]),
    mlp("FixedMLP_cifar10_Dropout05_128x128_relu_bs128", .cifar10, [128, 128], .dropout(keep: 0.5)),
    mlp("FixedMLP_cifar10_Dropout08_128x128_relu_bs128", .cifar10, [128, 128], .dropout(keep: 0.8)),
    mlp("FixedMLP_cifar10_Dropout02_128x128_relu_bs128", .cifar10, [128, 128], .dropout(keep: 0.2)),
    mlp("FixedMLP_cifar10_LayerNorm_128x128x128_relu_bs128", .cifar10, [128, 128, 128], .layerNorm),
    mlp("FixedMLP_cifar10_LayerNorm_128x128x128_tanh_bs128", .cifar10, [128, 128, 128], .layerNorm, .tanh),
    mlp("FixedMLP_cifar10_BatchNorm_128x128x128_relu_bs128", .cifar10, [128, 128, 128], .frozenBatchNorm),
    mlp("FixedMLP_cifar10_BatchNorm_64x64x64x64x64_relu_bs128", .cifar10, [64, 64, 64, 64, 64], .frozenBatchNorm),
  ]

  private static func mlp(
    _ name: String, _ images: FixedData.Images, _ hidden: [Int], _ layer: FixedPerceptron.Layer = .plain,
    _ activation: TaskSet.Activation = .relu, loss: FixedPerceptron.Loss = .crossEntropy
  ) -> FixedTask {
    FixedTask(
      name, .perceptron,
      FixedPerceptron(
        images: images, batchSize: 128, hidden: hidden, layer: layer, activation: activation, loss: loss))
  }
}

struct FixedPerceptron: FixedModel {
  /// What is between a hidden layer's product and its activation.
  enum Layer: Hashable, Sendable {
    case plain
    /// Each unit is kept with that probability and then divided by it, in each batch anew.
    case dropout(keep: Float)
    /// Over the units of an example, with a scale and an offset a unit.
    case layerNorm
    /// By the moments 0 and 1, with an offset a unit.
    case frozenBatchNorm
  }

  enum Loss: String, Hashable, Sendable, Publishable {
    case crossEntropy = "ce"
    /// Of the classes' sigmoids.
    case squaredError = "mse"
  }

  let images: FixedData.Images
  let batchSize: Int
  let hidden: [Int]
  let layer: Layer
  let activation: TaskSet.Activation
  let loss: Loss

  var data: FixedData { .images(images) }

  var quirks: [FixedQuirk] {
    switch layer {
    case .plain, .layerNorm: []
    case .dropout: [.dropoutOnEverySplit]
    case .frozenBatchNorm: [.frozenBatchNorm]
    }
  }

  var published: PublishedValue {
    [
      "dataset": images, "bs": batchSize, "hidden_units": hidden, "activation": activation, "layer": layer.published,
      "loss": loss,
    ]
  }

  func problem(on material: FixedMaterial) -> PlannedProblem {
    let batches = images.batches(of: batchSize, in: material)
    let guess = loss == .crossEntropy ? batches.chance : 0.25
    return PlannedProblem(
      scale: .init(best: 0, guess: guess), fill: { fill($0, from: batches) }
    ) { blueprint in
      let logits = logits(of: batches.features(in: blueprint), classes: batches.classCount, in: blueprint)
      switch loss {
      case .crossEntropy: return logits.softmaxCrossEntropy(batches.labels(in: blueprint))
      case .squaredError:
        let classes = blueprint.recording.input("classes", logits.shape)
        return (classes - logits.sigmoid).squared.mean()
      }
    }
  }

  private func logits(of x: Term, classes: Int, in blueprint: Blueprint) -> Term {
    var h = x
    for (index, width) in hidden.enumerated() {
      h = blueprint.linear(h, width, "layer.\(index)", .sonnet)
      h = layer.applied(to: h, number: index, in: blueprint).mapped(activation.function)
    }
    return blueprint.linear(h, classes, "layer.\(hidden.count)", .sonnet)
  }

  private func fill(_ memory: BatchMemory, from batches: FixedImageBatches) {
    batches.fillFeatures(memory)
    switch loss {
    case .crossEntropy: batches.fillLabels(memory)
    case .squaredError:
      let classes = memory.floats("classes")
      classes.update(repeating: 0)
      batches.forEachExample(of: memory) { position, example in
        classes[position * batches.classCount + Int(batches.images.dataSet.labels[example])] = 1
      }
    }
    guard case .dropout(let keep) = layer else { return }
    for index in hidden.indices {
      memory.fillMask(Layer.mask(index), keep: keep, stream: 2 + index)
    }
  }
}

extension FixedPerceptron.Layer {
  static func mask(_ index: Int) -> String { "mask.\(index)" }

  /// Sonnet's constants: 1e-5 for layer norm, 1e-3 for batch norm.
  fileprivate func applied(to h: Term, number: Int, in blueprint: Blueprint) -> Term {
    let width = h.shape[1]
    switch self {
    case .plain: return h
    case .dropout: return h * blueprint.recording.input(Self.mask(number), h.shape)
    case .layerNorm:
      let scale = blueprint.parameter("norm.\(number).scale", [width], .constant(1))
      let offset = blueprint.parameter("norm.\(number).offset", [width], .constant(0))
      return h.layerNormalized(scale: scale, offset: offset, epsilon: 1e-5)
    case .frozenBatchNorm:
      let offset = blueprint.parameter("norm.\(number).offset", [width], .constant(0))
      return h * (1 / Float(1 + 1e-3).squareRoot()) + offset
    }
  }

  fileprivate var published: PublishedValue {
    switch self {
    case .plain: "plain".published
    case .dropout(let keep): ["dropout", ["keep_prob": Double(keep)] as PublishedValue]
    case .layerNorm: "layer norm".published
    case .frozenBatchNorm: "batch norm, is_training false".published
    }
  }
}

extension BatchMemory {
  /// Writes a mask: 1 / keep with the probability keep, else 0.
  func fillMask(_ name: String, keep: Float, stream: Int) {
    let mask = floats(name)
    randomness.uniforms(address(stream), into: mask)
    for i in mask.indices { mask[i] = mask[i] < keep ? 1 / keep : 0 }
  }
}
