import Numerics
import Optimizers
import OuterTraining
import Tasks

/// Scales tasks by what Adam reaches on them: the 0 of their normalised losses (spec §3.1).
///
/// For each rate of the grid, one draw is trained from its own start, and every tenth of the way its mean loss over outer-valid
/// batches is taken; the least of all is the task's. A function of the task alone: no clock, and the same on every machine.
package enum Calibration {
  /// Learning rates: half decades around Adam's usual ones.
  package static let learningRates: [Float] = [3e-4, 1e-3, 3e-3, 1e-2, 3e-2]
  package static let steps = 200
  private static let seed: UInt64 = 0

  /// One a task of a recipe's entry; none where each draw is scaled by a bound that is known. What was measured before is taken
  /// from there.
  static func calibrations(
    of entry: TaskRecipe, from shelf: DataShelf, _ known: KnownCalibrations
  ) throws -> [TaskCalibration] {
    let (subjects, steps) = try subjects(of: entry, from: shelf)
    let earlier = try subjects.map { subject in
      try entry.calibrationKey(of: subject.name) { try shelf.data($0).digest }.flatMap { known($0) }
    }
    var measured = calibrations(of: zip(subjects, earlier).filter { $1 == nil }.map(\.0), steps: steps)[...]
    return earlier.map { $0 ?? measured.removeFirst() }
  }

  /// The tasks of an entry that are measured, and the steps that this takes at each rate.
  private static func subjects(
    of entry: TaskRecipe, from shelf: DataShelf
  ) throws -> (subjects: [Subject], steps: Int) {
    switch entry.kind {
    case .perceptron:
      let family = try entry.plainFamily(calibrations: [], from: shelf)
      return ([Subject(name: family.name) { family.task(seed: seed) }], steps)
    case .fixed(let fixed):
      let material = try fixed.material(from: shelf)
      let subjects = try fixed.admitted(on: material).map { task in
        Subject(name: task.name(on: material)) { task.task(on: material, seed: seed) }
      }
      return (subjects, fixed.calibrationSteps)
    case .quadratic, .testFunction, .diagonalValley, .sampled, .residualNetwork, .parametric: return ([], 0)
    }
  }

  /// A task that every thread makes for itself.
  private struct Subject: Sendable {
    let name: String
    let draw: @Sendable () -> any Task
  }

  /// All tasks at all rates, on all threads: which thread does what changes nothing.
  private static func calibrations(
    of tasks: [Subject], steps: Int
  ) -> [TaskCalibration] {
    let rates = steps > 0 ? learningRates : []
    let pool = ThreadPool(threads: Environment.cpuCount)
    let curves = pool.map(order: Array(0..<tasks.count * rates.count)) { job, workspace in
      curve(of: tasks[job / rates.count].draw(), learningRate: rates[job % rates.count], steps: steps, in: workspace)
    }
    return tasks.enumerated().map { index, task in
      let own = curves[index * rates.count..<(index + 1) * rates.count]
      return TaskCalibration(of: task.draw(), named: task.name, zip(rates, own).map { (rate: $0, curve: $1) })
    }
  }

  static func curve(of task: any Task, learningRate: Float, steps: Int, in workspace: Workspace) -> InnerCurve {
    let adam = Adam(learningRate: .constant(learningRate)).optimizer(for: task.parameters)
    return InnerCurve(of: task, with: adam, .init(steps: steps, interval: max(1, steps / 10)), in: workspace)
  }
}
