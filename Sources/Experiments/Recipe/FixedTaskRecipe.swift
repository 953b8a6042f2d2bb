package import Tasks

/// Some of TaskSet's fixed tasks in a recipe, drawn with equal chance.
package struct FixedTaskRecipe: Sendable {
  package let tasks: [FixedTask]
  /// A task of which a step has more floating-point operations is left out: the paper's 100 ms a step as a number that is
  /// the same everywhere. nil where tasks were asked for by name.
  package let maximumOperations: Int?
  /// Steps of Adam by which a task's losses are scaled; 0 where its start and a lower bound do.
  package let calibrationSteps: Int
  /// Which of the published data sets are those of the store, and what is in the place of all other images.
  package let images: [FixedData.Images]
  package let standIn: String

  /// What a core of 50 GFLOP/s does in 100 ms: half of what one was measured to do (Docs/performance.md).
  package static let standardOperations = 5_000_000_000

  /// The name by which all are meant.
  private static let everything = "all"

  init(_ fields: Fields) throws(RecipeError) {
    let names = try fields.names(
      "fixed", default: ["Copy_LSTM128_BS128_Length5_Tokens10"],
      among: [Self.everything] + FixedTask.all.map(\.name))
    if names.contains(Self.everything) {
      guard names.count == 1 else { throw fields.failure("fixed", "all are meant, or some by their names") }
      tasks = FixedTask.all
      maximumOperations = try fields.integer(
        "maximum_operations", default: Self.standardOperations, in: 1...1_000_000_000_000_000)
    } else {
      guard Set(names).count == names.count else { throw fields.failure("fixed", "a name stands twice") }
      tasks = names.compactMap { FixedTask(named: $0) }
      maximumOperations = nil
    }
    calibrationSteps = try fields.integer("calibration_steps", default: 100, in: 0...100_000)
    let named = try fields.texts("data", default: [])
    images = named.compactMap { FixedData.Images(rawValue: $0) }
    guard images.count == named.count, Set(named).count == named.count else {
      let known = FixedData.Images.allCases.map(\.rawValue)
      throw fields.failure("data", "expected some of \(known.joined(separator: ", ")), each once")
    }
    standIn = try fields.dataSet("stand_in", default: BundledData.digits.rawValue)
  }

  /// The names of all data sets that it draws from.
  var dataNames: [String] { tasks.compactMap { dataName(of: $0) } }

  /// The name of the data set that a task draws from; nil where it needs none.
  func dataName(of task: FixedTask) -> String? {
    switch task.data {
    case .none: nil
    case .images(let image): images.contains(image) ? image.rawValue : standIn
    case .bytes: BundledData.verseBytes.rawValue
    case .words: BundledData.verseWords.rawValue
    }
  }

  /// The data that tasks learn from; those that none of them needs are the program's own.
  func material(from shelf: DataShelf) throws -> FixedMaterial {
    let needed = Set(dataNames)
    return FixedMaterial(
      images: Dictionary(
        uniqueKeysWithValues: try images.filter { needed.contains($0.rawValue) }
          .map { ($0, try shelf.images($0.rawValue)) }),
      imagesStandIn: try shelf.images(needed.contains(standIn) ? standIn : BundledData.digits.rawValue),
      bytes: try shelf.corpus(BundledData.verseBytes.rawValue), words: try shelf.corpus(BundledData.verseWords.rawValue)
    )
  }

  /// Those that no limit leaves out.
  func admitted(on material: FixedMaterial) throws(ExperimentError) -> [FixedTask] {
    guard let maximumOperations else { return tasks }
    let admitted = tasks.filter { $0.operations(on: material).gradient <= maximumOperations }
    guard !admitted.isEmpty else {
      throw ExperimentError(
        .usage, doing: "choosing fixed tasks", problem: "no step has at most \(maximumOperations) operations",
        advice: "raise maximum_operations of the recipe's task")
    }
    return admitted
  }

  /// The family: of the tasks that were calibrated when the run began, or of all that are asked for.
  func makeFamily(_ calibrations: [TaskCalibration], from shelf: DataShelf) throws -> any TaskFamily {
    let material = try material(from: shelf)
    guard !calibrations.isEmpty else { return FixedTaskFamily(tasks, on: material) }
    var calibrated: [FixedTask] = []
    for calibration in calibrations {
      guard let task = tasks.first(where: { $0.name(on: material) == calibration.task }) else {
        throw calibration.isOfNone
      }
      calibrated.append(task)
    }
    return FixedTaskFamily(calibrated, on: material, normalizations: calibrations.map(\.normalization))
  }
}

extension FixedMaterial {
  /// The data that come with the program.
  static func bundled() throws -> FixedMaterial {
    let shelf = DataShelf()
    return FixedMaterial(
      imagesStandIn: try shelf.images(BundledData.digits.rawValue),
      bytes: try shelf.corpus(BundledData.verseBytes.rawValue), words: try shelf.corpus(BundledData.verseWords.rawValue)
    )
  }
}
