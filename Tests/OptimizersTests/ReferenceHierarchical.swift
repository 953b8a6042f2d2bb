import Foundation
import Numerics
import Optimizers

/// The hierarchical optimizer as spec §1.1 writes it, in double precision, with every intermediate in sight.
struct ReferenceHierarchical {
  struct Loss {
    var mean = 0.0
    var variance = 0.0
    var updates = 0
    let decay: Double

    mutating func take(_ loss: Double) {
      mean = decay * mean + (1 - decay) * loss
      variance = decay * variance + (1 - decay) * (mean - loss) * (mean - loss)
      updates += 1
    }
    var c: Double { 1 / (1 - pow(decay, Double(updates)) + 1e-8) }
    var correctedMean: Double { updates == 0 ? 0 : mean * c }
    func weight(_ loss: Double) -> Double {
      min(5, max(-5, (loss - mean * c) / (variance * c + 1e-8).squareRoot()))
    }
  }

  let configuration: HierarchicalConfiguration
  let theta: Tensors
  let layout: Layout
  let decays: [Double]
  var m: [[[Double]]]
  var q: [[[Double]]]
  var hidden: [[Double]]
  var cell: [[Double]]
  var fromMLP: [[Double]]
  var fromLSTM: [Double]
  var training: Loss
  var validation: Loss
  var clipCount = 1.0
  var clipSize = 0.01
  var past: [[[Double]]] = []

  // What the last update computed on the way, a tensor each.
  var lstmInputs: [[Double]] = []
  var networkInputs: [[[Double]]] = []
  var networkOutputs: [[[Double]]] = []

  init(_ configuration: HierarchicalConfiguration, theta: Tensors, layout: Layout) {
    self.configuration = configuration
    self.theta = theta
    self.layout = layout
    decays = configuration.decays.map(Double.init)
    let zeros = layout.slots.map { slot in configuration.decays.map { _ in [Double](repeating: 0, count: slot.count) } }
    (m, q) = (zeros, zeros)
    hidden = layout.slots.map { _ in theta["initial/lstm_hidden"].map(Double.init) }
    cell = layout.slots.map { _ in theta["initial/lstm_cell"].map(Double.init) }
    fromMLP = layout.slots.map { _ in theta["initial/from_mlp"].map(Double.init) }
    fromLSTM = theta["initial/from_lstm"].map(Double.init)
    let swapped = configuration.lossDecays == .fasterOnValidation
    training = Loss(decay: swapped ? 0.95 : 0.9)
    validation = Loss(decay: swapped ? 0.9 : 0.95)
  }

  mutating func update(_ w: inout [[Double]], gradient: [[Double]], loss: Double, step: Int) {
    training.take(loss)
    let bound = clipSize / (1 - pow(0.99, clipCount)) * 10
    let g = gradient.map { $0.map { min(bound, max(-bound, $0)) } }
    let average = Reference.mean(g.map(Reference.meanSquare))
    clipSize = 0.99 * clipSize + 0.01 * (1e-8 + average).squareRoot()
    clipCount += 1
    past.append(w)

    lstmInputs = w.indices.map { t in
      for (j, b) in decays.enumerated() {
        m[t][j] = zip(m[t][j], g[t]).map { b * $0 + (1 - b) * $1 }
        q[t][j] = zip(q[t][j], g[t]).map { b * $0 + (1 - b) * $1 * $1 }
      }
      return fromLSTM + fromMLP[t] + ownFeatures(t, w[t], g[t], loss)
    }
    let messages = w.indices.map { advance($0, lstmInputs[$0]) }
    let toTensors = hidden.map { Reference.linear($0, theta, "to_tensors/w", "to_tensors/b") }
    fromLSTM = toTensors[0].indices.map { i in Reference.mean(toTensors.map { $0[i] }) }
    networkInputs = []
    networkOutputs = []
    for t in w.indices { move(t, &w[t], g[t], messages[t], step) }
  }

  private func ownFeatures(_ t: Int, _ w: [Double], _ g: [Double], _ loss: Double) -> [Double] {
    func statistics(_ x: [Double]) -> (Double, Double) {
      let mean = Reference.mean(x)
      return (mean, Reference.mean(x.map { ($0 - mean) * ($0 - mean) }))
    }
    func norm(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    let (meanM, varM) = statistics(m[t].flatMap { $0 })
    let (meanQ, varQ) = statistics(q[t].flatMap { $0 })
    let (meanW, varW) = statistics(w)
    let shape = layout.slots[t].shape
    let lengths = Array(shape.prefix(3)) + (shape.count > 3 ? [shape.dropFirst(3).reduce(1, *)] : [])
    let padded = lengths + [Int](repeating: 1, count: 4 - lengths.count)
    let cut = Reference.cutLog
    let first = [
      cut(norm(g)), shape.isEmpty ? 1 : -1, cut(meanM), Reference.sign(meanM), cut(meanQ), Reference.sign(meanQ),
    ]
    let second = [cut(meanW), Reference.sign(meanW), cut(norm(w))] + padded.map { log(Double($0)) - 1 }
    let last = [training.weight(loss), training.weight(validation.correctedMean), cut(varM), cut(varQ), cut(varW)]
    return first + second + last
  }

  private mutating func advance(_ t: Int, _ x: [Double]) -> [Double] {
    let z = Reference.linear(x + hidden[t], theta, "lstm/w", "lstm/b")
    let n = hidden[t].count
    for u in 0..<n {
      cell[t][u] =
        Reference.sigmoid(z[2 * n + u] + 1) * cell[t][u] + Reference.sigmoid(z[u]) * tanh(z[n + u])
      hidden[t][u] = Reference.sigmoid(z[3 * n + u]) * tanh(cell[t][u])
    }
    return Reference.linear(hidden[t], theta, "to_network/w", "to_network/b")
  }

  private mutating func move(_ t: Int, _ w: inout [Double], _ g: [Double], _ message: [Double], _ step: Int) {
    let roots = q[t].map { $0.map { 1 / ($0 + 1e-6).squareRoot() } }
    let scaled = zip(m[t], roots).map { zip($0, $1).map { $0 * $1 } }
    var columns = [g, w, w.map { log(abs($0) + 1e-8) }] + m[t] + q[t] + scaled + roots
    if case .lag(let lag) = configuration.olderParameters { columns.append(past[max(0, step - lag)][t]) }
    switch configuration.normalizer {
    case .plain: columns = Reference.normalised(columns)
    case .halvedAndClipped:
      columns = Reference.normalised(columns, epsilon: 1e-8) { min(1, max(-1, 0.5 * $0)) }
    }
    let times = Reference.timescales.map { scale in
      configuration.stepEmbedding == .slow ? sin(Double(step) / (scale * .pi)) : sin(Double(step) * scale / .pi)
    }
    let norm = w.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let constants =
      times + [log(Double(layout.slots.count)) - 1, log(norm + 1e-8), log(Double(w.count))] + message
    networkInputs.append(w.indices.map { i in columns.map { $0[i] } + constants })
    let outputs = networkInputs[t].map { Reference.network($0, theta) }
    networkOutputs.append(outputs)
    for i in w.indices {
      w[i] -=
        Double(configuration.stepMultiplier) * outputs[i][0] * exp(Double(configuration.magnitudeRate) * outputs[i][1])
    }
    fromMLP[t] = fromMLP[t].indices.map { k in Reference.mean(outputs.map { $0[2 + k] }) }
  }
}
