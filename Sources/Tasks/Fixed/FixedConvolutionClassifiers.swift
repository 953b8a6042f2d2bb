internal import Graph
internal import Numerics

/// Convolutions that classify images (spec §4.6).
extension FixedTask {
  static let pooledConvolutions: [FixedTask] = [
    pooled("FixedImageConv_cifar10_32x64x64_bs128", .cifar10, [32, 64, 64]),
    pooled("FixedImageConv_cifar10_32x64x64_tanh_bs64", .cifar10, [32, 64, 64], .tanh, batchSize: 64),
    pooled(
      "FixedImageConv_cifar10_32x64x128_he_bs64", .cifar10, [32, 64, 128], .tanh, .taskSet(.heNormal), .max,
      batchSize: 64),
    pooled(
      "FixedImageConv_cifar10_32x64x128_normal_bs64", .cifar10, [32, 64, 128], .tanh, .normal(deviation: 0.02),
      batchSize: 64),
    pooled(
      "FixedImageConv_cifar10_32x64x128_largenormal_bs64", .cifar10, [32, 64, 128], .tanh, .normal(deviation: 0.2),
      batchSize: 64),
    pooled(
      "FixedImageConv_cifar10_32x64x128_smallnormal_bs64", .cifar10, [32, 64, 128], .tanh, .normal(deviation: 0.002),
      batchSize: 64),
    pooled(
      "FixedImageConv_cifar10_32x64x128x128x128_avg_he_bs64", .cifar10, [32, 64, 128, 128, 128], .tanh,
      .taskSet(.heNormal), batchSize: 64),
    pooled("FixedImageConv_cifar10_batchnorm_32x64x64_bs128", .cifar10, [32, 64, 64], hasBatchNorm: true),
    pooled(
      "FixedImageConv_cifar10_batchnorm_32x32x32x64x64_bs128", .cifar10, [32, 32, 32, 64, 64], hasBatchNorm: true),
    pooled(
      "FixedImageConv_food101_batchnorm_32x32x32x64x64_bs128", .food101, [32, 32, 32, 64, 64], hasBatchNorm: true),
    pooled("FixedImageConv_cifar100_bn_32x64x128x128_bs128", .cifar100, [32, 64, 128, 128], hasBatchNorm: true),
    pooled("FixedImageConv_coil10032x32_bn_32x64x128x128_bs128", .coil100, [32, 64, 128, 128], hasBatchNorm: true),
    pooled("FixedImageConv_sun39732x32_bn_32x64x128x128_bs128", .sun397, [32, 64, 128, 128], hasBatchNorm: true),
  ]

  static let flattenedConvolutions: [FixedTask] = [
    flattened("FixedImageConv_cifar10_32x64x64_flatten_bs128", .cifar10, [32, 64, 64]),
    flattened("FixedImageConv_cifar10_32x64x64_fc_64_bs128", .cifar10, [32, 64, 64], [64]),
    flattened("FixedImageConv_mnist_32x64x64_fc_64_bs128", .mnist, [32, 64, 64], [64]),
    flattened("Mnist_Conv_32x16x64_flatten_FC32_tanh_bs32", .mnist, [32, 16, 64], [32], .tanh, batchSize: 32),
    flattened(
      "FixedImageConv_cifar10_32x64x128_flatten_FC64x32_tanh_he_bs8", .cifar10, [32, 64, 128], [64, 32], .tanh,
      .taskSet(.heNormal), batchSize: 8),
    flattened(
      "FixedImageConv_cifar10_32x64x128_flatten_FC64x32_tanh_variance_scaling_bs64", .cifar10, [32, 64, 128],
      [64, 32], .tanh, .truncated(gain: 2.6), batchSize: 64),
    flattened(
      "FixedImageConv_cifar100_32x64x128_FC64x32_tanh_variance_scaling_bs64", .cifar100, [32, 64, 128], [64, 32],
      .tanh, .truncated(gain: 2.6), batchSize: 64),
    flattened("FixedImageConv_cifar100_32x64x64_flatten_bs128", .cifar100, [32, 64, 64]),
    flattened(
      "FixedImageConv_food10164x64_Conv_32x64x64_flatten_bs64", .food101Large, [32, 64, 64], batchSize: 64),
    flattened(
      "FixedImageConv_colorectalhistology32x32_32x64x64_flatten_bs128", .colorectalHistology, [32, 64, 64]),
  ]

  /// The first layer has the stride 2, the others 1. The classifier behind the pooling starts by Sonnet's rule.
  private static func pooled(
    _ name: String, _ images: FixedData.Images, _ channels: [Int], _ activation: TaskSet.Activation = .relu,
    _ rule: WeightRule = .sonnet, _ pooling: FixedConvolutionClassifier.Pooling = .mean, batchSize: Int = 128,
    hasBatchNorm: Bool = false
  ) -> FixedTask {
    classifier(
      name, .pooledConvolutions, images, channels, activation, rule, .pooled(pooling), batchSize, hasBatchNorm)
  }

  private static func flattened(
    _ name: String, _ images: FixedData.Images, _ channels: [Int], _ hidden: [Int] = [],
    _ activation: TaskSet.Activation = .relu, _ rule: WeightRule = .sonnet, batchSize: Int = 128
  ) -> FixedTask {
    classifier(name, .flattenedConvolutions, images, channels, activation, rule, .flattened(hidden), batchSize, false)
  }

  private static func classifier(
    _ name: String, _ group: Group, _ images: FixedData.Images, _ channels: [Int], _ activation: TaskSet.Activation,
    _ rule: WeightRule, _ head: FixedConvolutionClassifier.Head, _ batchSize: Int, _ hasBatchNorm: Bool
  ) -> FixedTask {
    let strides = [2] + [Int](repeating: 1, count: channels.count - 1)
    let convolutions = FixedConvolutions(
      channels: channels, strides: strides, activation: activation, rule: rule, hasBatchNorm: hasBatchNorm)
    return FixedTask(
      name, group,
      FixedConvolutionClassifier(images: images, batchSize: batchSize, convolutions: convolutions, head: head))
  }
}

struct FixedConvolutionClassifier: FixedModel {
  enum Pooling: String, Hashable, Sendable, Publishable {
    case mean = "avg"
    case max
  }

  /// What is between the last convolution and the classes.
  enum Head: Hashable, Sendable {
    /// Over all positions.
    case pooled(Pooling)
    /// Hidden layers of these widths.
    case flattened([Int])
  }

  let images: FixedData.Images
  let batchSize: Int
  let convolutions: FixedConvolutions
  let head: Head

  var data: FixedData { .images(images) }

  var quirks: [FixedQuirk] { convolutions.hasBatchNorm ? [.batchStatisticsOnEverySplit] : [] }

  var published: PublishedValue {
    let end: PublishedValue.Member =
      switch head {
      case .pooled(let pooling): .init("pool", pooling.published)
      case .flattened(let hidden): .init("hidden_layers", hidden.published)
      }
    return .object([
      .init("dataset", images.published), .init("bs", batchSize.published),
      .init("hidden_units", convolutions.channels.published), .init("strides", convolutions.strides.published),
      .init("activation", convolutions.activation.published), .init("w_init", convolutions.rule.published),
      .init("use_batch_norm", convolutions.hasBatchNorm.published), end,
    ])
  }

  func problem(on material: FixedMaterial) -> PlannedProblem {
    let batches = images.batches(of: batchSize, in: material)
    return PlannedProblem(
      scale: .init(best: 0, guess: batches.chance),
      fill: {
        batches.fillFeatures($0)
        batches.fillLabels($0)
      }
    ) { blueprint in
      let x = batches.features(in: blueprint).reshaped(batches.shape)
      let features = convolutions.features(of: x, in: blueprint)
      return logits(features, classes: batches.classCount, in: blueprint)
        .softmaxCrossEntropy(batches.labels(in: blueprint))
    }
  }

  private func logits(_ features: Term, classes: Int, in blueprint: Blueprint) -> Term {
    let (count, channels) = (features.shape[0], features.shape[3])
    switch head {
    case .pooled(let pooling):
      let positions = features.reshaped([count, features.count / (count * channels), channels])
      let pooled =
        switch pooling {
        case .mean: positions.mean(axis: 1)
        case .max: positions.largest(axis: 1)
        }
      return blueprint.linear(pooled, classes, "output", .sonnet)
    case .flattened(let hidden):
      // The rule and the activation of the convolutions are those of the layers behind, too.
      return blueprint.perceptron(
        features.reshaped([count, features.count / count]), hidden: hidden, outputs: classes, "layer",
        convolutions.activation, convolutions.rule)
    }
  }
}
