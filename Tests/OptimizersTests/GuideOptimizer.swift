import Numerics
import Optimizers

/// Momentum whose rate and decay are learned: with theta = (r, d), m <- s(d) m + (1 - s(d)) g; w <- w - e^r m, s(d) = 1 / (1 + e^-d).
struct LearnedMomentum: LearnedOptimizer {
  let thetaLayout = Layout([("log_rate", []), ("decay", [])])

  func initialTheta(_ randomness: Randomness) -> Tensors { Tensors(thetaLayout, values: [-4, 2]) }

  func optimizer(theta: Tensors, for parameters: Layout) -> any Optimizer {
    Rule(rate: Elementary.exp(theta.values[0]), decay: Elementary.sigmoid(theta.values[1]), layout: parameters)
  }

  private struct Rule: Optimizer {
    let rate: Float
    let decay: Float
    let layout: Layout

    /// All that the rule remembers: a tensor of momenta for each of the parameters.
    func initialState() -> Tensors {
      Tensors(zeros: Layout(layout.slots.map { (name: "momentum/\($0.name)", shape: $0.shape) }))
    }

    func update(
      _ parameters: inout Tensors, _ state: inout Tensors, seeing observation: Observation, in workspace: Workspace
    ) {
      let (rates, decays) = (Vector(repeating: rate), Vector(repeating: decay))
      let rests = Vector(repeating: 1 - decay)
      parameters.values.withUnsafeMutableBufferPointer { w in
        state.values.withUnsafeMutableBufferPointer { m in
          observation.gradient.values.withUnsafeBufferPointer { g in
            guard let w = w.baseAddress, let m = m.baseAddress, let g = g.baseAddress else { return }
            // Eight elements at a time; the last vector may be shorter.
            Lanes.forEach(layout.count) { i, lanes in
              let momentum = fma(decays, lanes.load(m + i), rests * lanes.load(g + i))
              lanes.store(momentum, to: m + i)
              lanes.store(lanes.load(w + i) - rates * momentum, to: w + i)
            }
          }
        }
      }
    }
  }
}
