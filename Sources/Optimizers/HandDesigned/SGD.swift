package import Numerics

/// Gradient descent: w <- w - lr g.
package struct SGD: HandDesignedOptimizer, Hashable {
  package var learningRate: LearningRate

  package init(learningRate: LearningRate) { self.learningRate = learningRate }

  package func optimizer(for parameters: Layout) -> any Optimizer { Rule(sgd: self) }

  private struct Rule: Optimizer {
    let sgd: SGD

    func initialState() -> Tensors { Tensors(zeros: Layout()) }

    func update(
      _ parameters: inout Tensors, _ state: inout Tensors, seeing observation: Observation, in workspace: Workspace
    ) {
      let rate = Vector(repeating: sgd.learningRate.at(observation.step))
      parameters.values.withUnsafeMutableBufferPointer { w in
        observation.gradient.values.withUnsafeBufferPointer { g in
          guard let w = w.baseAddress, let g = g.baseAddress else { return }
          Lanes.forEach(parameters.layout.count) { i, lanes in
            lanes.store(lanes.load(w + i) - rate * lanes.load(g + i), to: w + i)
          }
        }
      }
    }
  }
}
