internal import Graph

/// A recurrent cell, unrolled over time as one graph with shared parameters (spec §4.3).
extension TaskSet.RecurrentCore {
  /// The states h_1 ... h_T, batch x width each, of inputs that lie time-major as (T · batch) x features.
  ///
  /// What does not depend on the state is one product for all times. Biases start at 0, as does the state, which may be a
  /// parameter.
  func unrolled(_ x: Term, batch: Int, trainsInitialState: Bool, in blueprint: Blueprint) -> [Term] {
    let cell = RecurrentCell(
      x: x, batch: batch, width: width, trainsInitialState: trainsInitialState, blueprint: blueprint)
    return switch self {
    case .vanilla(let hidden, let input, let activation, _):
      cell.vanilla(.taskSet(hidden), .taskSet(input), activation, stateBias: nil)
    case .gru(_, let m):
      cell.gru(
        .init(
          wh: .taskSet(m.wh), wz: .taskSet(m.wz), wr: .taskSet(m.wr), uh: .taskSet(m.uh), uz: .taskSet(m.uz),
          ur: .taskSet(m.ur)), bias: .constant(0))
    case .lstm(let gates, _): cell.lstm(.taskSet(gates))
    }
  }

  /// The parameters, and the multiply-adds of all products for `batch` sequences.
  func addCost(to cost: inout Cost, features: Int, steps: Int, batch: Int) {
    let gates =
      switch self {
      case .vanilla: 1
      case .gru: 3
      case .lstm: 4
      }
    cost.addMatrix(features + width, gates * width, times: steps * batch)
  }
}

/// One cell at work on the inputs of all times.
struct RecurrentCell {
  /// Time-major, (T · batch) x features.
  let x: Term
  let batch: Int
  let width: Int
  let trainsInitialState: Bool
  let blueprint: Blueprint

  /// How the six matrices of a gated recurrent unit start.
  struct GRURules {
    let wh, wz, wr, uh, uz, ur: WeightRule

    init(wh: WeightRule, wz: WeightRule, wr: WeightRule, uh: WeightRule, uz: WeightRule, ur: WeightRule) {
      (self.wh, self.wz, self.wr, self.uh, self.uz, self.ur) = (wh, wz, wr, uh, uz, ur)
    }

    init(all rule: WeightRule) { self.init(wh: rule, wz: rule, wr: rule, uh: rule, uz: rule, ur: rule) }
  }

  private var features: Int { x.shape[1] }
  private var times: Range<Int> { 0..<x.shape[0] / batch }

  /// h' = act(W x + U h + b), and a second bias at U if it has a start.
  func vanilla(
    _ hidden: WeightRule, _ input: WeightRule, _ activation: TaskSet.Activation, stateBias: Blueprint.Start?
  ) -> [Term] {
    let u = recurrent("u", hidden)
    let bias = stateBias.map { blueprint.parameter("core.u.bias", [width], $0) }
    let inputs = projected("w", input, bias: .constant(0))
    var h = initialState("state")
    return times.map { t in
      let product = bias.map { h.dense(u, $0) } ?? h.times(u)
      h = (step(inputs, t) + product).mapped(activation.function)
      return h
    }
  }

  /// z = s(Wz x + Uz h + bz), r = s(Wr x + Ur h + br), a = tanh(Wh x + Uh (r h) + bh), h' = (1 - z) h + z a.
  func gru(_ m: GRURules, bias: Blueprint.Start) -> [Term] {
    let (xh, xz, xr) = (
      projected("wh", m.wh, bias: bias), projected("wz", m.wz, bias: bias), projected("wr", m.wr, bias: bias)
    )
    let (uh, uz, ur) = (recurrent("uh", m.uh), recurrent("uz", m.uz), recurrent("ur", m.ur))
    var h = initialState("state")
    return times.map { t in
      let z = (step(xz, t) + h.times(uz)).sigmoid
      let r = (step(xr, t) + h.times(ur)).sigmoid
      let a = (step(xh, t) + (r * h).times(uh)).tanh
      h = h + z * (a - h)
      return h
    }
  }

  /// (i, j, f, o) = W (x, h) + b, c' = s(f + 1) c + s(i) tanh j, h' = s(o) tanh c'.
  func lstm(_ gates: WeightRule) -> [Term] {
    let weights = blueprint.parameter(
      "core.gates", [features + width, 4 * width], gates.matrix(fanIn: features + width, fanOut: 4 * width))
    let bias = blueprint.parameter("core.bias", [4 * width], .constant(0))
    let inputs = x.dense(weights.slice(0..<features, axis: 0), bias)
    let u = weights.slice(features..<features + width, axis: 0)
    var (h, c) = (initialState("state"), initialState("cell"))
    return times.map { t in
      let all = step(inputs, t) + h.times(u)
      let part = (0..<4).map { all.slice($0 * width..<($0 + 1) * width, axis: 1) }
      c = (part[2] + 1).sigmoid * c + part[0].sigmoid * part[1].tanh
      h = part[3].sigmoid * c.tanh
      return h
    }
  }

  /// x times a matrix, plus a bias: for all times.
  private func projected(_ name: String, _ rule: WeightRule, bias: Blueprint.Start) -> Term {
    let weights = blueprint.parameter("core." + name, [features, width], rule.matrix(fanIn: features, fanOut: width))
    return x.dense(weights, blueprint.parameter("core.\(name).bias", [width], bias))
  }

  private func recurrent(_ name: String, _ rule: WeightRule) -> Term {
    blueprint.parameter("core." + name, [width, width], rule.matrix(fanIn: width, fanOut: width))
  }

  private func step(_ all: Term, _ t: Int) -> Term { all.slice(t * batch..<(t + 1) * batch, axis: 0) }

  private func initialState(_ name: String) -> Term {
    guard trainsInitialState else {
      return blueprint.recording.constant([Float](repeating: 0, count: batch * width), [batch, width])
    }
    return blueprint.parameter("core.initial_" + name, [width], .constant(0)).repeated(batch, axis: 0)
  }
}
