internal import Graph
internal import Numerics

/// Recurrent models of text: of the next byte, and classifiers (spec §4.6).
extension FixedTask {
  static let languageModels: [FixedTask] = [
    model("FixedLM_lm1b_patch128_GRU64_embed64_avg_bs128", .gru(64)),
    model("FixedLM_lm1b_patch128_GRU128_embed64_avg_bs128", .gru(128)),
    model("FixedLM_lm1b_patch128_GRU256_embed64_avg_bs128", .gru(256)),
    model("FixedLM_lm1b_patch128_LSTM128_embed64_avg_bs128", .lstm(128)),
    model("FixedLM_lm1b_patch128_LSTM256_embed64_avg_bs128", .lstm(256)),
  ]

  static let textClassifiers: [FixedTask] = [
    text("FixedTextRNNClassification_imdb_patch32_LSTM128_bs128", .lstm(128), .last, patch: 32, batch: 128),
    text("FixedTextRNNClassification_imdb_patch128_LSTM128_bs64", .lstm(128), .last, patch: 128, batch: 64),
    text(
      "FixedTextRNNClassification_imdb_patch32_LSTM128_E128_bs128", .lstm(128), .last, patch: 32, batch: 128,
      embedding: 128),
    text(
      "FixedTextRNNClassification_imdb_patch128_LSTM128_embed128_bs64", .lstm(128), .last, patch: 128, batch: 64,
      embedding: 128),
    text("FixedTextRNNClassification_imdb_patch128_LSTM128_avg_bs64", .lstm(128), .mean, patch: 128, batch: 64),
    text("FixedTextRNNClassification_imdb_patch32_GRU128_bs128", .gru(128), .last, patch: 32, batch: 128),
    text("FixedTextRNNClassification_imdb_patch32_GRU64_avg_bs128", .gru(64), .mean, patch: 32, batch: 128),
    text(
      "FixedTextRNNClassification_imdb_patch32_VRNN128_tanh_bs128", .vanilla(128, .tanh), .last, patch: 32,
      batch: 128),
    text(
      "FixedTextRNNClassification_imdb_patch32_VRNN64_tanh_avg_bs128", .vanilla(64, .tanh), .mean, patch: 32,
      batch: 128),
    text(
      "FixedTextRNNClassification_imdb_patch32_VRNN64_relu_avg_bs128", .vanilla(64, .relu), .mean, patch: 32,
      batch: 128),
    text("FixedTextRNNClassification_imdb_patch32_IRNN64_relu_avg_bs128", .identity(64), .mean, patch: 32, batch: 128),
    text("FixedTextRNNClassification_imdb_patch32_IRNN64_relu_last_bs128", .identity(64), .last, patch: 32, batch: 128),
  ]

  private static func model(_ name: String, _ core: FixedCore) -> FixedTask {
    FixedTask(
      name, .languageModel, FixedLanguageModel(core: core, embeddingSize: 64, patchLength: 128, batchSize: 128))
  }

  private static func text(
    _ name: String, _ core: FixedCore, _ readout: FixedTextClassifier.Readout, patch: Int, batch: Int,
    embedding: Int = 64
  ) -> FixedTask {
    FixedTask(
      name, .textClassifier,
      FixedTextClassifier(
        core: core, readout: readout, embeddingSize: embedding, patchLength: patch, batchSize: batch))
  }
}

/// The mean cross-entropy of each window's bytes but the first, given those before; what fills a short text up does not count.
struct FixedLanguageModel: FixedModel {
  let core: FixedCore
  let embeddingSize: Int
  let patchLength: Int
  let batchSize: Int

  private static let vocabularySize = 256

  var data: FixedData { .bytes }

  var published: PublishedValue {
    [
      "dataset": data.name, "bs": batchSize, "patch_length": patchLength, "core": core, "embed_dim": embeddingSize,
      "vocab_size": Self.vocabularySize, "trainable_init": true,
    ]
  }

  func problem(on material: FixedMaterial) -> PlannedProblem {
    let corpus = material.bytes
    let windows = TextWindows(
      corpus: corpus, partition: corpus.partition, batchSize: batchSize, length: patchLength,
      vocabularySize: Self.vocabularySize, justTrain: false)
    let (steps, batch) = (patchLength - 1, batchSize)
    let chance = Double(Elementary.log(Float(Self.vocabularySize)))
    return PlannedProblem(
      scale: .init(best: 0, guess: chance), fill: { Self.fill($0, from: windows) }
    ) { blueprint in
      let tokens = blueprint.recording.indices("tokens", [steps * batch])
      let next = blueprint.recording.indices("next", [steps * batch])
      let weights = blueprint.recording.input("weights", [steps * batch])
      let x = blueprint.fixedEmbedding(tokens, Self.vocabularySize, embeddingSize)
      let states = core.unrolled(x, batch: batch, trainsInitialState: true, in: blueprint)
      return blueprint.linear(Term.stacked(states), Self.vocabularySize, "output", .sonnet)
        .softmaxCrossEntropy(next, weights: weights)
    }
  }

  /// No text holds token 0; it is what short ones are filled up with.
  private static func fill(_ memory: BatchMemory, from windows: TextWindows) {
    let (steps, batch) = (windows.length - 1, windows.batchSize)
    let (tokens, next, weights) = (memory.indices("tokens"), memory.indices("next"), memory.floats("weights"))
    var count = 0
    windows.forEachToken(of: memory.batch, seed: memory.seed) { example, time, token in
      if time < steps { tokens[time * batch + example] = token }
      guard time > 0 else { return }
      let place = (time - 1) * batch + example
      next[place] = token
      weights[place] = token > 0 ? 1 : 0
      if token > 0 { count += 1 }
    }
    for i in weights.indices { weights[i] /= Float(max(count, 1)) }
  }
}

/// The mean cross-entropy of the texts' classes.
struct FixedTextClassifier: FixedModel {
  enum Readout: String, Hashable, Sendable, Publishable {
    case last
    case mean = "avg"
  }

  let core: FixedCore
  let readout: Readout
  let embeddingSize: Int
  let patchLength: Int
  let batchSize: Int

  /// Tokens from here on count as the last one below.
  private static let vocabularySize = 10_000

  var data: FixedData { .words }

  var published: PublishedValue {
    [
      "dataset": data.name, "bs": batchSize, "patch_length": patchLength, "core": core, "embed_dim": embeddingSize,
      "vocab_size": Self.vocabularySize, "aggregate_method": readout, "trainable_init": true,
    ]
  }

  func problem(on material: FixedMaterial) -> PlannedProblem {
    let corpus = material.words
    let windows = TextWindows(
      corpus: corpus, partition: corpus.partition, batchSize: batchSize, length: patchLength,
      vocabularySize: Self.vocabularySize, justTrain: false)
    let (steps, batch) = (patchLength, batchSize)
    let chance = Double(Elementary.log(Float(corpus.classCount)))
    return PlannedProblem(
      scale: .init(best: 0, guess: chance),
      fill: { windows.fillClasses($0) }
    ) { blueprint in
      let tokens = blueprint.recording.indices("tokens", [steps * batch])
      let labels = blueprint.recording.indices("labels", [batch])
      let x = blueprint.fixedEmbedding(tokens, Self.vocabularySize, embeddingSize)
      let states = core.unrolled(x, batch: batch, trainsInitialState: true, in: blueprint)
      let read =
        switch readout {
        case .last: states[steps - 1]
        case .mean: Term.stacked(states).reshaped([steps, batch, core.width]).mean(axis: 0)
        }
      return blueprint.linear(read, corpus.classCount, "output", .sonnet).softmaxCrossEntropy(labels)
    }
  }
}

extension Blueprint {
  /// The tokens' vectors; Sonnet starts the table with N(0, 1).
  fileprivate func fixedEmbedding(_ tokens: Term, _ vocabularySize: Int, _ size: Int) -> Term {
    parameter("embedding", [vocabularySize, size], .normal(deviation: 1)).rows(tokens)
  }
}
