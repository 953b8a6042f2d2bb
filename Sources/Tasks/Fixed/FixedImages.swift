internal import Graph
internal import Numerics

/// The batches of a fixed task on images: whole images, unchanged but for 2x - 1 where the task centers them.
struct FixedImageBatches: Sendable {
  let images: TaskSetImages
  let batchSize: Int
  let centersData: Bool

  var width: Int { images.dataSet.width }
  var classCount: Int { images.dataSet.classCount }
  /// [batch, rows, columns, channels]
  var shape: [Int] { [batchSize, images.rows, images.columns, images.channels] }

  /// The loss of equal logits.
  var chance: Double { Double(Elementary.log(Float(classCount))) }

  /// [batch, width]
  func features(in blueprint: Blueprint) -> Term { blueprint.recording.input("features", [batchSize, width]) }

  func labels(in blueprint: Blueprint) -> Term { blueprint.recording.indices("labels", [batchSize]) }

  func fillFeatures(_ memory: BatchMemory) {
    let features = memory.floats("features").baseAddress!
    forEachExample(of: memory) { position, example in
      let target = features + position * width
      images.dataSet.copy(example, to: target)
      if centersData { Arithmetic.affine(target, count: width, scale: 2, offset: -1, into: target) }
    }
  }

  func fillLabels(_ memory: BatchMemory) {
    let labels = memory.indices("labels")
    images.dataSet.labels.withUnsafeBufferPointer { classes in
      forEachExample(of: memory) { labels[$0] = classes[$1] }
    }
  }

  func forEachExample(of memory: BatchMemory, _ body: (_ position: Int, _ example: Int) -> Void) {
    images.partition.forEachExample(of: memory.batch, count: batchSize, seed: memory.seed, body)
  }
}

extension FixedData.Images {
  func batches(of size: Int, in material: FixedMaterial, centersData: Bool = false) -> FixedImageBatches {
    FixedImageBatches(images: material.images(self), batchSize: size, centersData: centersData)
  }
}
