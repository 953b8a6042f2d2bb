internal import Graph

/// LO's lm_transformer: a language model of causal self-attention, without an embedding of positions, as published.
struct TransformerLanguageModel: DrawnConfiguration, Hashable {
  static let family = "lm_transformer"
  /// The size of a head's queries, keys and values, whatever the model's width (LO).
  private static let keySize = 32
  private static let dropout: Float = 0.1

  let widthPerHead: Int
  let heads: Int
  let layers: Int
  var batchSize: Int
  let length: Int
  let text: ParametricTextName
  let vocabularySize: Int

  init(from draws: inout ParametricDraws) {
    widthPerHead = draws.logarithmic(8...128)
    heads = draws.logarithmic(8...128)
    layers = draws.logarithmic(1...8)
    batchSize = draws.logarithmic(4...512)
    length = draws.logarithmic(4...512)
    text = draws.one(of: ParametricTextName.allCases)
    vocabularySize = draws.logarithmic(100...10_000)
  }

  private var width: Int { widthPerHead * heads }

  func cost(on text: ParametricText) -> Cost? {
    let steps = min(length, text.maximumLength)
    let (rows, inner) = (steps * batchSize, heads * Self.keySize)
    var cost = Cost()
    cost.addTable(vocabularySize + 2, width)
    for _ in 0..<layers {
      for _ in 0..<3 { cost.addMatrix(width, inner, times: rows) }
      cost.addMatrix(inner, width, times: rows)
      cost.addWork(2 * rows * steps * inner)
      cost.addLayers([width, 4 * width, width], times: rows)
      cost.addTable(4, width)
    }
    cost.addMatrix(width, vocabularySize, times: rows)
    return cost
  }

  func task(on text: ParametricText, seed: UInt64) -> any Task {
    let sequences = ParametricSequences(
      self.text.corpus(of: text), length: min(length, text.maximumLength), batchSize: batchSize,
      vocabularySize: vocabularySize)
    let rates = [Float](repeating: Self.dropout, count: 2 * layers)
    return PlannedTask(
      seed: seed, normalization: .classifier(classes: vocabularySize),
      fill: { memory in
        sequences.fill(memory, .batchMajor)
        Blueprint.fillDropout(rates, memory)
        // A key that is padding is seen by nobody.
        let (bias, tokens) = (memory.floats("key_bias"), memory.indices("tokens"))
        for i in bias.indices { bias[i] = tokens[i] == 0 ? -1e30 : 0 }
      }
    ) { blueprint in logits(sequences, blueprint) }
  }

  private func logits(_ sequences: ParametricSequences, _ blueprint: Blueprint) -> Term {
    let recording = blueprint.recording
    let length = sequences.length
    let transformer = Transformer(
      blueprint: blueprint, batchSize: batchSize, length: length, epsilon: 1e-5,
      initializer: .varianceScaling(scale: 2 / Double(layers)))
    // Normal with variance 1, cut at two deviations and not widened again (Haiku).
    let start = TaskSet.Initializer.varianceScaling(scale: Double(vocabularySize) * TaskSet.Initializer.cutVariance)
    let table = blueprint.parameter(
      "embedding", [vocabularySize, width], .drawn(start, fanIn: vocabularySize, fanOut: width))
    var h = table.rows(sequences.tokens(in: blueprint))
    // Nobody sees what comes later.
    let later = (0..<heads * length * length).map { ($0 % length) > ($0 / length) % length ? Float(-1e30) : 0 }
    let bias =
      recording.input("key_bias", [batchSize, length]).repeated(heads * length, axis: 1)
      + recording.constant(later, [heads * length, length])
    for layer in 0..<layers {
      let name = "layer\(layer)"
      let seen = transformer.attention(
        transformer.normalized(h, name + ".norm1"), heads: heads, headSize: Self.keySize, name + ".attention",
        bias: bias, dropout: 0)
      h = h + blueprint.dropout(seen, Self.dropout)
      var dense = transformer.normalized(h, name + ".norm2")
      dense = blueprint.linear(dense, 4 * width, name + ".widen", transformer.initializer).gelu
      dense = blueprint.linear(dense, width, name + ".narrow", transformer.initializer)
      h = h + blueprint.dropout(dense, Self.dropout)
    }
    h = transformer.normalized(h, "last_norm")
    return sequences.loss(of: blueprint.linear(h, vocabularySize, "output", .haiku), in: blueprint)
  }
}
