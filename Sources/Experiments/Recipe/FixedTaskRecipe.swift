import DataSets
package import Tasks

/// Some of TaskSet's fixed tasks in a recipe, drawn with equal chance.
package struct FixedTaskRecipe: Sendable {
  package let tasks: [FixedTask]
  /// A task of which a step has more floating-point operations is left out: the paper's 100 ms a step as a number that is
  /// the same everywhere. nil where tasks were asked for by name.
  package let maximumOperations: Int?
  /// Steps of Adam by which a task's losses are scaled; 0 where its start and a lower bound do.
  package let calibrationSteps: Int

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
  func makeFamily(_ calibrations: [TaskCalibration]) throws(ExperimentError) -> any TaskFamily {
    let material = try FixedMaterial.bundled()
    guard !calibrations.isEmpty else { return FixedTaskFamily(tasks, on: material) }
    var calibrated: [FixedTask] = []
    for calibration in calibrations {
      guard let task = tasks.first(where: { $0.name(on: material) == calibration.task }) else {
        throw ExperimentError(
          .unfit, doing: "looking for the task \(calibration.task.shown)",
          problem: "the recipe names none that is called so on the data at hand",
          advice: "the run was made with other data")
      }
      calibrated.append(task)
    }
    return FixedTaskFamily(calibrated, on: material, normalizations: calibrations.map(\.normalization))
  }
}

extension FixedMaterial {
  /// The data that come with the program.
  static func bundled() throws(ExperimentError) -> FixedMaterial {
    let verses = try BundledData.verses()
    return FixedMaterial(
      imagesStandIn: try BundledData.digitImages(), bytes: Verses.bytes(of: verses), words: Verses.words(of: verses))
  }
}
