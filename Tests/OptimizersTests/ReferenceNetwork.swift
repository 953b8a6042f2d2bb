import Foundation
import Numerics

/// The plain formulas in double precision that the fused kernels are tested against: no folding, no lanes.
enum Reference {
  /// x W + b, with W as theta has it.
  static func linear(_ x: [Double], _ theta: Tensors, _ w: String, _ b: String) -> [Double] {
    let weights = theta[w].map(Double.init)
    var y = theta[b].map(Double.init)
    let outputs = y.count
    for i in x.indices {
      for o in 0..<outputs { y[o] += x[i] * weights[i * outputs + o] }
    }
    return y
  }

  /// The network of two hidden layers with ReLU.
  static func network(_ x: [Double], _ theta: Tensors) -> [Double] {
    let first = linear(x, theta, "network/0/w", "network/0/b").map { max(0, $0) }
    let second = linear(first, theta, "network/1/w", "network/1/b").map { max(0, $0) }
    return linear(second, theta, "network/2/w", "network/2/b")
  }

  static let timescales: [Double] = [1, 3, 10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000]

  static func mean(_ x: [Double]) -> Double { x.reduce(0, +) / Double(x.count) }

  static func meanSquare(_ x: [Double]) -> Double { mean(x.map { $0 * $0 }) }

  /// Each column (one array a column) normalised by its second moment.
  static func normalised(_ columns: [[Double]], epsilon: Double = 1e-5, then: (Double) -> Double = { $0 }) -> [[Double]]
  {
    columns.map { column in
      let scale = 1 / (epsilon + meanSquare(column)).squareRoot()
      return column.map { then($0 * scale) }
    }
  }

  /// clip(log(1e-8 + |x|), -5, 5)
  static func cutLog(_ x: Double) -> Double { min(5, max(-5, log(1e-8 + abs(x)))) }

  static func sign(_ x: Double) -> Double { x > 0 ? 1 : x < 0 ? -1 : 0 }

  static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
}

/// MLPLOpt as spec §1.2 writes it.
struct ReferenceMLP {
  let theta: Tensors
  /// As floats: 1 - 0.9999 differs by 2e-4 of itself from what the decimal number gives.
  let decays = [0.1, 0.5, 0.9, 0.99, 0.999, 0.9999].map { Double(Float($0)) }
  var stepMultiplier = 0.001
  var momenta: [[[Double]]] = []

  init(theta: Tensors, layout: Layout) {
    self.theta = theta
    momenta = layout.slots.map { slot in decays.map { _ in [Double](repeating: 0, count: slot.count) } }
  }

  mutating func update(_ w: inout [[Double]], gradient: [[Double]], step: Int) {
    let times = Reference.timescales.map { tanh(Double(step) / $0 - 1) }
    for t in w.indices {
      for (j, b) in decays.enumerated() {
        momenta[t][j] = zip(momenta[t][j], gradient[t]).map { b * $0 + (1 - b) * $1 }
      }
      let columns = Reference.normalised([gradient[t], w[t]] + momenta[t])
      for i in w[t].indices {
        let out = Reference.network(columns.map { $0[i] } + times, theta)
        w[t][i] -= stepMultiplier * out[0] * exp(0.001 * out[1])
      }
    }
  }
}
