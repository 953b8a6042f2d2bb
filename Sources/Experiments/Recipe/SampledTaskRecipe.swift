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
  /// Steps of Adam at each of its rates by which each configuration is scaled, or left out; nil where its start and a bound
  /// scale it.
  package let calibrationSteps: Int?
  /// The most tokens of a window, for families that read text.
  package let maximumLength: Int
  package let data: Data

  init(_ family: TaskSetFamily, _ fields: Fields) throws(RecipeError) {
    self.family = family
    limits = try Self.limits(family, fields)
    // Read where it stands only: a recipe without it resolves to what it always did.
    calibrationSteps =
      fields.has("calibration_steps") ? try fields.integer("calibration_steps", in: 1...100_000) : nil
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
    calibrationSteps = nil
    maximumLength = 256
    data =
      switch family {
      case .quadratic, .problem: .none
      case .byteLanguageModel: .texts(standIn: BundledData.verseBytes.rawValue)
      case .wordLanguageModel, .textClassifier: .texts(standIn: BundledData.verseWords.rawValue)
      default: .images([], standIn: BundledData.digits.rawValue)
      }
  }

  /// Where a recipe asks for one configuration, that one whatever it costs; where for some, those of them within the limits.
  /// Read where it stands only: a recipe without it resolves to what it always did.
  private static func limits(_ family: TaskSetFamily, _ fields: Fields) throws(RecipeError) -> SamplingLimits {
    if fields.has("configuration") {
      let seed = try fields.integer("configuration", default: 0, in: 0...999)
      return SamplingLimits(seeds: seed..<seed + 1, maximumParameters: .max, maximumWork: .max)
    }
    // The smallest word model has 20,000 parameters, and few are below 50,000.
    var limits = try SamplingLimits(fields, maximumParameters: family == .wordLanguageModel ? 200_000 : 50_000)
    guard fields.has("configurations") else { return limits }
    limits.seeds = try fields.section("configurations") { fields throws(RecipeError) in
      let (first, last) = (try fields.integer("from", in: 0...999), try fields.integer("to", in: 0...999))
      guard first <= last else { throw fields.failure("to", "\(last) is below from, which is \(first)") }
      return first..<last + 1
    }
    return limits
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

  /// The name of the data set that the configuration of a seed draws from; nil where it needs none.
  func dataName(ofSeed seed: Int) -> String? {
    switch data {
    case .none: return nil
    case .texts(let standIn): return standIn
    case .images(let names, let standIn):
      // Most recipes name none, and need not draw it.
      guard !names.isEmpty, let name = family.draw(seed: seed).images, names.contains(name) else { return standIn }
      return name.dataSetName
    }
  }

  /// The name of the task that the configuration of a seed is, with that of its data: "mlp_family_seed17(digits)".
  func taskName(ofSeed seed: Int) -> String {
    "\(family.rawValue)_seed\(seed)" + (dataName(ofSeed: seed).map { "(\($0))" } ?? "")
  }

  /// The seed in such a name; nil in names of other tasks.
  func seed(ofTask name: String) -> Int? {
    let prefix = family.rawValue + "_seed"
    guard name.hasPrefix(prefix), let seed = Int(name.dropFirst(prefix.count).prefix { $0 != "(" }),
      family.seeds.contains(seed), taskName(ofSeed: seed) == name
    else { return nil }
    return seed
  }

  /// The family: of the configurations that were calibrated when the run began and not left out, or of all within the limits.
  func makeFamily(_ calibrations: [TaskCalibration], from shelf: DataShelf) throws -> any TaskFamily {
    let family = try listedFamily(from: shelf)
    guard !calibrations.isEmpty else { return family }
    let places = Dictionary(uniqueKeysWithValues: family.seeds.enumerated().map { (taskName(ofSeed: $1), $0) })
    let kept = calibrations.filter { !$0.isRejected }
    guard !kept.isEmpty else {
      throw ExperimentError(
        .usage, doing: "calibrating \(self.family.rawValue)",
        problem: "\(calibrations.count) configurations, and Adam lowers the loss of none of them",
        advice: "raise calibration_steps or the limits of the recipe's task, or name other configurations")
    }
    return family.calibrated(
      at: try kept.map { calibration in
        guard let place = places[calibration.task] else { throw calibration.isOfNone }
        return place
      }, scaledBy: kept.map(\.normalization))
  }

  /// All configurations within the limits on their data.
  func listedFamily(from shelf: DataShelf) throws -> any ListedFamily {
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
      advice: "raise maximum_parameters or maximum_work of the recipe's task, or name other data or configurations")
  }

  private func configured(from shelf: DataShelf) throws -> (any ListedFamily)? {
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

  private func configured(on corpus: TextCorpus) throws -> (any ListedFamily)? {
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

  private func configured(on images: TaskSetImageSource) -> (any ListedFamily)? {
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

extension ListedFamily {
  fileprivate func calibrated(at places: [Int], scaledBy normalizations: [Normalization]) -> any TaskFamily {
    CalibratedFamily(self, at: places, scaledBy: normalizations)
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
