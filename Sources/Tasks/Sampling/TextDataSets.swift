extension TaskSet {
  /// The text that a classifier reads (spec §4.3). Whatever the name, TaskSet loads imdb_reviews/subwords8k.
  package struct TextDataSet: Hashable, Sendable {
    package let name: Name
    package let batchSize: Int
    /// The number of training texts; nil for all that there are.
    package let trainCount: Int?
    /// Published, but without effect here.
    package let justTrain: Bool
    /// Tokens in a window.
    package let patchLength: Int

    /// Tokens from here on do not occur.
    package static let maxToken = 8185

    package enum Name: String, CaseIterable, Hashable, Sendable, Publishable {
      /// Two names run together, as published: a comma is missing between them (spec §4.3).
      case imdb = "imdb_reviews/subwords8kimdb_reviews/bytes"
      case booksBytes = "tokenized_amazon_reviews/Books_v1_02_bytes"
      case cameraBytes = "tokenized_amazon_reviews/Camera_v1_00_bytes"
      case homeBytes = "tokenized_amazon_reviews/Home_v1_00_bytes"
      case videoBytes = "tokenized_amazon_reviews/Video_v1_00_bytes"
      case booksSubwords = "tokenized_amazon_reviews/Books_v1_02_subwords8k"
      case cameraSubwords = "tokenized_amazon_reviews/Camera_v1_00_subwords8k"
      case homeSubwords = "tokenized_amazon_reviews/Home_v1_00_subwords8k"
      case videoSubwords = "tokenized_amazon_reviews/Video_v1_00_subwords8k"
    }

    init(from draws: inout TaskSetDraws) {
      name = draws.one(of: Name.self)
      trainCount = draws.textCount()
      batchSize = draws.logarithmic(8...512)
      justTrain = draws.bool(probability: 0.2)
      patchLength = draws.logarithmic(8...128)
    }
  }

  /// The text that a language model learns, by bytes or by subwords.
  package struct LanguageDataSet: Hashable, Sendable {
    package let corpus: Corpus
    package let unit: Unit
    /// Tokens in a window.
    package let patchLength: Int
    package let batchSize: Int
    /// Whether all four splits are the training texts.
    package let justTrain: Bool
    /// The number of training texts; nil for all that there are.
    package let trainCount: Int?

    package enum Unit: String, Hashable, Sendable {
      case bytes
      case subwords = "subwords8k"
    }

    /// The raw value is the part of the name before the unit. Sorting it sorts the names.
    package enum Corpus: String, CaseIterable, Hashable, Sendable {
      case lm1b = "lm1b/"
      case imdb = "imdb_reviews/"
      case chineseWikipedia = "tokenized_wikipedia/20190301.zh_"
      case russianWikipedia = "tokenized_wikipedia/20190301.ru_"
      case japaneseWikipedia = "tokenized_wikipedia/20190301.ja_"
      case sorbianWikipedia = "tokenized_wikipedia/20190301.hsb_"
      case englishWikipedia = "tokenized_wikipedia/20190301.en_"
      case books = "tokenized_amazon_reviews/Books_v1_02_"
      case camera = "tokenized_amazon_reviews/Camera_v1_00_"
      case home = "tokenized_amazon_reviews/Home_v1_00_"
      case video = "tokenized_amazon_reviews/Video_v1_00_"
    }

    init(of unit: Unit, from draws: inout TaskSetDraws) {
      self.unit = unit
      corpus = draws.one(of: Corpus.self)
      trainCount = draws.textCount()
      patchLength =
        switch unit {
        case .bytes: draws.logarithmic(10...160)
        case .subwords: draws.logarithmic(10...256)
        }
      batchSize = draws.logarithmic(8...512)
      justTrain = draws.bool(probability: 0.2)
    }
  }
}

extension TaskSetDraws {
  /// How many texts to train on: in one case of five a number, else all of them.
  fileprivate mutating func textCount() -> Int? { bool(probability: 0.2) ? uniform(1000...50_000) : nil }
}

extension TaskSet.TextDataSet: Publishable {
  package var published: PublishedValue {
    let parameters: PublishedValue = [
      "bs": batchSize, "num_train": trainCount, "max_token": Self.maxToken, "just_train": justTrain,
      "patch_length": patchLength,
    ]
    return [name, parameters]
  }
}

extension TaskSet.LanguageDataSet: Publishable {
  package var published: PublishedValue {
    let parameters: PublishedValue = [
      "patch_length": patchLength, "batch_size": batchSize, "just_train": justTrain, "num_train": trainCount,
    ]
    return [corpus.rawValue + unit.rawValue, parameters]
  }
}
