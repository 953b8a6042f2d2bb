internal import Graph
package import Numerics

/// Sequences that the tasks make themselves: to recall what stood beside a key, and to say a sequence again (spec §4.6).
extension FixedTask {
  static let associativeRecalls: [FixedTask] = [
    associative("Associative_LSTM128_BS128_Pairs5_Tokens20", .lstm(128), pairs: 5, tokens: 20),
    associative("Associative_LSTM128_BS128_Pairs20_Tokens50", .lstm(128), pairs: 20, tokens: 50),
    associative("Associative_LSTM256_BS128_Pairs40_Tokens100", .lstm(256), pairs: 40, tokens: 100),
    associative("Associative_LSTM128_BS128_Pairs10_Tokens50", .lstm(128), pairs: 10, tokens: 50),
    associative("Associative_GRU128_BS128_Pairs10_Tokens50", .gru(128), pairs: 10, tokens: 50),
    associative("Associative_VRNN128_BS128_Pairs10_Tokens50", .vanilla(128, .tanh), pairs: 10, tokens: 50),
    associative("Associative_LSTM256_BS128_Pairs20_Tokens50", .lstm(256), pairs: 20, tokens: 50),
    associative("Associative_GRU256_BS128_Pairs20_Tokens50", .gru(256), pairs: 20, tokens: 50),
    associative("Associative_VRNN256_BS128_Pairs20_Tokens50", .vanilla(256, .tanh), pairs: 20, tokens: 50),
  ]

  static let copies: [FixedTask] = [
    copy("Copy_LSTM128_BS128_Length5_Tokens10", .lstm(128), length: 5, tokens: 10),
    copy("Copy_LSTM128_BS128_Length20_Tokens20", .lstm(128), length: 20, tokens: 20),
    copy("Copy_LSTM128_BS128_Length50_Tokens5", .lstm(128), length: 50, tokens: 5),
    copy("Copy_LSTM128_BS128_Length20_Tokens10", .lstm(128), length: 20, tokens: 10),
    copy("Copy_GRU128_BS128_Length20_Tokens10", .gru(128), length: 20, tokens: 10),
    copy("Copy_VRNN128_BS128_Length20_Tokens10", .vanilla(128, .tanh), length: 20, tokens: 10),
    copy("Copy_LSTM256_BS128_Length40_Tokens50", .lstm(256), length: 40, tokens: 50),
    copy("Copy_GRU256_BS128_Length40_Tokens50", .gru(256), length: 40, tokens: 50),
    copy("Copy_VRNN256_BS128_Length40_Tokens50", .vanilla(256, .tanh), length: 40, tokens: 50),
  ]

  private static func associative(_ name: String, _ core: FixedCore, pairs: Int, tokens: Int) -> FixedTask {
    FixedTask(
      name, .associativeRecall,
      FixedSequenceModel(core: core, batchSize: 128, sequence: FixedSequence(.recall(pairs: pairs), tokens: tokens)))
  }

  private static func copy(_ name: String, _ core: FixedCore, length: Int, tokens: Int) -> FixedTask {
    FixedTask(
      name, .copy,
      FixedSequenceModel(core: core, batchSize: 128, sequence: FixedSequence(.copy(length: length), tokens: tokens)))
  }
}

/// How sequences are made. Beside `tokens` symbols there are two more: one that separates or is empty, and one that asks.
package struct FixedSequence: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    /// key value key value … ? key, of different keys: the value beside the key is to be named at the end.
    case recall(pairs: Int)
    /// The sequence, a separator, then as many signs to speak: it is to be said again at these.
    case copy(length: Int)
  }

  package let kind: Kind
  package let tokens: Int

  package init(_ kind: Kind, tokens: Int) {
    if case .recall(let pairs) = kind { precondition(pairs <= tokens, "\(pairs) different keys of \(tokens) tokens") }
    self.kind = kind
    self.tokens = tokens
  }

  package var symbols: Int { tokens + 2 }
  package var length: Int {
    switch kind {
    case .recall(let pairs): 2 * pairs + 2
    case .copy(let length): 2 * length + 1
    }
  }
  /// The places at the end at which the loss is taken.
  package var answers: Int {
    switch kind {
    case .recall: 1
    case .copy(let length): length
    }
  }

  /// The sequence and the answers of one example: a function of the task's key, the address of its batch and its place.
  package func example(_ randomness: Randomness, _ address: Address, position: Int) -> (inputs: [Int], answers: [Int]) {
    var draws = SequenceDraws(randomness: randomness, address: address, position: position)
    switch kind {
    case .copy(let length):
      let said = (0..<length).map { _ in draws.integer(below: tokens) }
      return (said + [tokens] + [Int](repeating: tokens + 1, count: length), said)
    case .recall(let pairs):
      // The first of a shuffled list: different keys, each as likely.
      var keys = Array(0..<tokens)
      for i in 0..<pairs { keys.swapAt(i, i + draws.integer(below: tokens - i)) }
      let values = (0..<pairs).map { _ in draws.integer(below: tokens) }
      let asked = draws.integer(below: pairs)
      let pairsInOrder = (0..<pairs).flatMap { [keys[$0], values[$0]] }
      return (pairsInOrder + [tokens + 1, keys[asked]], [values[asked]])
    }
  }
}

/// One draw after the other at the address of an example.
private struct SequenceDraws {
  let randomness: Randomness
  let address: Address
  let position: Int
  private var count = 0

  init(randomness: Randomness, address: Address, position: Int) {
    self.randomness = randomness
    self.address = address
    self.position = position
  }

  /// Examples have 512 places each; none takes more than 3 draws for each of 100 pairs.
  mutating func integer(below bound: Int) -> Int {
    defer { count += 1 }
    return randomness.integer(below: bound, address, index: position * 512 + count)
  }
}

/// The mean cross-entropy of the answers.
struct FixedSequenceModel: FixedModel {
  let core: FixedCore
  let batchSize: Int
  let sequence: FixedSequence

  var published: PublishedValue {
    let kind: PublishedValue =
      switch sequence.kind {
      case .recall(let pairs): ["associative", ["num_pairs": pairs, "num_tokens": sequence.tokens] as PublishedValue]
      case .copy(let length):
        [
          "copy",
          ["sequence_length": length, "num_separator": 1, "num_tokens": sequence.tokens] as PublishedValue,
        ]
      }
    return ["sequence": kind, "bs": batchSize, "core": core, "trainable_init": false]
  }

  func problem(on material: FixedMaterial) -> PlannedProblem {
    let (sequence, batch) = (sequence, batchSize)
    let (length, symbols, answers) = (sequence.length, sequence.symbols, sequence.answers)
    let chance = Double(Elementary.log(Float(symbols)))
    return PlannedProblem(
      scale: .init(best: 0, guess: chance),
      fill: { memory in
        let (inputs, targets) = (memory.floats("symbols"), memory.indices("answers"))
        inputs.update(repeating: 0)
        for n in 0..<batch {
          let example = sequence.example(memory.randomness, memory.address(0), position: n)
          for (t, symbol) in example.inputs.enumerated() { inputs[(t * batch + n) * symbols + symbol] = 1 }
          for (t, answer) in example.answers.enumerated() { targets[t * batch + n] = Int32(answer) }
        }
      }
    ) { blueprint in
      let inputs = blueprint.recording.input("symbols", [length * batch, symbols])
      let targets = blueprint.recording.indices("answers", [answers * batch])
      let states = core.unrolled(inputs, batch: batch, trainsInitialState: false, in: blueprint)
      let read = Term.stacked(Array(states.suffix(answers)))
      return blueprint.linear(read, symbols, "output", .sonnet).softmaxCrossEntropy(targets)
    }
  }
}
