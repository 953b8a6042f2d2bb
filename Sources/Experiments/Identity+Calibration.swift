import RunSchema
import RunStore

/// Calibrations in a run's identity: arrays with a number a task, and the entry of the recipe that the task is of.
extension Identity {
  static func append(_ calibrations: [[TaskCalibration]], of entries: [TaskRecipe], to arrays: inout NamedArrays) {
    arrays.append(
      NamedArray(
        IdentityNames.bestLosses, shape: [calibrations.count],
        .float64(calibrations.map { $0.count == 1 ? $0[0].bestLoss : 0 }), unit: "loss",
        summary: "the loss of each family that is normalised to 0, where a tuned Adam decides it; else 0"))
    let rows = calibrations.enumerated().flatMap { entry, tasks in tasks.map { (entry: entry, task: $0) } }
    // Zlib and old readers need no empty arrays.
    guard !rows.isEmpty else { return }
    func append(_ name: String, _ values: ArrayValues, unit: String = "", _ summary: String) {
      arrays.append(NamedArray(name, shape: [rows.count], values, unit: unit, summary: summary))
    }
    append(
      IdentityNames.calibrationEntry, .int64(rows.map { Int64($0.entry) }), "the recipe's entry that the task is of")
    append(IdentityNames.calibrationTask, .text(rows.map(\.task.task)), "the task, and what stands in for its data")
    append(
      IdentityNames.calibrationInitialLoss, .float64(rows.map(\.task.initialLoss)), unit: "loss",
      "mean outer-valid loss at the start")
    append(
      IdentityNames.calibrationBestLoss, .float64(rows.map(\.task.bestLoss)), unit: "loss",
      "the least of Adam's mean outer-valid losses over the grid; a lower bound where learning_rate is 0")
    append(
      IdentityNames.calibrationLearningRate, .float64(rows.map(\.task.learningRate)), "the rate that reached it")
    append(
      IdentityNames.calibrationSteps, .int64(rows.map { Int64($0.task.steps) }), unit: "inner steps", "after so many")
    append(
      IdentityNames.calibrationDivergedRates, .int64(rows.map { Int64($0.task.divergedRates) }),
      "rates of the grid at which some loss was not finite")
    append(
      IdentityNames.calibrationOperations, .int64(rows.map { Int64($0.task.operations) }),
      unit: "floating-point operations", "of a loss and its gradient on one batch; 0 where not counted")
    // There is nothing of it in runs that cannot leave a task out.
    guard entries.contains(where: \.leavesTasksOut) else { return }
    append(
      IdentityNames.calibrationRejected, .uint8(rows.map { $0.task.isRejected ? 1 : 0 }),
      "1 where the task is left out, because Adam does not lower its loss or diverges at every rate, else 0")
  }
}

extension IdentityReader {
  /// For each entry of the recipe what was measured on its tasks.
  func calibrations(of entries: [TaskRecipe]) throws -> [[TaskCalibration]] {
    guard arrays[IdentityNames.calibrationTask] != nil else { return try bestLossesAlone(of: entries) }
    let names = try column(IdentityNames.calibrationTask) { if case .text(let values) = $0 { values } else { nil } }
    let places = try integers(IdentityNames.calibrationEntry, names.count)
    let (initial, best) = (
      try numbers(IdentityNames.calibrationInitialLoss, names.count),
      try numbers(IdentityNames.calibrationBestLoss, names.count)
    )
    let rates = try numbers(IdentityNames.calibrationLearningRate, names.count)
    let steps = try integers(IdentityNames.calibrationSteps, names.count)
    let diverged = try integers(IdentityNames.calibrationDivergedRates, names.count)
    let operations = try integers(IdentityNames.calibrationOperations, names.count)
    let rejected = try rejections(names.count)
    var result = entries.map { _ in [TaskCalibration]() }
    for (row, name) in names.enumerated() {
      guard entries.indices.contains(places[row]), initial[row].isFinite, best[row].isFinite else {
        throw damaged(IdentityNames.calibrationEntry, "entries 0 ..< \(entries.count) with finite losses", "others")
      }
      result[places[row]].append(
        TaskCalibration(
          task: name, initialLoss: initial[row], bestLoss: best[row], learningRate: rates[row], steps: steps[row],
          divergedRates: diverged[row], operations: operations[row], isRejected: rejected[row]))
    }
    return result
  }

  /// What runs hold that were made before calibrations were: the best loss of an entry, 0 where it has none.
  private func bestLossesAlone(of entries: [TaskRecipe]) throws -> [[TaskCalibration]] {
    let losses = try numbers(IdentityNames.bestLosses, entries.count)
    return zip(entries, losses).map { entry, loss in
      guard case .perceptron = entry.kind else { return [] }
      return [
        TaskCalibration(
          task: "", initialLoss: 0, bestLoss: loss, learningRate: 0, steps: 0, divergedRates: 0, operations: 0)
      ]
    }
  }

  /// Whether each task is left out; none of runs without the array.
  private func rejections(_ count: Int) throws -> [Bool] {
    guard arrays[IdentityNames.calibrationRejected] != nil else { return Array(repeating: false, count: count) }
    let flags = try column(IdentityNames.calibrationRejected) {
      if case .uint8(let values) = $0 { values } else { nil }
    }
    guard flags.count == count else {
      throw damaged(IdentityNames.calibrationRejected, "\(count) flags", "\(flags.count)")
    }
    return flags.map { $0 != 0 }
  }

  private func numbers(_ name: String, _ count: Int) throws -> [Double] {
    let values = try column(name) { if case .float64(let values) = $0 { values } else { nil } }
    guard values.count == count else { throw damaged(name, "\(count) numbers", "\(values.count)") }
    return values
  }

  private func integers(_ name: String, _ count: Int) throws -> [Int] {
    let values = try column(name) { if case .int64(let values) = $0 { values } else { nil } }
    guard values.count == count else { throw damaged(name, "\(count) whole numbers", "\(values.count)") }
    return values.map { Int($0) }
  }

  private func column<Value>(_ name: String, _ convert: (ArrayValues) -> [Value]?) throws -> [Value] {
    guard let array = arrays[name], let values = convert(array.values) else {
      throw damaged(name, "an array", "none, or one of another type")
    }
    return values
  }
}
