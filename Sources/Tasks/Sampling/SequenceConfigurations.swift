extension TaskSet {
  /// char_rnn_language_model_family and word_rnn_language_model_family: a recurrent model of the next token (spec §4.4).
  package struct LanguageModel: Hashable, Sendable {
    package let embeddingSize: Int
    /// Of the output layer.
    package let initializer: Initializer
    /// Tokens beyond count as the last one.
    package let vocabularySize: Int
    package let core: RecurrentCore
    package let trainsInitialState: Bool
    package let dataSet: LanguageDataSet

    init(of unit: LanguageDataSet.Unit, from draws: inout TaskSetDraws) {
      embeddingSize = draws.logarithmic(8...128)
      initializer = Initializer(from: &draws)
      vocabularySize =
        switch unit {
        case .bytes: draws.bool(probability: 0.8) ? 256 : draws.logarithmic(100...256)
        case .subwords: draws.logarithmic(1000...30_000)
        }
      core = RecurrentCore(from: &draws)
      trainsInitialState = draws.one(of: [true, false])
      dataSet = LanguageDataSet(of: unit, from: &draws)
    }
  }

  /// rnn_text_classification_family: a recurrent classifier of texts.
  package struct TextClassifier: Hashable, Sendable {
    package let embeddingSize: Int
    /// Of the output layer.
    package let initializer: Initializer
    package let dataSet: TextDataSet
    /// As published; in use it is at most `TextDataSet.maxToken`.
    package let vocabularySize: Int
    package let core: RecurrentCore
    package let trainsInitialState: Bool
    package let readout: Readout

    /// Which output the classes are read from: the last, or the mean or maximum over time.
    package enum Readout: String, Hashable, Sendable, Publishable {
      case last, max
      case mean = "avg"
    }

    init(from draws: inout TaskSetDraws) {
      embeddingSize = draws.logarithmic(8...128)
      initializer = Initializer(from: &draws)
      dataSet = TextDataSet(from: &draws)
      vocabularySize = draws.logarithmic(100...10_000)
      core = RecurrentCore(from: &draws)
      trainsInitialState = draws.one(of: [true, false])
      readout = draws.one(of: [.last, .mean, .max])
    }
  }
}

extension TaskSet.LanguageModel: Publishable {
  package var published: PublishedValue {
    [
      "embed_dim": embeddingSize, "w_init": initializer, "vocab_size": vocabularySize, "core": core,
      "trainable_init": trainsInitialState, "dataset": dataSet,
    ]
  }
}

extension TaskSet.TextClassifier: Publishable {
  package var published: PublishedValue {
    [
      "embed_dim": embeddingSize, "w_init": initializer, "dataset": dataSet, "vocab_size": vocabularySize,
      "core": core, "trainable_init": trainsInitialState, "loss_compute": readout,
    ]
  }
}
