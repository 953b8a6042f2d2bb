internal import Numerics

/// TaskSet's mlp_family and quadratic_family within limits.
extension SampledFamily<TaskSet.MLP> {
  /// nil where no configuration fits.
  package init?(perceptronsOn images: TaskSetImageSource, limits: SamplingLimits = SamplingLimits()) {
    let configurations = limits.drawn { seed -> TaskSet.MLP? in
      guard case .mlp(let configuration) = TaskSetFamily.mlp.draw(seed: seed),
        let batches = configuration.dataSet.batches(of: images, centersData: configuration.centersData)
      else { return nil }
      var cost = Cost()
      let classCount = batches.images.dataSet.classCount
      cost.addLayers([batches.width] + configuration.widths + [classCount], times: batches.batchSize)
      return limits.admits(cost) ? configuration : nil
    }
    self.init(
      name: TaskSetFamily.mlp.name(on: images.name), configurations: configurations
    ) { configuration, seed in
      let batches = configuration.dataSet.admittedBatches(of: images, centersData: configuration.centersData)
      return TaskSetMLPTask(configuration, on: batches.images, seed: seed)
    }
  }
}

extension SampledFamily<TaskSet.Quadratic> {
  /// nil where no configuration fits. Noise that has a spectrum costs the cube of the dimension, anything else its square.
  package init?(quadratics limits: SamplingLimits = SamplingLimits()) {
    let configurations = limits.drawn { seed -> TaskSet.Quadratic? in
      guard case .quadratic(let configuration) = TaskSetFamily.quadratic.draw(seed: seed) else { return nil }
      let n = configuration.dimension
      var cost = Cost()
      cost.addTable(1, n)
      let noiseHasSpectrum =
        switch configuration.matrixNoise {
        case .linearSpectrum, .logarithmicSpectrum: true
        case .normal, .uniform, nil: false
        }
      cost.addWork(noiseHasSpectrum ? n * n * n : n * n)
      return limits.admits(cost) ? configuration : nil
    }
    self.init(name: TaskSetFamily.quadratic.rawValue, configurations: configurations) { configuration, seed in
      TaskSetQuadraticTask(configuration, seed: seed)
    }
  }
}
