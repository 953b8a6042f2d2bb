internal import Graph
internal import Numerics

/// TaskSet's maf_family and nvp_family: normalizing flows that give images a density (spec §4.4).
extension SampledFamily<TaskSet.Flow> {
  /// nil where no configuration fits.
  package init?(maskedAutoregressiveFlowsOn images: TaskSetImageSource, limits: SamplingLimits = SamplingLimits()) {
    self.init(.maskedAutoregressiveFlow, FlowModel.Kind.maskedAutoregressive, on: images, limits)
  }

  /// nil where no configuration fits.
  package init?(realNVPOn images: TaskSetImageSource, limits: SamplingLimits = SamplingLimits()) {
    self.init(.realNVP, FlowModel.Kind.realNVP, on: images, limits)
  }

  private init?(
    _ family: TaskSetFamily, _ kind: FlowModel.Kind, on images: TaskSetImageSource, _ limits: SamplingLimits
  ) {
    let configurations = limits.drawn { seed -> TaskSet.Flow? in
      let configuration: TaskSet.Flow
      switch family.draw(seed: seed) {
      case .maskedAutoregressiveFlow(let drawn), .realNVP(let drawn): configuration = drawn
      default: return nil
      }
      guard let batches = configuration.dataSet.batches(of: images, centersData: false) else { return nil }
      var cost = Cost()
      for _ in 0..<configuration.bijectors {
        cost.addLayers(kind.widths(batches.width, configuration.widths), times: batches.batchSize)
      }
      return limits.admits(cost) ? configuration : nil
    }
    self.init(name: family.name(on: images.name), configurations: configurations) { configuration, seed in
      let batches = configuration.dataSet.admittedBatches(of: images, centersData: false)
      let model = FlowModel(
        kind: kind, activation: configuration.activation, initializer: configuration.initializer,
        widths: configuration.widths, bijectors: configuration.bijectors)
      return model.problem(width: batches.width, fill: { batches.fill($0) }) {
        batches.inputs(in: $0).features
      }.task(seed: seed)
    }
  }
}
