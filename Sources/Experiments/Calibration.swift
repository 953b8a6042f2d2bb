import Numerics
import Optimizers
import OuterTraining
import Synchronization
import Tasks

/// Told how far the measuring of tasks is, in trainings of one task at one rate. Called on any thread, one call at a time.
package typealias MeasuringProgress = @Sendable (_ done: Int, _ total: Int) -> Void

/// Scales tasks by what Adam reaches on them: the 0 of their normalised losses (spec §3.1).
///
/// For each rate of the grid, one draw is trained from its own start, and every tenth of the way its mean loss over outer-valid
/// batches is taken; the least of all is the task's. A function of the task alone: no clock, and the same on every machine.
package enum Calibration {
  /// Learning rates: half decades around Adam's usual ones.
  package static let learningRates: [Float] = [3e-4, 1e-3, 3e-3, 1e-2, 3e-2]
  package static let steps = 200
  /// Of the draw that is measured.
  static let seed: UInt64 = 0

  /// A task to measure, which every thread draws for itself.
  struct Subject: Sendable {
    let name: String
    /// At each rate; with 0 a bound that the task knows takes Adam's place.
    let steps: Int
    /// Whether its family does without it where Adam makes nothing of it.
    let mayBeRejected: Bool
    let draw: @Sendable () -> any Task

    fileprivate var rates: [Float?] { steps > 0 ? learningRates : [nil] }
  }

  /// For each entry of a recipe one a task; none where each draw is scaled by a bound that is known. What was measured before is
  /// taken from there.
  static func calibrations(
    of entries: [TaskRecipe], from shelf: DataShelf, _ known: KnownCalibrations, progress: @escaping MeasuringProgress
  ) throws -> [[TaskCalibration]] {
    let subjects = try entries.map { try Self.subjects(of: $0, from: shelf) }
    let earlier = try zip(entries, subjects).map { entry, subjects in
      try subjects.map { subject in
        try entry.calibrationKey(of: subject.name) { try shelf.data($0).digest }.flatMap { known($0) }
      }
    }
    let missing = zip(subjects.joined(), earlier.joined()).filter { $1 == nil }.map(\.0)
    var measured = calibrations(of: missing, progress: progress)[...]
    return earlier.map { $0.map { $0 ?? measured.removeFirst() } }
  }

  /// The tasks of an entry that are measured.
  private static func subjects(of entry: TaskRecipe, from shelf: DataShelf) throws -> [Subject] {
    switch entry.kind {
    case .perceptron:
      let family = try entry.plainFamily(calibrations: [], from: shelf)
      return [Subject(name: family.name, steps: steps, mayBeRejected: false) { family.task(seed: seed) }]
    case .fixed(let fixed):
      let material = try fixed.material(from: shelf)
      return try fixed.admitted(on: material).map { task in
        Subject(name: task.name(on: material), steps: fixed.calibrationSteps, mayBeRejected: false) {
          task.task(on: material, seed: seed)
        }
      }
    case .sampled(let sampled):
      guard let steps = sampled.calibrationSteps else { return [] }
      let family = try sampled.listedFamily(from: shelf)
      return family.seeds.enumerated().map { place, configuration in
        Subject(name: sampled.taskName(ofSeed: configuration), steps: steps, mayBeRejected: true) {
          family.task(at: place, seed: seed)
        }
      }
    case .quadratic, .testFunction, .diagonalValley, .residualNetwork, .parametric: return []
    }
  }

  /// All tasks at all rates, on all cores: which does what changes nothing.
  static func calibrations(of subjects: [Subject], progress: @escaping MeasuringProgress = { _, _ in })
    -> [TaskCalibration]
  {
    let jobs = subjects.flatMap { subject in subject.rates.map { (subject: subject, rate: $0) } }
    let count = Count(of: jobs.count, progress)
    let pool = ThreadPool(threads: Environment.cpuCount)
    var trials = pool.map(order: Array(jobs.indices)) { job, workspace in
      defer { count.add() }
      return Trial(jobs[job].subject, jobs[job].rate, in: workspace)
    }[...]
    return subjects.map { subject in
      let own = trials.prefix(subject.rates.count)
      trials = trials.dropFirst(own.count)
      return TaskCalibration(
        named: subject.name, scale: own[own.startIndex].scale, operations: own[own.startIndex].operations,
        own.compactMap(\.curve), mayBeRejected: subject.mayBeRejected)
    }
  }

  /// Counts what is done, and tells.
  private final class Count: Sendable {
    private let done = Mutex(0)
    private let total: Int
    private let progress: MeasuringProgress

    init(of total: Int, _ progress: @escaping MeasuringProgress) {
      self.total = total
      self.progress = progress
    }

    func add() {
      done.withLock {
        $0 += 1
        progress($0, total)
      }
    }
  }

  /// What one rate makes of a task.
  private struct Trial: Sendable {
    let curve: (rate: Float, curve: InnerCurve)?
    let scale: Normalization
    let operations: Int

    init(_ subject: Subject, _ rate: Float?, in workspace: Workspace) {
      let task = subject.draw()
      scale = task.normalization
      operations = task.operations?.gradient ?? 0
      curve = rate.map {
        ($0, Calibration.curve(of: task, learningRate: $0, steps: subject.steps, in: workspace))
      }
    }
  }

  static func curve(of task: any Task, learningRate: Float, steps: Int, in workspace: Workspace) -> InnerCurve {
    let adam = Adam(learningRate: .constant(learningRate)).optimizer(for: task.parameters)
    return InnerCurve(of: task, with: adam, .init(steps: steps, interval: max(1, steps / 10)), in: workspace)
  }
}
