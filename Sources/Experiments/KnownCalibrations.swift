import Numerics
import RunSchema
package import RunStore
import Tasks

/// What a measurement of a task is a function of, beside the numerics version: two that agree in it have the same bits.
package struct CalibrationKey: Hashable, Sendable {
  /// What of the recipe's entry has a part in it.
  let entry: String
  /// The task's name, with that of data that stand in.
  let task: String
  /// The digest of its data; empty where it has none.
  let data: String
}

extension TaskRecipe {
  /// The key of one of the entry's tasks; nil for entries whose tasks nothing is measured of.
  /// - Parameter digest: of the data set of a name.
  func calibrationKey(of task: String, digest: (String) throws -> String?) rethrows -> CalibrationKey? {
    switch kind {
    case .perceptron(let perceptron):
      return try digest(perceptron.data).map { CalibrationKey(entry: subject.compact, task: task, data: $0) }
    case .fixed(let fixed):
      guard let known = FixedTask(named: String(task.prefix { $0 != "(" })) else { return nil }
      let entry = "fixed, calibration_steps: \(fixed.calibrationSteps)"
      guard let name = fixed.dataName(of: known) else { return CalibrationKey(entry: entry, task: task, data: "") }
      return try digest(name).map { CalibrationKey(entry: entry, task: task, data: $0) }
    case .sampled(let sampled):
      guard let steps = sampled.calibrationSteps, let seed = sampled.seed(ofTask: task) else { return nil }
      let entry = "\(family.rawValue), calibration_steps: \(steps), maximum_length: \(sampled.maximumLength)"
      guard let name = sampled.dataName(ofSeed: seed) else {
        return CalibrationKey(entry: entry, task: task, data: "")
      }
      return try digest(name).map { CalibrationKey(entry: entry, task: task, data: $0) }
    case .quadratic, .testFunction, .diagonalValley, .residualNetwork, .parametric: return nil
    }
  }
}

/// What was measured on tasks before, to be taken over instead of being measured again.
package struct KnownCalibrations {
  private let find: (CalibrationKey) -> TaskCalibration?

  package func callAsFunction(_ key: CalibrationKey) -> TaskCalibration? { find(key) }

  package static var none: KnownCalibrations { .init { _ in nil } }

  /// First what this knows, then what another does.
  package func or(_ other: KnownCalibrations) -> KnownCalibrations { .init { self($0) ?? other($0) } }

  /// What an experiment has measured.
  package static func of(_ experiment: Experiment) throws -> KnownCalibrations {
    let known = try table(experiment.recipe.tasks, experiment.calibrations) { try experiment.data.data($0).digest }
    return .init { known[$0] }
  }

  /// What the newest runs of a store have measured, in this numerics version. They are read, the newest first, when something is
  /// looked for and only until it is found; few of them, since a small task is measured anew
  /// in the time that some runs take to be opened. What
  /// cannot be read has measured nothing: it is no business of a new run.
  package static func earlierRuns(of store: Store) -> KnownCalibrations {
    let runs = EarlierRuns(store)
    return .init { runs.calibration($0) }
  }

  fileprivate static func table(
    _ entries: [TaskRecipe], _ calibrations: [[TaskCalibration]], digest: (String) throws -> String?
  ) rethrows -> [CalibrationKey: TaskCalibration] {
    var known: [CalibrationKey: TaskCalibration] = [:]
    for (entry, tasks) in zip(entries, calibrations) {
      // Runs that were made before all of it was kept have no names.
      for calibration in tasks where !calibration.task.isEmpty {
        guard let key = try entry.calibrationKey(of: calibration.task, digest: digest) else { continue }
        known[key] = calibration
      }
    }
    return known
  }
}

/// The runs of a store, read as far as they were needed.
private final class EarlierRuns {
  private static let most = 8

  private let store: Store
  private var known: [CalibrationKey: TaskCalibration] = [:]
  /// The newest is the last; nil before the first look.
  private var left: [RunID]?

  init(_ store: Store) { self.store = store }

  func calibration(_ key: CalibrationKey) -> TaskCalibration? {
    while known[key] == nil, let next = nextRun() {
      do {
        known.merge(try calibrations(of: next)) { newer, _ in newer }
      } catch {
        continue
      }
    }
    return known[key]
  }

  private func nextRun() -> RunID? {
    if left == nil {
      do { left = Array(try store.ids().suffix(Self.most)) } catch { left = [] }
    }
    return left?.popLast()
  }

  private func calibrations(of id: RunID) throws -> [CalibrationKey: TaskCalibration] {
    let reader = IdentityReader(try store.run(id).identity, of: id.text, in: store)
    guard try reader.text(IdentityNames.numericsVersion) == NumericsVersion.current else { return [:] }
    let (entries, digests) = (try reader.recipe().tasks, try reader.dataDigests())
    return try KnownCalibrations.table(entries, reader.calibrations(of: entries)) { digests[$0] }
  }
}
