package import Numerics

/// RMSProp: v <- decay v + (1 - decay) g^2; w <- w - lr g / sqrt(v + epsilon). v starts at 0.
package struct RMSProp: HandDesignedOptimizer, Hashable {
  package var learningRate: LearningRate
  package var decay: Double
  package var epsilon: Double

  package init(learningRate: LearningRate, decay: Double = 0.9, epsilon: Double = 1e-8) {
    precondition((0..<1).contains(decay), "the second moment's decay \(decay) is outside 0 ..< 1")
    precondition(epsilon > 0, "epsilon \(epsilon) is not positive")
    self.learningRate = learningRate
    self.decay = decay
    self.epsilon = epsilon
  }

  package func optimizer(for parameters: Layout) -> any Optimizer { Rule(rmsProp: self, parameters: parameters) }

  private struct Rule: Optimizer {
    let rmsProp: RMSProp
    let parameters: Layout

    func initialState() -> Tensors { Tensors(zeros: Layout(accumulators: ["second_moment"], of: parameters)) }

    func update(
      _ parameters: inout Tensors, _ state: inout Tensors, seeing observation: Observation, in workspace: Workspace
    ) {
      let rate = Vector(repeating: rmsProp.learningRate.at(observation.step))
      let decay = Vector(repeating: Float(rmsProp.decay))
      let rest = Vector(repeating: Float(1 - rmsProp.decay))
      let epsilon = Vector(repeating: Float(rmsProp.epsilon))
      withPointers(&parameters, &state, observation.gradient) { w, v, g, count in
        Lanes.forEach(count) { i, lanes in
          let gradient = lanes.load(g + i)
          let second = fma(decay, lanes.load(v + i), rest * (gradient * gradient))
          lanes.store(second, to: v + i)
          lanes.store(lanes.load(w + i) - rate * gradient / (second + epsilon).root, to: w + i)
        }
      }
    }
  }
}
