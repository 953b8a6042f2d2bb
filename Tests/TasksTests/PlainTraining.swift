import Numerics
import Tasks

/// Adam without bias correction, for tests of tasks: what is trained does not matter, that it can be is the point.
struct PlainAdam {
  let rate: Float
  private var m: [Float]
  private var q: [Float]

  init(_ task: any Tasks.Task, rate: Float) {
    self.rate = rate
    m = [Float](repeating: 0, count: task.parameters.count)
    q = m
  }

  mutating func step(_ w: inout Tensors, _ gradient: Tensors) {
    for i in w.values.indices {
      let g = gradient.values[i]
      m[i] = 0.9 * m[i] + 0.1 * g
      q[i] = 0.99 * q[i] + 0.01 * g * g
      w.values[i] -= rate * m[i] / (q[i].squareRoot() + 1e-8)
    }
  }

  /// Trains on batches 0 ..< steps with bias correction and Adam's usual decays.
  static func trainCorrected(
    _ task: any Tasks.Task, _ w: inout Tensors, steps: Int, rate: Float, _ workspace: Workspace
  ) {
    var gradient = Tensors(zeros: task.parameters)
    var (m, q) = ([Float](repeating: 0, count: w.values.count), [Float](repeating: 0, count: w.values.count))
    for step in 0..<steps {
      _ = task.loss(w, on: Batch(.train, step), gradient: &gradient, in: workspace)
      let (c, d) = (1 / Float(1 - power(0.9, step + 1)), 1 / Float(1 - power(0.999, step + 1)))
      for i in w.values.indices {
        let g = gradient.values[i]
        m[i] = 0.9 * m[i] + 0.1 * g
        q[i] = 0.999 * q[i] + 0.001 * g * g
        w.values[i] -= rate * (c * m[i]) / ((d * q[i]).squareRoot() + 1e-8)
      }
    }
  }

  /// Trains on batches 0 ..< steps.
  static func train(
    _ task: any Tasks.Task, _ w: inout Tensors, steps: Int, rate: Float = 0.003, _ workspace: Workspace
  ) {
    var adam = PlainAdam(task, rate: rate)
    var gradient = Tensors(zeros: task.parameters)
    for step in 0..<steps {
      _ = task.loss(w, on: Batch(.train, step), gradient: &gradient, in: workspace)
      adam.step(&w, gradient)
    }
  }
}

/// How far a gradient is from the slope of the loss along it, as a share: the best of several lengths, short enough for the
/// curvature and the kinks, long enough for the rounding. Each length changes the loss by such a part of it. Nil where loss
/// or gradient are not finite, or there is no slope.
func slopeError(
  of task: any Tasks.Task, at: Tensors, on batch: Batch, parts: [Double], _ workspace: Workspace
) -> Double? {
  var gradient = Tensors(zeros: task.parameters)
  let loss = Double(task.loss(at, on: batch, gradient: &gradient, in: workspace))
  let norm = gradient.values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
  guard loss.isFinite, norm.isFinite, norm > 0 else { return nil }
  return parts.map { part -> Double in
    let step = Float(part * max(abs(loss), 1e-3) / (norm * norm))
    var (low, high) = (at, at)
    for i in at.values.indices {
      low.values[i] -= step * gradient.values[i]
      high.values[i] += step * gradient.values[i]
    }
    let moved = (0..<at.values.count).reduce(0.0) {
      $0 + Double(gradient.values[$1]) * Double(high.values[$1] - low.values[$1])
    }
    let rise = Double(task.loss(high, on: batch, in: workspace)) - Double(task.loss(low, on: batch, in: workspace))
    return abs(rise / moved - 1)
  }.min()
}
