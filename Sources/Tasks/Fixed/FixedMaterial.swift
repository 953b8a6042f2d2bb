internal import Numerics

/// What a fixed task learns from.
package enum FixedData: Hashable, Sendable {
  /// Nothing, or sequences that it makes.
  case none
  case images(Images)
  /// lm1b by bytes.
  case bytes
  /// imdb_reviews by subwords.
  case words

  /// The published names.
  package enum Images: String, CaseIterable, Hashable, Sendable, Publishable {
    case cifar10, cifar100, mnist
    case food101 = "food101_32x32"
    case food101Large = "food101_64x64"
    case coil100 = "coil100_32x32"
    case sun397 = "sun397_32x32"
    case colorectalHistology = "colorectal_histology_32x32"
  }

  package var name: String? {
    switch self {
    case .none: nil
    case .images(let images): images.rawValue
    case .bytes: "lm1b/bytes"
    case .words: "imdb_reviews/subwords8k"
    }
  }
}

/// The data at hand for fixed tasks.
package struct FixedMaterial: Sendable {
  /// Images by their published names.
  package let images: [FixedData.Images: TaskSetImages]
  /// In the place of all others.
  package let imagesStandIn: TaskSetImages
  /// In the place of lm1b and imdb.
  package let bytes: TextCorpus
  package let words: TextCorpus

  package init(
    images: [FixedData.Images: TaskSetImages] = [:], imagesStandIn: TaskSetImages, bytes: TextCorpus, words: TextCorpus
  ) {
    self.images = images
    self.imagesStandIn = imagesStandIn
    self.bytes = bytes
    self.words = words
  }

  func images(_ name: FixedData.Images) -> TaskSetImages { images[name] ?? imagesStandIn }

  /// The name of what stands in for the data; nil where they are themselves at hand, or none are needed.
  package func standIn(for data: FixedData) -> String? {
    switch data {
    case .none: nil
    case .images(let name): images[name] == nil ? imagesStandIn.dataSet.name : nil
    case .bytes: bytes.name
    case .words: words.name
    }
  }
}

/// The fixed tasks of an entry of a recipe, each as likely.
package struct FixedTaskFamily: TaskFamily {
  package let name: String
  package let tasks: [FixedTask]
  package let material: FixedMaterial
  /// For each task the losses that map to 1 and 0; nil for a draw's own.
  package let normalizations: [Normalization]?

  /// - Parameter normalizations: one a task.
  package init(_ tasks: [FixedTask], on material: FixedMaterial, normalizations: [Normalization]? = nil) {
    precondition(!tasks.isEmpty, "a family without tasks")
    precondition(normalizations.map { $0.count == tasks.count } ?? true, "a normalization for each of \(tasks.count)")
    name = tasks.count == 1 ? tasks[0].name(on: material) : "fixed tasks (\(tasks.count))"
    self.tasks = tasks
    self.material = material
    self.normalizations = normalizations
  }

  package func task(seed: UInt64) -> any Task {
    let choice = Randomness(key: seed).integer(below: tasks.count, Address(.taskConfiguration))
    let task = tasks[choice].task(on: material, seed: seed)
    guard let normalizations else { return task }
    return NormalizedTask(task, by: normalizations[choice])
  }
}
