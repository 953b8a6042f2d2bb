internal import Graph
internal import Numerics

/// 3 x 3 convolutions of images, as the fixed tasks have them: zeros around the image, and an activation behind each.
struct FixedConvolutions: Hashable, Sendable {
  let channels: [Int]
  /// In both directions, one a layer.
  let strides: [Int]
  let activation: TaskSet.Activation
  let rule: WeightRule
  /// By the batch's own moments, before the activation, with an offset a channel.
  let hasBatchNorm: Bool

  /// What each layer sees of images of that shape.
  func windows(_ shape: [Int]) -> [Windows] {
    var (rows, columns, depth) = (shape[1], shape[2], shape[3])
    return zip(channels, strides).map { channels, stride in
      guard
        let windows = Windows(
          rows: rows, columns: columns, channels: depth, size: 3, stride: stride, padding: .same)
      else { preconditionFailure("no position of \(rows) x \(columns) pixels") }
      (rows, columns, depth) = (windows.outputRows, windows.outputColumns, channels)
      return windows
    }
  }

  /// [batch, rows, columns, channels] behind the last activation.
  func features(of x: Term, in blueprint: Blueprint) -> Term {
    var h = x
    for (index, windows) in windows(x.shape).enumerated() {
      let name = "convolution.\(index)"
      let channels = channels[index]
      let weights = blueprint.parameter(
        name + ".weights", [windows.patchCount, channels],
        rule.kernel(places: 9, channelsIn: windows.channels, channelsOut: channels))
      let bias = blueprint.parameter(name + ".bias", [channels], .constant(0))
      h = h.convolved(windows, weights, bias: bias)
      if hasBatchNorm {
        let offset = blueprint.parameter("norm.\(index).offset", [channels], .constant(0))
        let one = blueprint.recording.constant([Float](repeating: 1, count: channels), [channels])
        let (mean, variance) = h.channelMoments()
        h = h.batchNormalized(mean: mean, variance: variance, scale: one, offset: offset, epsilon: 1e-3)
      }
      h = h.mapped(activation.function)
    }
    return h
  }
}

/// Transposed 3 x 3 convolutions that double rows and columns each, with an activation behind each.
struct FixedDeconvolutions: Hashable, Sendable {
  let channels: [Int]
  let activation: TaskSet.Activation

  /// [batch, rows, columns, channels], from [batch, rows / 2^n, columns / 2^n, any].
  func images(of x: Term, in blueprint: Blueprint) -> Term {
    var h = x
    for (index, channels) in channels.enumerated() {
      guard
        let windows = Windows(
          rows: 2 * h.shape[1], columns: 2 * h.shape[2], channels: channels, size: 3, stride: 2, padding: .same)
      else { preconditionFailure("no position of \(h.shape)") }
      let name = "deconvolution.\(index)"
      let weights = blueprint.parameter(
        name + ".weights", [h.shape[3], windows.patchCount],
        WeightRule.sonnet.kernel(places: 9, channelsIn: h.shape[3], channelsOut: channels))
      let bias = blueprint.parameter(name + ".bias", [channels], .constant(0))
      h = (h.transposedConvolved(windows, weights) + bias).mapped(activation.function)
    }
    return h
  }
}
