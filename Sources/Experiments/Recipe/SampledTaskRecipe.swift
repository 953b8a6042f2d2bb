import RunSchema
import Foundation
package import Tasks

/// One of TaskSet's sampled families in a recipe: which of its thousand configurations may be drawn, and from which data.
package struct SampledTaskRecipe: Sendable {
  /// What the data sets stand for that configurations name.
  package enum Data: Equatable, Sendable {
    /// The family needs none.
    case none
    /// Each of these names is the data set of that name; in the place of all others there is `standIn`, if it is given,
    /// and else no configuration that names one of them is drawn.
    case images([TaskSet.ImageDataSet.Name], standIn: String?)
    /// One data set in the place of all that are named.
    case texts(standIn: String)
  }

  package let family: TaskSetFamily
  package let limits: SamplingLimits
  /// The most tokens of a window, for families that read text.
  package let maximumLength: Int
  package let data: Data

  init(_ family: TaskSetFamily, _ fields: Fields) throws(RecipeError) {
    self.family = family
    limits = try Self.limits(family, fields)
    switch family {
    case .quadratic, .problem:
      maximumLength = 0
      data = .none
    case .byteLanguageModel, .wordLanguageModel, .textClassifier:
      maximumLength = try fields.integer("maximum_length", default: 32, in: 2...256)
      let standard: BundledData = family == .byteLanguageModel ? .verseBytes : .verseWords
      data = .texts(standIn: try fields.dataSet("stand_in", default: standard.rawValue))
    case .mlp, .autoencoder, .variationalAutoencoder, .convolutionsThenMLP, .convolutionsThenPooling,
      .maskedAutoregressiveFlow, .realNVP:
      maximumLength = 0
      data = try Self.images(fields)
    }
  }

  /// The one configuration of a seed, without limits, on the data that stand in.
  init(_ family: TaskSetFamily, configurationOf seed: Int) {
    self.family = family
    limits = SamplingLimits(seeds: seed..<seed + 1, maximumParameters: .max, maximumWork: .max)
    maximumLength = 256
    data =
      switch family {
      case .quadratic, .problem: .none
      case .byteLanguageModel: .texts(standIn: BundledData.verseBytes.rawValue)
      case .wordLanguageModel, .textClassifier: .texts(standIn: BundledData.verseWords.rawValue)
      default: .images([], standIn: BundledData.digits.rawValue)
      }
  }

  /// Where a recipe asks for one configuration, that one whatever it costs. Read where it stands only: a recipe without it
  /// resolves to what it always did.
  private static func limits(_ family: TaskSetFamily, _ fields: Fields) throws(RecipeError) -> SamplingLimits {
    if fields.has("configuration") {
      let seed = try fields.integer("configuration", default: 0, in: 0...999)
      return SamplingLimits(seeds: seed..<seed + 1, maximumParameters: .max, maximumWork: .max)
    }
    // The smallest word model has 20,000 parameters, and few are below 50,000.
    return try SamplingLimits(fields, maximumParameters: family == .wordLanguageModel ? 200_000 : 50_000)
  }

  private static let noStandIn = "none"

  private static func images(_ fields: Fields) throws(RecipeError) -> Data {
    let known = TaskSet.ImageDataSet.Name.allCases.map(\.dataSetName)
    let names = try fields.texts("data", default: [])
    var found: [TaskSet.ImageDataSet.Name] = []
    for name in names {
      guard let dataSet = TaskSet.ImageDataSet.Name.allCases.first(where: { $0.dataSetName == name }),
        !found.contains(dataSet)
      else {
        throw fields.failure(
          "data",
          "\(name) is none of TaskSet's data sets, or named twice\(suggestion(for: name, among: known)); for one of your own"
            + " in the place of all of them write stand_in: \(name)")
      }
      found.append(dataSet)
    }
    let standIn = try fields.dataSet("stand_in", default: found.isEmpty ? BundledData.digits.rawValue : noStandIn)
    guard standIn != noStandIn || !found.isEmpty else {
      throw fields.failure("stand_in", "none leaves no data: name data sets in data, or a stand-in")
    }
    return .images(found, standIn: standIn == noStandIn ? nil : standIn)
  }

  /// The names of all data sets that it draws from.
  var dataNames: [String] {
    switch data {
    case .none: []
    case .images(let names, let standIn): names.map(\.dataSetName) + (standIn.map { [$0] } ?? [])
    case .texts(let standIn): [standIn]
    }
  }

  /// The family on its data.
  func makeFamily(from shelf: DataShelf) throws -> any TaskFamily {
    if let made = try configured(from: shelf) { return made }
    if limits.seeds.count == 1 {
      throw ExperimentError(
        .usage, doing: "making the configuration of seed \(limits.seeds.lowerBound) of \(family.rawValue)",
        problem: "its strides and crops leave nothing of the images that stand in")
    }
    throw ExperimentError(
      .usage, doing: "drawing configurations of \(family.rawValue)",
      problem: "none on these data has at most \(limits.maximumParameters) parameters and \(limits.maximumWork)"
        + " multiply-adds a loss",
      advice: "raise maximum_parameters or maximum_work of the recipe's task, or name other data")
  }

  private func configured(from shelf: DataShelf) throws -> (any TaskFamily)? {
    switch data {
    case .none:
      family == .quadratic ? SampledFamily(quadratics: limits) : SampledFamily(problems: limits)
    case .texts(let standIn): try configured(on: shelf.corpus(standIn))
    case .images(let names, let standIn):
      try configured(
        on: TaskSetImageSource(
          named: Dictionary(uniqueKeysWithValues: names.map { ($0, try shelf.images($0.dataSetName)) }),
          standIn: standIn.map { try shelf.images($0) }))
    }
  }

  private func configured(on corpus: TextCorpus) throws -> (any TaskFamily)? {
    switch family {
    case .byteLanguageModel, .wordLanguageModel:
      return SampledFamily(
        languageModels: family == .byteLanguageModel ? .bytes : .subwords, of: corpus, maximumLength: maximumLength,
        limits: limits)
    default:
      guard corpus.classCount > 1 else {
        throw ExperimentError(
          .malformed, doing: "drawing tasks on the data set \(corpus.name)", problem: "its texts have no classes",
          advice: "add it from a folder whose folders are the classes")
      }
      return SampledFamily(classifiersOf: corpus, maximumLength: maximumLength, limits: limits)
    }
  }

  private func configured(on images: TaskSetImageSource) -> (any TaskFamily)? {
    switch family {
    case .mlp: SampledFamily(perceptronsOn: images, limits: limits)
    case .autoencoder: SampledFamily(autoencodersOn: images, limits: limits)
    case .variationalAutoencoder: SampledFamily(variationalAutoencodersOn: images, limits: limits)
    case .convolutionsThenMLP: SampledFamily(convolutionsThenMLPOn: images, limits: limits)
    case .convolutionsThenPooling: SampledFamily(convolutionsThenPoolingOn: images, limits: limits)
    case .maskedAutoregressiveFlow: SampledFamily(maskedAutoregressiveFlowsOn: images, limits: limits)
    case .realNVP: SampledFamily(realNVPOn: images, limits: limits)
    case .byteLanguageModel, .wordLanguageModel, .textClassifier, .quadratic, .problem:
      preconditionFailure("\(family.rawValue) sees no images")
    }
  }
}

extension SamplingLimits {
  /// As an entry of a recipe gives them.
  init(_ fields: Fields, maximumParameters: Int) throws(RecipeError) {
    self.init(
      maximumParameters: try fields.integer("maximum_parameters", default: maximumParameters, in: 1...100_000_000),
      maximumWork: try fields.integer("maximum_work", default: 20_000_000, in: 1...100_000_000_000))
  }
}
