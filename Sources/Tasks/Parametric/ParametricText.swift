internal import Graph
internal import Numerics

/// What the parametric language models read: a text by bytes and by words, in the place of LO's two texts of each kind.
package struct ParametricText: Sendable {
  package let name: String
  package let bytes: TextCorpus
  package let words: TextCorpus
  /// Longer windows are cut to so many tokens.
  package let maximumLength: Int

  package init(bytes: TextCorpus, words: TextCorpus, maximumLength: Int) {
    precondition(maximumLength > 1, "windows of \(maximumLength) tokens")
    name = "\(bytes.name) and \(words.name), length <= \(maximumLength)"
    self.bytes = bytes
    self.words = words
    self.maximumLength = maximumLength
  }
}

/// The texts that configurations name.
enum ParametricTextName: String, CaseIterable, Hashable, Sendable {
  case lm1bWords = "lm1b_32k"
  case lm1bBytes = "lm1b_bytes"
  case wikipediaWords = "wikipedia_en_32k"
  case wikipediaBytes = "wikipedia_en_bytes"

  func corpus(of text: ParametricText) -> TextCorpus {
    switch self {
    case .lm1bWords, .wikipediaWords: text.words
    case .lm1bBytes, .wikipediaBytes: text.bytes
    }
  }
}

/// The batches of a parametric language model: tokens, those that follow them, and which are more than padding.
struct ParametricSequences: Sendable {
  let windows: TextWindows
  let vocabularySize: Int

  var batchSize: Int { windows.batchSize }
  /// Tokens that something is predicted of.
  var length: Int { windows.length - 1 }
  var count: Int { batchSize * length }

  init(_ corpus: TextCorpus, length: Int, batchSize: Int, vocabularySize: Int) {
    windows = TextWindows(
      corpus: corpus, partition: corpus.partition, batchSize: batchSize, length: length + 1,
      vocabularySize: max(corpus.vocabularySize, 2), justTrain: false)
    self.vocabularySize = vocabularySize
  }

  /// How the tokens of a batch lie in memory.
  enum Order { case timeMajor, batchMajor }

  /// Tokens above the vocabulary are folded into it; none becomes the padding, which is 0 (LO).
  private func folded(_ token: Int32) -> Int32 {
    let size = Int32(vocabularySize)
    // As published a token that equals the size is left, and has no row: here it is folded, too.
    return token >= size ? 1 + token % (size - 1) : token
  }

  /// Writes the inputs "tokens", "next" (the tokens that follow them) and "weights", which add up to 1.
  func fill(_ memory: BatchMemory, _ order: Order) {
    let (tokens, next) = (memory.indices("tokens"), memory.indices("next"))
    let weights = memory.floats("weights")
    func row(_ example: Int, _ time: Int) -> Int {
      switch order {
      case .timeMajor: time * batchSize + example
      case .batchMajor: example * length + time
      }
    }
    var present = 0
    windows.forEachToken(of: memory.batch, seed: memory.seed) { example, time, token in
      if time < length {
        let i = row(example, time)
        tokens[i] = folded(token)
        weights[i] = token == 0 ? 0 : 1
        present += token == 0 ? 0 : 1
      }
      if time > 0 { next[row(example, time - 1)] = folded(token) }
    }
    let share = 1 / Float(max(present, 1))
    for i in weights.indices { weights[i] *= share }
  }

  func tokens(in blueprint: Blueprint) -> Term { blueprint.recording.indices("tokens", [count]) }

  /// The mean cross-entropy of the tokens that are more than padding.
  func loss(of logits: Term, in blueprint: Blueprint) -> Term {
    logits.softmaxCrossEntropy(
      blueprint.recording.indices("next", [count]), weights: blueprint.recording.input("weights", [count]))
  }
}
