internal import Numerics
internal import Synchronization

/// What an update needs to know of the parameters' layout, whatever theta is.
struct HierarchicalPlan: Sendable {
  let parameters: Layout
  let state: HierarchicalState
  let tensorFeatures: [LSTMFeatures]
  /// log(tensors) - 1
  let logTensors: Float
  /// log(elements) of each tensor
  let logCounts: [Float]

  init(_ c: HierarchicalConfiguration, _ parameters: Layout) {
    self.parameters = parameters
    state = HierarchicalState(c, parameters)
    tensorFeatures = parameters.slots.map { LSTMFeatures(shape: $0.shape) }
    logTensors = Elementary.log(Float(parameters.slots.count)) - 1
    logCounts = parameters.slots.map { Elementary.log(Float($0.count)) }
  }
}

/// The plans made last. Each unroll makes an optimizer of a theta of its own, but for few layouts, and a plan's names take
/// longer to make than the rest. A plan is a function of its layout, so that remembering it changes no bit.
final class HierarchicalPlans: Sendable {
  private static let capacity = 16
  private let configuration: HierarchicalConfiguration
  private let plans = Mutex<[HierarchicalPlan]>([])

  init(_ configuration: HierarchicalConfiguration) { self.configuration = configuration }

  /// The plan for parameters of that layout.
  func plan(for parameters: Layout) -> HierarchicalPlan {
    if let plan = plans.withLock({ $0.first { $0.parameters == parameters } }) { return plan }
    let plan = HierarchicalPlan(configuration, parameters)
    plans.withLock { plans in
      if plans.count == Self.capacity { plans.removeFirst() }
      plans.append(plan)
    }
    return plan
  }
}
