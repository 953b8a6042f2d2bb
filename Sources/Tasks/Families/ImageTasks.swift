internal import Graph
internal import Numerics

/// What the tasks on images share: which configurations the images admit, and the filling of a batch.
extension TaskSet.ImageDataSet {
  /// This configuration's batches where there are images that can make them.
  func batches(of source: TaskSetImageSource, centersData: Bool) -> TaskSetImageBatches? {
    guard let images = source.images(for: name), images.admits(augmentation) else { return nil }
    return TaskSetImageBatches(images, self, centersData: centersData)
  }

  /// The same of a configuration that has some.
  func admittedBatches(of source: TaskSetImageSource, centersData: Bool) -> TaskSetImageBatches {
    guard let batches = batches(of: source, centersData: centersData) else {
      preconditionFailure("no images that can take the place of \(name.rawValue)")
    }
    return batches
  }
}

extension TaskSetImageBatches {
  /// The rows and columns of an image after cropping.
  var rows: Int { images.rows - crop }
  var columns: Int { images.columns - crop }
  var batchSize: Int { configuration.batchSize }

  /// Declares the inputs "features" (batch x width) and "labels", which `fill` writes.
  func inputs(in blueprint: Blueprint) -> (features: Term, labels: Term) {
    (
      blueprint.recording.input("features", [batchSize, width]), blueprint.recording.indices("labels", [batchSize])
    )
  }

  func fill(_ memory: BatchMemory) {
    fill(
      features: memory.floats("features").baseAddress!, labels: memory.indices("labels"), memory.batch,
      seed: memory.seed)
  }
}

extension TaskSetFamily {
  /// The name of this family on a stand-in for its data.
  func name(on dataSet: String) -> String { "\(rawValue)(\(dataSet))" }
}
