internal import Numerics

/// What the hand-designed optimizers share: states that are one or more tensors like the parameters.
extension Layout {
  /// For each kind in turn, a tensor `kind/name` like each of the parameters: so each kind lies as the parameters lie.
  init(accumulators kinds: [String], of parameters: Layout) {
    self.init(kinds.flatMap { kind in parameters.slots.map { (name: "\(kind)/\($0.name)", shape: $0.shape) } })
  }
}

/// Calls `body` with the parameters, the state, the gradient and the number of parameters, if there are any.
@inline(__always)
func withPointers(
  _ parameters: inout Tensors, _ state: inout Tensors, _ gradient: Tensors,
  _ body: (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>, UnsafePointer<Float>, Int) -> Void
) {
  let count = parameters.values.count
  precondition(gradient.values.count == count, "\(gradient.values.count) gradients for \(count) parameters")
  parameters.values.withUnsafeMutableBufferPointer { w in
    state.values.withUnsafeMutableBufferPointer { s in
      gradient.values.withUnsafeBufferPointer { g in
        guard let w = w.baseAddress, let s = s.baseAddress, let g = g.baseAddress else { return }
        body(w, s, g, count)
      }
    }
  }
}
