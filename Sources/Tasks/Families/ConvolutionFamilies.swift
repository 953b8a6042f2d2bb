internal import Graph
internal import Numerics

/// TaskSet's conv_fc_family and conv_pooling_family: 3 x 3 convolutions, then a perceptron or pooling, on images (spec §4.4).
extension SampledFamily<TaskSet.ConvolutionsThenMLP> {
  /// nil where no configuration fits.
  /// - Parameter images: a configuration whose strides and paddings leave no position of them is left out.
  package init?(convolutionsThenMLPOn images: TaskSetImageSource, limits: SamplingLimits = SamplingLimits()) {
    let configurations = limits.drawn { seed -> TaskSet.ConvolutionsThenMLP? in
      guard case .convolutionsThenMLP(let configuration) = TaskSetFamily.convolutionsThenMLP.draw(seed: seed),
        let batches = configuration.dataSet.batches(of: images, centersData: configuration.centersData),
        let windows = configuration.convolutions.windows(of: batches)
      else { return nil }
      var cost = configuration.convolutions.cost(windows, batches.batchSize, hasBias: configuration.usesBias)
      let features = configuration.convolutions.featureCount(windows)
      cost.addLayers([features] + configuration.widths + [batches.images.dataSet.classCount], times: batches.batchSize)
      return limits.admits(cost) ? configuration : nil
    }
    self.init(
      name: TaskSetFamily.convolutionsThenMLP.name(on: images.name), configurations: configurations
    ) { configuration, seed in
      let convolutions = configuration.convolutions
      let batches = configuration.dataSet.admittedBatches(of: images, centersData: configuration.centersData)
      return batches.classifier(seed: seed) { x, blueprint in
        let features = convolutions.features(of: x, batches, hasBias: configuration.usesBias, in: blueprint)
        return blueprint.perceptron(
          features.reshaped([batches.batchSize, features.count / batches.batchSize]), hidden: configuration.widths,
          outputs: batches.images.dataSet.classCount, "layer", convolutions.activation, convolutions.initializer)
      }
    }
  }
}

extension SampledFamily<TaskSet.ConvolutionsThenPooling> {
  /// nil where no configuration fits.
  /// - Parameter images: as for conv_fc_family.
  package init?(convolutionsThenPoolingOn images: TaskSetImageSource, limits: SamplingLimits = SamplingLimits()) {
    let configurations = limits.drawn { seed -> TaskSet.ConvolutionsThenPooling? in
      guard case .convolutionsThenPooling(let configuration) = TaskSetFamily.convolutionsThenPooling.draw(seed: seed),
        let batches = configuration.dataSet.batches(of: images, centersData: configuration.centersData),
        let windows = configuration.convolutions.windows(of: batches), let last = configuration.convolutions.layers.last
      else { return nil }
      var cost = configuration.convolutions.cost(windows, batches.batchSize, hasBias: configuration.usesBias)
      cost.addMatrix(last.channels, batches.images.dataSet.classCount, times: batches.batchSize)
      return limits.admits(cost) ? configuration : nil
    }
    self.init(
      name: TaskSetFamily.convolutionsThenPooling.name(on: images.name), configurations: configurations
    ) { configuration, seed in
      let convolutions = configuration.convolutions
      let batches = configuration.dataSet.admittedBatches(of: images, centersData: configuration.centersData)
      return batches.classifier(seed: seed) { x, blueprint in
        let features = convolutions.features(of: x, batches, hasBias: configuration.usesBias, in: blueprint)
        let (count, channels) = (features.shape[0], features.shape[3])
        let positions = features.reshaped([count, features.count / (count * channels), channels])
        let pooled =
          switch configuration.pooling {
          case .mean: positions.mean(axis: 1)
          case .max: positions.largest(axis: 1)
          case .squaredMean: positions.squared.mean(axis: 1)
          }
        return blueprint.linear(pooled, batches.images.dataSet.classCount, "output", convolutions.initializer)
      }
    }
  }
}

extension TaskSetImageBatches {
  /// The mean softmax cross-entropy of the logits of the images.
  fileprivate func classifier(seed: UInt64, logits: (Term, Blueprint) -> Term) -> any Task {
    let chance = Double(Elementary.log(Float(images.dataSet.classCount)))
    return PlannedTask(seed: seed, scale: .init(best: 0, guess: chance), fill: { fill($0) }) { blueprint in
      let (features, labels) = inputs(in: blueprint)
      return logits(features, blueprint).softmaxCrossEntropy(labels)
    }
  }
}

extension TaskSet.Convolutions {
  /// What each layer sees; nil where a layer has no position left.
  fileprivate func windows(of batches: TaskSetImageBatches) -> [Windows]? {
    var (rows, columns, channels) = (batches.rows, batches.columns, batches.images.channels)
    var result: [Windows] = []
    for layer in layers {
      let padding: Windows.Padding = layer.padding == .same ? .same : .valid
      guard
        let windows = Windows(
          rows: rows, columns: columns, channels: channels, size: 3, stride: layer.stride, padding: padding)
      else { return nil }
      result.append(windows)
      (rows, columns, channels) = (windows.outputRows, windows.outputColumns, layer.channels)
    }
    return result
  }

  /// The numbers that the last layer makes of an image.
  fileprivate func featureCount(_ windows: [Windows]) -> Int {
    windows[windows.count - 1].positionCount * layers[layers.count - 1].channels
  }

  fileprivate func cost(_ windows: [Windows], _ batchSize: Int, hasBias: Bool) -> Cost {
    var cost = Cost()
    for (layer, windows) in zip(layers, windows) {
      cost.addMatrix(
        windows.patchCount, layer.channels, hasBias: hasBias, times: batchSize * windows.positionCount)
    }
    return cost
  }

  /// [batch, rows, columns, channels] behind the last activation. A kernel's fans count all of its places, as in TensorFlow.
  fileprivate func features(
    of x: Term, _ batches: TaskSetImageBatches, hasBias: Bool, in blueprint: Blueprint
  ) -> Term {
    guard let windows = windows(of: batches) else {
      preconditionFailure("the convolutions leave no position of \(batches.rows) x \(batches.columns) pixels")
    }
    var h = x.reshaped([batches.batchSize, batches.rows, batches.columns, batches.images.channels])
    for (index, (layer, windows)) in zip(layers, windows).enumerated() {
      let weights = blueprint.parameter(
        "convolution.\(index).weights", [windows.patchCount, layer.channels],
        .kernel(initializer, places: 9, channelsIn: windows.channels, channelsOut: layer.channels))
      let bias =
        hasBias ? blueprint.parameter("convolution.\(index).bias", [layer.channels], .constant(0)) : nil
      h = h.convolved(windows, weights, bias: bias).mapped(activation.function)
    }
    return h
  }
}
