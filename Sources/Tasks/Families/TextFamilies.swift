internal import Graph
internal import Numerics

/// TaskSet's recurrent families on text: models of the next byte or word, and classifiers (spec §4.4).
extension SampledFamily<TaskSet.LanguageModel> {
  /// char_rnn_language_model_family or word_rnn_language_model_family; nil where no configuration fits.
  /// - Parameters:
  ///   - corpus: stands in for all that the configurations name.
  ///   - maximumLength: the most tokens of a window; longer windows are cut to this, which the family's name says.
  package init?(
    languageModels unit: TaskSet.LanguageDataSet.Unit, of corpus: TextCorpus, maximumLength: Int = 32,
    limits: SamplingLimits = SamplingLimits()
  ) {
    precondition(maximumLength > 1, "a window of \(maximumLength) tokens has nothing to predict")
    let family: TaskSetFamily = unit == .bytes ? .byteLanguageModel : .wordLanguageModel
    let configurations = limits.drawn { seed -> TaskSet.LanguageModel? in
      guard case .languageModel(let configuration) = family.draw(seed: seed) else { return nil }
      let (steps, batch) = (min(configuration.dataSet.patchLength, maximumLength) - 1, configuration.dataSet.batchSize)
      var cost = Cost()
      cost.addTable(configuration.vocabularySize, configuration.embeddingSize)
      configuration.core.addCost(to: &cost, features: configuration.embeddingSize, steps: steps, batch: batch)
      cost.addMatrix(configuration.core.width, configuration.vocabularySize, times: steps * batch)
      return limits.admits(cost) ? configuration : nil
    }
    self.init(
      name: family.name(on: "\(corpus.name), length <= \(maximumLength)"), configurations: configurations
    ) { configuration, seed in
      configuration.task(on: corpus, maximumLength: maximumLength, seed: seed)
    }
  }
}

extension SampledFamily<TaskSet.TextClassifier> {
  /// rnn_text_classification_family; nil where no configuration fits.
  /// - Parameters: as for the language models.
  package init?(
    classifiersOf corpus: TextCorpus, maximumLength: Int = 32, limits: SamplingLimits = SamplingLimits()
  ) {
    let configurations = limits.drawn { seed -> TaskSet.TextClassifier? in
      guard case .textClassifier(let configuration) = TaskSetFamily.textClassifier.draw(seed: seed) else { return nil }
      let (steps, batch) = (min(configuration.dataSet.patchLength, maximumLength), configuration.dataSet.batchSize)
      var cost = Cost()
      cost.addTable(configuration.usedVocabularySize, configuration.embeddingSize)
      configuration.core.addCost(to: &cost, features: configuration.embeddingSize, steps: steps, batch: batch)
      cost.addMatrix(configuration.core.width, corpus.classCount, times: batch)
      return limits.admits(cost) ? configuration : nil
    }
    self.init(
      name: TaskSetFamily.textClassifier.name(on: "\(corpus.name), length <= \(maximumLength)"),
      configurations: configurations
    ) { configuration, seed in
      configuration.task(on: corpus, maximumLength: maximumLength, seed: seed)
    }
  }
}

extension TaskSet.LanguageModel {
  /// The mean cross-entropy of each window's tokens but the first, given those before.
  fileprivate func task(on corpus: TextCorpus, maximumLength: Int, seed: UInt64) -> any Task {
    let windows = TextWindows(
      corpus: corpus, partition: corpus.partition(training: dataSet.trainCount), batchSize: dataSet.batchSize,
      length: min(dataSet.patchLength, maximumLength), vocabularySize: vocabularySize, justTrain: dataSet.justTrain)
    let (steps, batch) = (windows.length - 1, windows.batchSize)
    let chance = Double(Elementary.log(Float(vocabularySize)))
    return PlannedTask(
      seed: seed, scale: .init(best: 0, guess: chance),
      fill: { memory in
        let (tokens, next) = (memory.indices("tokens"), memory.indices("next"))
        windows.forEachToken(of: memory.batch, seed: memory.seed) { example, time, token in
          if time < steps { tokens[time * batch + example] = token }
          if time > 0 { next[(time - 1) * batch + example] = token }
        }
      }
    ) { blueprint in
      let tokens = blueprint.recording.indices("tokens", [steps * batch])
      let next = blueprint.recording.indices("next", [steps * batch])
      let x = blueprint.embedding(tokens, vocabularySize, embeddingSize)
      let states = core.unrolled(x, batch: batch, trainsInitialState: trainsInitialState, in: blueprint)
      return blueprint.linear(Term.stacked(states), vocabularySize, "output", initializer).softmaxCrossEntropy(next)
    }
  }
}

extension TaskSet.TextClassifier {
  fileprivate var usedVocabularySize: Int { min(vocabularySize, TaskSet.TextDataSet.maxToken) }

  /// The mean cross-entropy of the texts' classes.
  fileprivate func task(on corpus: TextCorpus, maximumLength: Int, seed: UInt64) -> any Task {
    let windows = TextWindows(
      corpus: corpus, partition: corpus.partition(training: dataSet.trainCount), batchSize: dataSet.batchSize,
      length: min(dataSet.patchLength, maximumLength), vocabularySize: usedVocabularySize, justTrain: false)
    let (steps, batch) = (windows.length, windows.batchSize)
    let chance = Double(Elementary.log(Float(corpus.classCount)))
    return PlannedTask(
      seed: seed, scale: .init(best: 0, guess: chance),
      fill: { windows.fillClasses($0) }
    ) { blueprint in
      let tokens = blueprint.recording.indices("tokens", [steps * batch])
      let labels = blueprint.recording.indices("labels", [batch])
      let x = blueprint.embedding(tokens, usedVocabularySize, embeddingSize)
      let states = core.unrolled(x, batch: batch, trainsInitialState: trainsInitialState, in: blueprint)
      let all = { Term.stacked(states).reshaped([steps, batch, core.width]) }
      let read =
        switch readout {
        case .last: states[steps - 1]
        case .mean: all().mean(axis: 0)
        case .max: all().largest(axis: 0)
        }
      return blueprint.linear(read, corpus.classCount, "output", initializer).softmaxCrossEntropy(labels)
    }
  }
}

extension TextWindows {
  /// Writes "tokens", time by time, and "labels", the classes of the texts that they are from.
  func fillClasses(_ memory: BatchMemory) {
    let (tokens, labels) = (memory.indices("tokens"), memory.indices("labels"))
    forEachToken(of: memory.batch, seed: memory.seed) { tokens[$1 * batchSize + $0] = $2 }
    forEachText(of: memory.batch, seed: memory.seed) { labels[$0] = corpus.labels[$1] }
  }
}

extension TextCorpus {
  fileprivate func partition(training count: Int?) -> Partition {
    count.map { partition.training(onFirst: $0) } ?? partition
  }
}

extension Blueprint {
  /// The tokens' vectors. The table starts normal with the variance 1 / size: ours, TaskSet's is not reported.
  fileprivate func embedding(_ tokens: Term, _ vocabularySize: Int, _ size: Int) -> Term {
    let table = parameter(
      "embedding", [vocabularySize, size], .normal(deviation: 1 / Float(size).squareRoot()))
    return table.rows(tokens)
  }
}
