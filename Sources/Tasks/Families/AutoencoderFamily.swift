internal import Graph
internal import Numerics

/// TaskSet's mlp_ae_family: perceptrons that give back the image they see (spec §4.4).
extension SampledFamily<TaskSet.Autoencoder> {
  /// nil where no configuration fits.
  package init?(autoencodersOn images: TaskSetImageSource, limits: SamplingLimits = SamplingLimits()) {
    let configurations = limits.drawn { seed -> TaskSet.Autoencoder? in
      guard case .autoencoder(let configuration) = TaskSetFamily.autoencoder.draw(seed: seed),
        let batches = configuration.dataSet.batches(of: images, centersData: false)
      else { return nil }
      var cost = Cost()
      cost.addLayers([batches.width] + configuration.widths + [batches.width], times: batches.batchSize)
      return limits.admits(cost) ? configuration : nil
    }
    self.init(
      name: TaskSetFamily.autoencoder.name(on: images.name), configurations: configurations
    ) { configuration, seed in
      configuration.task(on: configuration.dataSet.admittedBatches(of: images, centersData: false), seed: seed)
    }
  }
}

extension TaskSet.Autoencoder {
  fileprivate func task(on batches: TaskSetImageBatches, seed: UInt64) -> any Task {
    // The distance of the image from a grey one, all pixels summed, is below the number of pixels.
    return PlannedTask(
      seed: seed, scale: .init(best: 0, guess: reduction == .sum ? Double(batches.width) : 1),
      fill: { batches.fill($0) }
    ) { blueprint in
      let (x, _) = batches.inputs(in: blueprint)
      let code = blueprint.perceptron(
        x, hidden: widths, outputs: batches.width, "layer", activation, initializer)
      let (seen, target) =
        switch output {
        case .tanh: (code.tanh, x.scaled(by: 2, plus: -1))
        case .sigmoid: (code.sigmoid, x)
        case .linearCenter: (code, x.scaled(by: 2, plus: -1))
        case .linear: (code, x)
        }
      let difference = seen - target
      let distances =
        switch distance {
        case .l1: difference.magnitude
        case .l2: difference.squared
        }
      // Over pixels as the reduction says, over the batch the mean.
      return switch reduction {
      case .mean: distances.mean()
      case .sum: distances.sum() * (1 / Float(batches.batchSize))
      }
    }
  }
}
