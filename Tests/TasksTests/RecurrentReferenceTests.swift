import DataSets
import Numerics
import Tasks
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The recurrent tasks against plain loops in double precision, written from the formulas of spec §4.3.
struct RecurrentReferenceTests {
  static let limits = SamplingLimits(maximumParameters: 40_000, maximumWork: 4_000_000)

  static let models = SampledFamily(
    languageModels: .bytes, of: SampledFamiliesTests.bytes, maximumLength: 7, limits: limits)!

  static let classifiers = SampledFamily(
    classifiersOf: SampledFamiliesTests.words, maximumLength: 6, limits: limits)!

  /// Two configurations with each kind of core, one with a trained start and one without, where there are.
  static func chosen<Configuration>(
    _ all: [Configuration], _ core: (Configuration) -> TaskSet.RecurrentCore, _ trains: (Configuration) -> Bool,
    _ other: (Configuration) -> String = { _ in "" }
  ) -> [Configuration] {
    var found: [String: Configuration] = [:]
    for configuration in all {
      let kind = core(configuration).published.description.prefix(6)
      let key = "\(kind) \(trains(configuration)) \(other(configuration))"
      found[key] = found[key] ?? configuration
    }
    return found.sorted { $0.key < $1.key }.map(\.value)
  }

  @Test func aLanguageModelsLossIsThatOfPlainLoops() {
    let chosen = Self.chosen(Self.models.configurations, { $0.core }, { $0.trainsInitialState })
    #expect(chosen.count > 3)
    for configuration in chosen {
      let task = Self.models.task(configuration, seed: 4)
      let windows = TextWindows(
        corpus: SampledFamiliesTests.bytes, partition: SampledFamiliesTests.bytes.partition,
        batchSize: configuration.dataSet.batchSize, length: min(7, configuration.dataSet.patchLength),
        vocabularySize: configuration.vocabularySize, justTrain: configuration.dataSet.justTrain)
      let batch = Batch(.outerValid, 3)
      var tokens = [[Int]](repeating: [Int](repeating: 0, count: windows.length), count: windows.batchSize)
      windows.forEachToken(of: batch, seed: 4) { tokens[$0][$1] = Int($2) }
      let at = Self.shaken(task.initialParameters())
      let weights = Weights(at)
      var sum = 0.0
      for window in tokens {
        let states = weights.states(configuration.core, window.dropLast())
        for (h, next) in zip(states, window.dropFirst()) { sum += weights.crossEntropy(h, next) }
      }
      let expected = sum / Double(windows.batchSize * (windows.length - 1))
      let loss = Double(task.loss(at, on: batch, in: Workspace()))
      // Weights of a deviation of up to 10 enlarge the rounding of six steps: 1.1e-4 was seen.
      #expect(abs(loss - expected) < 1e-3 * max(1, expected), "\(loss), \(expected): \(configuration.published)")
    }
  }

  @Test func aClassifiersLossIsThatOfPlainLoops() {
    let chosen = Self.chosen(
      Self.classifiers.configurations, { $0.core }, { $0.trainsInitialState }, { $0.readout.rawValue })
    #expect(chosen.count > 9)
    for configuration in chosen {
      let task = Self.classifiers.task(configuration, seed: 4)
      let corpus = SampledFamiliesTests.words
      let windows = TextWindows(
        corpus: corpus, partition: corpus.partition, batchSize: configuration.dataSet.batchSize,
        length: min(6, configuration.dataSet.patchLength),
        vocabularySize: min(configuration.vocabularySize, TaskSet.TextDataSet.maxToken), justTrain: false)
      let batch = Batch(.test, 1)
      var tokens = [[Int]](repeating: [Int](repeating: 0, count: windows.length), count: windows.batchSize)
      var labels = [Int](repeating: 0, count: windows.batchSize)
      windows.forEachToken(of: batch, seed: 4) { tokens[$0][$1] = Int($2) }
      windows.forEachText(of: batch, seed: 4) { labels[$0] = Int(corpus.labels[$1]) }
      let at = Self.shaken(task.initialParameters())
      let weights = Weights(at)
      var losses: [Double] = []
      for (window, label) in zip(tokens, labels) {
        let states = weights.states(configuration.core, window[...])
        losses.append(weights.crossEntropy(Self.read(states, configuration.readout), label))
      }
      let expected = losses.reduce(0, +) / Double(losses.count)
      let loss = Double(task.loss(at, on: batch, in: Workspace()))
      #expect(abs(loss - expected) < 1e-3 * max(1, expected), "\(loss), \(expected): \(configuration.published)")
    }
  }

  /// What the classes are read from.
  static func read(_ states: [[Double]], _ readout: TaskSet.TextClassifier.Readout) -> [Double] {
    var result = states[states.count - 1]
    for unit in result.indices {
      let values: [Double] = states.map { $0[unit] }
      switch readout {
      case .last: break
      case .mean: result[unit] = values.reduce(0, +) / Double(values.count)
      case .max: result[unit] = values.max()!
      }
    }
    return result
  }

  /// Parameters moved off their start, so that biases and states that start at 0 count.
  static func shaken(_ start: Tensors) -> Tensors {
    var result = start
    for i in result.values.indices { result.values[i] = result.values[i] / 2 + 0.1 * Float(i % 7 - 3) / 3 }
    return result
  }

  /// The cells, one sequence at a time.
  struct Weights {
    let tensors: Tensors

    init(_ tensors: Tensors) { self.tensors = tensors }

    func values(_ name: String) -> [Double] { tensors[name].map(Double.init) }

    /// x · W, W having as many rows as x has numbers.
    func product(_ x: [Double], _ w: [Double]) -> [Double] {
      let columns = w.count / x.count
      return (0..<columns).map { j in x.indices.reduce(0) { $0 + x[$1] * w[$1 * columns + j] } }
    }

    func crossEntropy(_ h: [Double], _ label: Int) -> Double {
      let logits = zip(product(h, values("output.weights")), values("output.bias")).map { $0 + $1 }
      let largest = logits.max()!
      return largest + log(logits.reduce(0) { $0 + exp($1 - largest) }) - logits[label]
    }

    func states(_ core: TaskSet.RecurrentCore, _ tokens: ArraySlice<Int>) -> [[Double]] {
      let table = tensors.layout["embedding"]!
      let size = table.shape[1]
      let embedding = values("embedding")
      let zero = [Double](repeating: 0, count: core.width)
      var h = tensors.layout["core.initial_state"] == nil ? zero : values("core.initial_state")
      var c = tensors.layout["core.initial_cell"] == nil ? zero : values("core.initial_cell")
      return tokens.map { token in
        let x = Array(embedding[token * size..<(token + 1) * size])
        switch core {
        case .vanilla(_, _, let activation, _):
          h = gate(x, "w", h, "u").map { value(activation, $0) }
        case .gru:
          let z = gate(x, "wz", h, "uz").map(sigmoid)
          let r = gate(x, "wr", h, "ur").map(sigmoid)
          let a = gate(x, "wh", zip(r, h).map(*), "uh").map { tanh($0) }
          h = h.indices.map { (1 - z[$0]) * h[$0] + z[$0] * a[$0] }
        case .lstm:
          let n = core.width
          let all = zip(product(x + h, values("core.gates")), values("core.bias")).map(+)
          c = (0..<n).map { sigmoid(all[2 * n + $0] + 1) * c[$0] + sigmoid(all[$0]) * tanh(all[n + $0]) }
          h = (0..<n).map { sigmoid(all[3 * n + $0]) * tanh(c[$0]) }
        }
        return h
      }
    }

    private func gate(_ x: [Double], _ w: String, _ h: [Double], _ u: String) -> [Double] {
      let (a, b) = (product(x, values("core." + w)), product(h, values("core." + u)))
      let bias = values("core.\(w).bias")
      return a.indices.map { a[$0] + b[$0] + bias[$0] }
    }

    private func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

    private func value(_ activation: TaskSet.Activation, _ x: Double) -> Double {
      switch activation {
      case .relu: max(x, 0)
      case .tanh: tanh(x)
      case .cos: cos(x)
      case .elu: x > 0 ? x : exp(x) - 1
      case .sigmoid: sigmoid(x)
      case .swish: x * sigmoid(x)
      case .leakyReLU4: x > 0 ? x : 0.4 * x
      case .leakyReLU2: x > 0 ? x : 0.2 * x
      case .leakyReLU1: x > 0 ? x : 0.1 * x
      }
    }
  }
}
