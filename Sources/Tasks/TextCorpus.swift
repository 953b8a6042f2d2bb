internal import Numerics

/// Texts as sequences of tokens, each with a class: who made them, and the numbers. Module DataSets reads them from files.
package struct TextCorpus: Hashable, Sendable {
  package let name: String
  /// Where the texts come from, and under which licence.
  package let source: String
  /// Tokens are below this; 0 is what windows are filled up with.
  package let vocabularySize: Int
  package let classCount: Int
  /// Text after text.
  package let tokens: [Int32]
  /// Where each text begins in `tokens`, and at last where the last one ends.
  package let bounds: [Int]
  /// The class of each text, in 0 ..< classCount.
  package let labels: [Int32]
  /// Which texts are in which split, the same for all tasks.
  package let partition: Partition

  /// The number of texts.
  package var count: Int { labels.count }

  package init(
    name: String, source: String, vocabularySize: Int, classCount: Int, texts: [[Int32]], labels: [Int32],
    splitSeed: UInt64 = 0
  ) {
    var bounds = [0]
    for text in texts { bounds.append(bounds[bounds.count - 1] + text.count) }
    self.init(
      name: name, source: source, vocabularySize: vocabularySize, classCount: classCount, tokens: texts.flatMap { $0 },
      bounds: bounds, labels: labels, partition: Partition(count: texts.count, seed: splitSeed))
  }

  package init(
    name: String, source: String, vocabularySize: Int, classCount: Int, tokens: [Int32], bounds: [Int],
    labels: [Int32], partition: Partition
  ) {
    precondition(
      bounds.count == labels.count + 1, "\(bounds.count - 1) texts with \(labels.count) classes in \(name)")
    precondition(
      bounds.first == 0 && bounds.last == tokens.count && zip(bounds, bounds.dropFirst()).allSatisfy { $0 <= $1 },
      "the bounds of the texts of \(name) do not fit its \(tokens.count) tokens")
    precondition(
      labels.allSatisfy { $0 >= 0 && $0 < Int32(classCount) }, "\(name) has a class outside 0 ..< \(classCount)")
    self.name = name
    self.source = source
    self.vocabularySize = vocabularySize
    self.classCount = classCount
    self.labels = labels
    self.tokens = tokens
    precondition(
      tokens.allSatisfy { $0 >= 0 && $0 < Int32(vocabularySize) },
      "\(name) has a token outside 0 ..< \(vocabularySize)")
    self.bounds = bounds
    self.partition = partition
  }
}

/// Windows of texts in batches: which texts, and where in them (spec §4.3).
package struct TextWindows: Sendable {
  package let corpus: TextCorpus
  package let partition: Partition
  package let batchSize: Int
  /// Tokens in a window.
  package let length: Int
  /// Tokens from here on count as the last one below.
  package let vocabularySize: Int
  /// Whether all splits draw from the training texts.
  package let justTrain: Bool

  package init(
    corpus: TextCorpus, partition: Partition, batchSize: Int, length: Int, vocabularySize: Int, justTrain: Bool
  ) {
    precondition(
      batchSize > 0 && length > 0 && vocabularySize > 1,
      "\(batchSize) windows of \(length) out of \(vocabularySize) tokens")
    self.corpus = corpus
    self.partition = partition
    self.batchSize = batchSize
    self.length = length
    self.vocabularySize = vocabularySize
    self.justTrain = justTrain
  }

  /// Calls `body` with each place of a batch of windows: uniform starts in a text that is longer than a window, and token 0
  /// behind the end of one that is shorter.
  package func forEachToken(
    of batch: Batch, seed: UInt64, _ body: (_ example: Int, _ time: Int, _ token: Int32) -> Void
  ) {
    let randomness = Randomness(key: seed)
    var starts = batch.address
    starts.particle = 1  // beside the draws of the texts
    forEachText(of: batch, seed: seed) { position, text in
      let (begin, end) = (corpus.bounds[text], corpus.bounds[text + 1])
      let spare = max(end - begin - length, 0)
      let first = begin + randomness.integer(below: spare + 1, starts, index: position)
      for time in 0..<length {
        let token = first + time < end ? corpus.tokens[first + time] : 0
        body(position, time, min(token, Int32(vocabularySize - 1)))
      }
    }
  }

  /// Calls `body` with each example of a batch and the text it is from.
  package func forEachText(of batch: Batch, seed: UInt64, _ body: (_ position: Int, _ text: Int) -> Void) {
    guard justTrain else {
      return partition.forEachExample(of: batch, count: batchSize, seed: seed, body)
    }
    // Still at the address of the split that was asked for, so that the splits draw differently.
    partition.forEachExample(
      of: Batch(.train, batch.index), count: batchSize, seed: seed ^ UInt64(batch.split.rawValue) << 62, body)
  }
}
