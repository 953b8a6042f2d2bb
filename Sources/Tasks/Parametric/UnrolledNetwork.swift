internal import Graph
internal import Numerics

/// A learned network that moves each element by what it sees of it and of the number of the step (spec §1.2).
struct UnrolledNetwork {
  /// The time scales of what is seen of the step: tanh(step / scale - 1).
  static let timescales: [Float] = [1, 3, 10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000]

  private let shape: LearnedRule.ElementNetwork
  private let columns: Int
  private let layers: [(weights: Term, bias: Term)]

  init(columns: Int, _ shape: LearnedRule.ElementNetwork, in blueprint: Blueprint) {
    self.shape = shape
    self.columns = columns
    let widths = shape.widths(columns: columns)
    layers = zip(widths, widths.dropFirst()).enumerated().map { index, sizes in
      let rule = WeightRule.taskSet(.haiku).matrix(fanIn: sizes.0, fanOut: sizes.1)
      return (
        blueprint.parameter("network.\(index).weights", [sizes.0, sizes.1], rule),
        blueprint.parameter("network.\(index).bias", [sizes.1], .constant(0))
      )
    }
  }

  /// What the first layer makes of a step's number, the same for all elements.
  func row(ofStep step: Int) -> Term {
    let (weights, bias) = layers[0]
    let seen = Self.timescales.map { Elementary.tanh(Float(step) / $0 - 1) }
    let part = weights.slice(columns..<weights.shape[0], axis: 0)
    return weights.recording.constant(seen, [1, seen.count]).dense(part, bias).reshaped([weights.shape[1]])
  }

  /// w - s d exp(r a).
  /// - Parameters:
  ///   - w: a tensor of each problem.
  ///   - features: problems x elements x columns, each column of which is divided by the root of its mean square.
  func moved(_ w: Term, seeing features: Term, row: Term) -> Term {
    let elements = features.shape[1]
    let size = (features.squared.mean(axis: 1) + 1e-5).squareRoot
    let seen = (features / size.repeated(elements, axis: 1)).reshaped([w.count, columns])
    var h = seen.dense(layers[0].weights.slice(0..<columns, axis: 0), row)
    for layer in layers.dropFirst() { h = h.relu.dense(layer.weights, layer.bias) }
    let (d, a) = (h.slice(0..<1, axis: 1), h.slice(1..<2, axis: 1))
    let step = Float(shape.stepMultiplier) * (d * (Float(shape.magnitudeRate) * a).exp)
    return w - step.reshaped(w.shape)
  }
}

/// LO's MLPLOpt: the network sees gradient, parameter and six momenta (spec §1.2).
struct UnrolledMLP: UnrolledOptimizer {
  static let columns = 8
  private static let decays: [Float] = [0.1, 0.5, 0.9, 0.99, 0.999, 0.9999]

  private let network: UnrolledNetwork
  private var momenta: [Term] = []

  init(_ shape: LearnedRule.ElementNetwork, in blueprint: Blueprint) {
    network = UnrolledNetwork(columns: Self.columns, shape, in: blueprint)
  }

  mutating func moved(_ parameters: [Term], _ gradients: [Term], step: Int) -> [Term] {
    let row = network.row(ofStep: step)
    let decays = row.recording.constant(Self.decays, [Self.decays.count])
    let old = momenta
    momenta = []
    return zip(parameters, gradients).enumerated().map { index, pair in
      let (w, g) = (pair.0.columnOfElements, pair.1.columnOfElements)
      let m = g.averages(decays, old.isEmpty ? nil : old[index])
      momenta.append(m)
      return network.moved(pair.0, seeing: .joined([g, w, m]), row: row)
    }
  }
}

/// LO's AdafacMLPLOpt: the network sees gradient, parameter, momenta, a second moment and Adafactor's factored second moments,
/// the decays of all of which are learned, too (spec §1.3).
struct UnrolledAdafactorMLP: UnrolledOptimizer {
  static let columns = 28

  /// What it keeps of a tensor: averages, an element a row, a decay a column.
  private struct Memory {
    var momenta: Term?
    var secondMoment: Term?
    /// Second moments by rows and by columns of matrices, of each element of vectors.
    var rows: Term?
    var columns: Term?
  }

  private let network: UnrolledNetwork
  private let momentumDecays, secondMomentDecay, factoredDecays: Term
  private var memories: [Memory] = []

  init(_ shape: LearnedRule.ElementNetwork, in blueprint: Blueprint) {
    network = UnrolledNetwork(columns: Self.columns, shape, in: blueprint)
    momentumDecays = blueprint.offsetDecays("momentum", [0.9, 0.99, 0.999])
    secondMomentDecay = blueprint.offsetDecays("second_moment", [0.999]).clamped(0, 1)
    factoredDecays = blueprint.offsetDecays("factored", [0.9, 0.99, 0.999]).clamped(0, 1)
  }

  mutating func moved(_ parameters: [Term], _ gradients: [Term], step: Int) -> [Term] {
    let row = network.row(ofStep: step)
    if memories.isEmpty { memories = parameters.map { _ in Memory() } }
    return parameters.indices.map { index in
      let features = features(parameters[index], gradients[index], &memories[index])
      return network.moved(parameters[index], seeing: features, row: row)
    }
  }

  private func features(_ parameter: Term, _ gradient: Term, _ memory: inout Memory) -> Term {
    let (w, g) = (parameter.columnOfElements, gradient.columnOfElements)
    let m = g.averages(momentumDecays, memory.momenta)
    let q = g.squared.averages(secondMomentDecay, memory.secondMoment)
    (memory.momenta, memory.secondMoment) = (m, q)
    let root = (q + 1e-6).reciprocalRoot
    let shared = [g, w, m, q, m * root.reshaped(Array(root.shape.prefix(2))).repeated(3, axis: 2), root]
    let thrice = g.reshaped(Array(g.shape.prefix(2))).repeated(3, axis: 2)
    guard gradient.shape.count == 3 else {
      let v = (g.squared + 1e-30).averages(factoredDecays, memory.rows)
      memory.rows = v
      let vRoot = (v + 1e-8).reciprocalRoot
      return .joined(
        shared + [thrice * (v + 1e-9).safeReciprocalRoot, v, v, vRoot, vRoot, m * (v + 1e-6).reciprocalRoot])
    }
    let (rows, columns, factor) = factored(gradient, &memory)
    return .joined(
      shared + [
        thrice * factor, rows, columns, (rows + 1e-8).reciprocalRoot, (columns + 1e-8).reciprocalRoot, m * factor,
      ])
  }

  /// Means of the squares along the longer axis (rows) and the other (columns), averaged, for each element, and the factor by
  /// which Adafactor scales it.
  private func factored(
    _ gradient: Term, _ memory: inout Memory
  ) -> (rows: Term, columns: Term, factor: Term) {
    let (first, second) = (gradient.shape[1], gradient.shape[2])
    // As NumPy sorts: of equals the second counts as the longer.
    let longer = first > second ? 1 : 2
    let squares = gradient.squared + 1e-30
    let r = squares.mean(axis: longer).columnOfElements.averages(factoredDecays, memory.rows)
    let c = squares.mean(axis: 3 - longer).columnOfElements.averages(factoredDecays, memory.columns)
    (memory.rows, memory.columns) = (r, c)
    let mean = r.mean(axis: 1).repeated(r.shape[1], axis: 1)
    func spread(_ term: Term, along axis: Int) -> Term {
      term.repeated(gradient.shape[axis], axis: axis).reshaped([gradient.shape[0], first * second, 3])
    }
    return (
      spread(r, along: longer), spread(c, along: 3 - longer),
      spread((r / (mean + 1e-9)).safeReciprocalRoot, along: longer)
        * spread(c.safeReciprocalRoot, along: 3 - longer)
    )
  }
}

extension Blueprint {
  /// 1 - exp(10 (log(1 - d) / 10 + offset)) for decays d, with learned offsets that start at 0.
  fileprivate func offsetDecays(_ name: String, _ decays: [Float]) -> Term {
    let starts = decays.map { Elementary.log(1 - $0) }
    let offsets = parameter("decays." + name, [decays.count], .constant(0))
    return 1 - (10 * offsets + recording.constant(starts, [decays.count])).exp
  }
}

extension Term {
  /// Problems x elements x 1.
  fileprivate var columnOfElements: Term { reshaped([shape[0], count / shape[0], 1]) }

  /// Of a column of elements, for each decay b a column b · old + (1 - b) · this.
  fileprivate func averages(_ decays: Term, _ old: Term?) -> Term {
    let new = reshaped(Array(shape.prefix(2))).repeated(decays.count, axis: 2) * (1 - decays)
    return old.map { $0 * decays + new } ?? new
  }

  fileprivate var reciprocalRoot: Term { squareRoot.mapped(.reciprocal) }

  /// max(x, 1e-9)^(-1/2).
  fileprivate var safeReciprocalRoot: Term { clamped(1e-9, .greatestFiniteMagnitude).reciprocalRoot }

  /// Columns side by side: pairs are joined first, then pairs of pairs.
  fileprivate static func joined(_ terms: [Term]) -> Term {
    guard terms.count > 1 else { return terms[0] }
    let half = terms.count / 2
    return joined(Array(terms[..<half])).concatenated(joined(Array(terms[half...])), axis: 2)
  }
}
