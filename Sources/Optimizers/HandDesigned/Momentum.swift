package import Numerics

/// Gradient descent with momentum (heavy ball): m <- g + decay m; w <- w - lr m.
package struct Momentum: HandDesignedOptimizer, Hashable {
  package var learningRate: LearningRate
  package var decay: Double

  package init(learningRate: LearningRate, decay: Double = 0.9) {
    precondition((0..<1).contains(decay), "the momentum's decay \(decay) is outside 0 ..< 1")
    self.learningRate = learningRate
    self.decay = decay
  }

  package func optimizer(for parameters: Layout) -> any Optimizer { Rule(momentum: self, parameters: parameters) }

  private struct Rule: Optimizer {
    let momentum: Momentum
    let parameters: Layout

    func initialState() -> Tensors { Tensors(zeros: Layout(accumulators: ["momentum"], of: parameters)) }

    func update(
      _ parameters: inout Tensors, _ state: inout Tensors, seeing observation: Observation, in workspace: Workspace
    ) {
      let rate = Vector(repeating: momentum.learningRate.at(observation.step))
      let decay = Vector(repeating: Float(momentum.decay))
      withPointers(&parameters, &state, observation.gradient) { w, m, g, count in
        Lanes.forEach(count) { i, lanes in
          let moved = fma(decay, lanes.load(m + i), lanes.load(g + i))
          lanes.store(moved, to: m + i)
          lanes.store(lanes.load(w + i) - rate * moved, to: w + i)
        }
      }
    }
  }
}
