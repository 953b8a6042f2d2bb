extension TaskSet {
  /// Which images a task learns from, how many at a time, and how they are varied (spec §4.3).
  package struct ImageDataSet: Hashable, Sendable {
    package let name: Name
    package let batchSize: Int
    /// The number of training images; nil for all that there are.
    package let trainCount: Int?
    /// Published, but without effect for images (spec §4.3).
    package let justTrain: Bool
    package let augmentation: Augmentation?

    package enum Name: String, CaseIterable, Hashable, Sendable, Publishable {
      case cifar10, cifar100, mnist
      case coil100 = "coil100_32x32"
      case deepWeeds = "deep_weeds_32x32"
      case fashionMNIST = "fashion_mnist"
      case food101 = "food101_32x32"
      case imageNet16 = "imagenet_resized/16x16"
      case imageNet32 = "imagenet_resized/32x32"
      case sun397 = "sun397_32x32"
    }

    init(from draws: inout TaskSetDraws) {
      name = draws.one(of: Name.self)
      augmentation = draws.bool(probability: 0.3) ? Augmentation(from: &draws) : nil
      switch name {
      case .mnist, .fashionMNIST:
        batchSize = draws.logarithmic(8...512)
        trainCount = draws.uniform(1000...55_000)
        justTrain = draws.bool(probability: 0.1)
      case .cifar10, .cifar100:
        batchSize = draws.logarithmic(8...256)
        trainCount = draws.uniform(1000...50_000)
        justTrain = draws.bool(probability: 0.2)
      case .coil100, .deepWeeds, .food101, .imageNet16, .imageNet32, .sun397:
        batchSize = draws.logarithmic(8...256)
        trainCount = nil
        justTrain = draws.bool(probability: 0.2)
      }
    }
  }

  /// Random changes to each image, on all splits.
  package struct Augmentation: Hashable, Sendable {
    /// By how many pixels less than the image a random crop is; 0 for none.
    package let crop: Int
    package let flipsLeftRight: Bool
    package let flipsUpDown: Bool
    /// Whether the four amounts below act; on images of three channels only.
    package let changesColor: Bool
    package let brightness: Double
    package let saturation: Double
    package let hue: Double
    package let contrast: Double

    init(from draws: inout TaskSetDraws) {
      crop = draws.one(of: [0, 0, 0, 1, 2])
      flipsLeftRight = draws.one(of: [false, true])
      flipsUpDown = draws.one(of: [false, true])
      changesColor = draws.one(of: [false, true])
      brightness = draws.logarithmic(0.001, 64.0 / 255.0)
      saturation = draws.logarithmic(0.01, 1)
      hue = draws.logarithmic(0.01, 0.5)
      contrast = draws.logarithmic(0.01, 1)
    }
  }
}

extension TaskSet.ImageDataSet: Publishable {
  /// [name, parameters, augmentation or null]; each kind of data set has its own members.
  package var published: PublishedValue {
    let parameters: PublishedValue =
      switch name {
      case .mnist, .fashionMNIST:
        ["bs": batchSize, "num_train": trainCount, "num_classes": 10, "just_train": justTrain]
      case .cifar10, .cifar100:
        ["bs": batchSize, "num_train": trainCount, "just_train": justTrain]
      case .coil100, .deepWeeds, .food101, .imageNet16, .imageNet32, .sun397:
        ["bs": batchSize, "just_train": justTrain, "num_train": trainCount]
      }
    return [name, parameters, augmentation]
  }
}

extension TaskSet.Augmentation: Publishable {
  package var published: PublishedValue {
    [
      "crop_amount": crop, "flip_left_right": flipsLeftRight, "flip_up_down": flipsUpDown,
      "do_color_aug": changesColor, "brightness": brightness, "saturation": saturation, "hue": hue,
      "contrast": contrast,
    ]
  }
}
