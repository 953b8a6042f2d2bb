internal import Graph

/// LO's lm_rnn: a recurrent language model with a trained initial state. LO's code makes an LSTM under each of the three names
/// of cores; here the names mean what they say.
struct RecurrentLanguageModel: DrawnConfiguration, Hashable {
  static let family = "lm_rnn"

  enum Core: CaseIterable { case lstm, vanilla, gru }

  let width: Int
  let embeddingSize: Int
  var batchSize: Int
  let length: Int
  let text: ParametricTextName
  let vocabularySize: Int
  let core: Core
  /// Of the embedding and of the output layer.
  let initializer: ParametricInitializer

  init(from draws: inout ParametricDraws) {
    width = draws.logarithmic(8...256)
    embeddingSize = draws.logarithmic(8...256)
    batchSize = draws.logarithmic(4...512)
    length = draws.logarithmic(4...512)
    text = draws.one(of: ParametricTextName.allCases)
    vocabularySize = draws.logarithmic(100...10_000)
    core = draws.one(of: Core.allCases)
    initializer = ParametricInitializer(from: &draws)
  }

  private var cell: TaskSet.RecurrentCore {
    switch core {
    case .lstm: .lstm(gates: .haiku, width: width)
    case .vanilla: .vanilla(hiddenToHidden: .haiku, inToHidden: .haiku, activation: .relu, width: width)
    case .gru: .gru(width: width, matrices: .init(all: .varianceScaling(scale: 1)))
    }
  }

  func cost(on text: ParametricText) -> Cost? {
    let steps = min(length, text.maximumLength)
    var cost = Cost()
    cost.addTable(vocabularySize, embeddingSize)
    cell.addCost(to: &cost, features: embeddingSize, steps: steps, batch: batchSize)
    cost.addMatrix(width, vocabularySize, times: steps * batchSize)
    return cost
  }

  func task(on text: ParametricText, seed: UInt64) -> any Task {
    let sequences = ParametricSequences(
      self.text.corpus(of: text), length: min(length, text.maximumLength), batchSize: batchSize,
      vocabularySize: vocabularySize)
    return PlannedTask(
      seed: seed, normalization: .classifier(classes: vocabularySize), fill: { sequences.fill($0, .timeMajor) }
    ) { blueprint in
      let tokens = sequences.tokens(in: blueprint)
      let table = blueprint.parameter(
        "embedding", [vocabularySize, embeddingSize],
        .drawn(initializer.taskSet(fanIn: vocabularySize), fanIn: vocabularySize, fanOut: embeddingSize))
      let states = cell.unrolled(table.rows(tokens), batch: batchSize, trainsInitialState: true, in: blueprint)
      return sequences.loss(
        of: blueprint.linear(Term.stacked(states), vocabularySize, "output", initializer), in: blueprint)
    }
  }
}
