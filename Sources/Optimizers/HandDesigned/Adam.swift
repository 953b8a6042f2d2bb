package import Numerics

/// Adam: m <- beta1 m + (1 - beta1) g; v <- beta2 v + (1 - beta2) g^2; with t counted from 0 and both divided by
/// 1 - beta^(t+1): w <- w - lr m' / (sqrt(v' + epsilonRoot) + epsilon).
///
/// LO's Adam has an epsilonRoot of 1e-8 (spec §5.1); the outer loop's has none.
/// The hyperparameters are doubles: 1 - beta is rounded to a float once.
package struct Adam: HandDesignedOptimizer, Hashable {
  package var learningRate: LearningRate
  package var beta1: Double
  package var beta2: Double
  package var epsilon: Double
  package var epsilonRoot: Double

  package init(
    learningRate: LearningRate, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    epsilonRoot: Double = 0
  ) {
    precondition((0..<1).contains(beta1) && (0..<1).contains(beta2), "a decay of \(beta1), \(beta2) is outside 0 ..< 1")
    precondition(epsilon >= 0 && epsilonRoot >= 0, "an epsilon of \(epsilon), \(epsilonRoot) is negative")
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.epsilonRoot = epsilonRoot
  }

  package func optimizer(for parameters: Layout) -> any Optimizer { Rule(adam: self, parameters: parameters) }

  private struct Rule: Optimizer {
    let adam: Adam
    let parameters: Layout

    func initialState() -> Tensors {
      Tensors(zeros: Layout(accumulators: ["momentum", "second_moment"], of: parameters))
    }

    func update(
      _ parameters: inout Tensors, _ state: inout Tensors, seeing observation: Observation, in workspace: Workspace
    ) {
      let rate = Vector(repeating: adam.learningRate.at(observation.step))
      let beta1 = Vector(repeating: Float(adam.beta1))
      let beta2 = Vector(repeating: Float(adam.beta2))
      let rest1 = Vector(repeating: Float(1 - adam.beta1))
      let rest2 = Vector(repeating: Float(1 - adam.beta2))
      let correction1 = Vector(repeating: correction(adam.beta1, after: observation.step + 1))
      let correction2 = Vector(repeating: correction(adam.beta2, after: observation.step + 1))
      let epsilon = Vector(repeating: Float(adam.epsilon))
      let epsilonRoot = Vector(repeating: Float(adam.epsilonRoot))
      withPointers(&parameters, &state, observation.gradient) { w, m, g, count in
        let v = m + count
        workspace.share(0..<count, grain: 8192) { elements, _ in
          Lanes.forEach(elements) { i, lanes in
            let gradient = lanes.load(g + i)
            let first = fma(beta1, lanes.load(m + i), rest1 * gradient)
            let second = fma(beta2, lanes.load(v + i), rest2 * (gradient * gradient))
            lanes.store(first, to: m + i)
            lanes.store(second, to: v + i)
            let scale = (second / correction2 + epsilonRoot).root + epsilon
            lanes.store(lanes.load(w + i) - rate * ((first / correction1) / scale), to: w + i)
          }
        }
      }
    }

    /// 1 - beta^steps with the power rounded to a float first, as the library does it: 1e-5 of it for beta = 0.999 and 1 step.
    private func correction(_ beta: Double, after steps: Int) -> Float {
      1 - Float(power(Double(Float(beta)), steps))
    }
  }
}
