/// Normalizing flows of images (spec §4.6). Weights start by Glorot's rules, the defaults of the layers they are made of.
extension FixedTask {
  static let maskedAutoregressiveFlows: [FixedTask] = [
    maf("FixedMAF_mnist_2layer_bs64", .mnist, bijectors: 2, [2048, 2048]),
    maf("FixedMAF_mnist_3layer_thin_bs64", .mnist, bijectors: 3, [128, 128]),
    maf("FixedMAF_cifar10_3layer_bs64", .cifar10, bijectors: 3, [1024, 1024]),
  ]

  static let realNVPs: [FixedTask] = [
    nvp("FixedNVP_mnist_2layer_bs64", bijectors: 2, [2048, 2048]),
    nvp("FixedNVP_mnist_5layer_bs64", bijectors: 5, [2048, 2048]),
    nvp("FixedNVP_mnist_5layer_thin_bs64", bijectors: 5, [128, 128]),
    nvp("FixedNVP_mnist_3layer_thin_bs64", bijectors: 3, [128, 128]),
    nvp(
      "FixedNVP_mnist_9layer_thin_bs16", bijectors: 9, [128, 128], quirks: [.batchSize(named: 16, inFact: 64)]),
  ]

  private static func maf(
    _ name: String, _ images: FixedData.Images, bijectors: Int, _ widths: [Int]
  ) -> FixedTask {
    let flow = FlowModel(
      kind: .maskedAutoregressive, activation: .relu, initializer: .glorotNormal, widths: widths, bijectors: bijectors)
    return FixedTask(name, .maskedAutoregressiveFlow, FixedFlow(images: images, batchSize: 64, flow: flow))
  }

  private static func nvp(
    _ name: String, bijectors: Int, _ widths: [Int], quirks: [FixedQuirk] = []
  ) -> FixedTask {
    let flow = FlowModel(
      kind: .realNVP, activation: .relu, initializer: .glorotUniform, widths: widths, bijectors: bijectors)
    return FixedTask(name, .realNVP, FixedFlow(images: .mnist, batchSize: 64, flow: flow), quirks: quirks)
  }
}

struct FixedFlow: FixedModel {
  let images: FixedData.Images
  let batchSize: Int
  let flow: FlowModel

  var data: FixedData { .images(images) }

  var published: PublishedValue {
    [
      "dataset": images, "bs": batchSize, "num_bijectors": flow.bijectors, "layers": flow.widths,
      "activation": flow.activation, "w_init": flow.initializer,
    ]
  }

  func problem(on material: FixedMaterial) -> PlannedProblem {
    let batches = images.batches(of: batchSize, in: material)
    return flow.problem(width: batches.width, fill: { batches.fillFeatures($0) }) {
      batches.features(in: $0)
    }
  }
}
