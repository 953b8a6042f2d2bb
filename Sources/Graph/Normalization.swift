/// Layer and batch normalization, written with the operations that there are.
extension Term {
  /// Each row brought to mean 0 and variance 1 over the last axis: (x - mean) / sqrt(variance + epsilon), the variance being
  /// the mean squared deviation; then times `scale` plus `offset`, which have one number for each place of a row.
  package func layerNormalized(scale: Term, offset: Term, epsilon: Float = 1e-5) -> Term {
    let axis = shape.count - 1
    precondition(
      axis >= 0 && scale.shape == [shape[axis]] && offset.shape == [shape[axis]],
      "layer normalization of \(shape) with a scale of \(scale.shape) and an offset of \(offset.shape)")
    let deviation = self - mean(axis: axis).repeated(shape[axis], axis: axis)
    let variance = deviation.squared.mean(axis: axis)
    let spread = (variance + epsilon).squareRoot.repeated(shape[axis], axis: axis)
    return deviation / spread * scale + offset
  }

  /// Mean and variance (mean squared deviation) of each channel, the last axis, over all other axes: what a batch normalization
  /// uses in training.
  package func channelMoments() -> (mean: Term, variance: Term) {
    let rows = asRowsOfChannels
    let mean = rows.mean(axis: 0)
    return (mean, (rows - mean).squared.mean(axis: 0))
  }

  /// (x - mean) / sqrt(variance + epsilon) · scale + offset with one number of each for a channel, the last axis. A batch
  /// normalization has the batch's own `channelMoments` in training, running ones afterwards.
  package func batchNormalized(
    mean: Term, variance: Term, scale: Term, offset: Term, epsilon: Float = 1e-5
  ) -> Term {
    let channels = [shape[shape.count - 1]]
    precondition(
      [mean, variance, scale, offset].allSatisfy { $0.shape == channels },
      "batch normalization of \(shape) with \([mean, variance, scale, offset].map(\.shape))")
    let factor = scale / (variance + epsilon).squareRoot
    return ((asRowsOfChannels - mean) * factor + offset).reshaped(shape)
  }

  private var asRowsOfChannels: Term {
    let channels = shape[shape.count - 1]
    return reshaped([count / channels, channels])
  }
}
