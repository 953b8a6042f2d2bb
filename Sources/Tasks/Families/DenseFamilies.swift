internal import Numerics

/// TaskSet's mlp_family and quadratic_family within limits.
extension SampledFamily<TaskSet.MLP> {
  /// nil where no configuration fits.
  /// - Parameter images: stand in for all data sets that the configurations name.
  package init?(perceptronsOn images: TaskSetImages, limits: SamplingLimits = SamplingLimits()) {
    let configurations = limits.seeds.compactMap { seed -> TaskSet.MLP? in
      guard case .mlp(let configuration) = TaskSetFamily.mlp.draw(seed: seed),
        let batches = configuration.dataSet.batches(of: images, centersData: configuration.centersData)
      else { return nil }
      var cost = Cost()
      cost.addLayers([batches.width] + configuration.widths + [images.dataSet.classCount], times: batches.batchSize)
      return limits.admits(cost) ? configuration : nil
    }
    self.init(
      name: TaskSetFamily.mlp.name(on: images.dataSet.name), configurations: configurations
    ) { configuration, seed in
      TaskSetMLPTask(configuration, on: images, seed: seed)
    }
  }
}

extension SampledFamily<TaskSet.Quadratic> {
  /// nil where no configuration fits. Noise that has a spectrum costs the cube of the dimension, anything else its square.
  package init?(quadratics limits: SamplingLimits = SamplingLimits()) {
    let configurations = limits.seeds.compactMap { seed -> TaskSet.Quadratic? in
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
