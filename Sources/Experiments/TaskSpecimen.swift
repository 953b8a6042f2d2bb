import Numerics
import OuterTraining
package import RunSchema
package import Tasks
import Yams

/// One task of the catalogue to look at: what is trained, what it costs, and what a tuned Adam makes of it.
package struct TaskSpecimen: Sendable {
  package struct Parameter: Sendable {
    package let name: String
    package let shape: [Int]
    package let count: Int
  }

  /// What Adam makes of it: the best of the calibration's learning rates by the loss at the end.
  package struct AdamTrial: Sendable {
    package let learningRate: Double
    package let curve: InnerCurve
    /// Rates of the grid at which some loss was no finite number.
    package let divergedRates: Int
  }

  /// With what stands in for its data.
  package let name: String
  /// As TaskSet publishes it, for its own tasks.
  package let configuration: JSONValue?
  /// Where that is not what its name says.
  package let quirks: [String]
  package let parameters: [Parameter]
  package let operations: StepOperations?
  private let task: any Task
  /// What recipes measure of it.
  private let subject: @Sendable () -> any Task

  package var parameterCount: Int { parameters.reduce(0) { $0 + $1.count } }

  package init(_ entry: TaskCatalogue.Entry, seed: UInt64) throws {
    switch entry.kind {
    case .recipe: try self.init(recipeFamily: entry.name, seed: seed)
    case .taskSet: try self.init(taskSetFamily: entry.name, seed: seed)
    case .fixed: try self.init(fixed: entry.name, seed: seed)
    }
  }

  private init(recipeFamily name: String, seed: UInt64) throws {
    let recipe = try TaskRecipe(Fields(["family": Node(name)], source: RecipeSource(name: "runs tasks")))
    let family = try recipe.makeFamily(calibrations: [])
    self.init(family.name, nil, [], family.task(seed: seed)) { family.task(seed: seed) }
  }

  /// The configuration of a seed, on the data that stand in; its start and batches are those of the same seed.
  private init(taskSetFamily name: String, seed: UInt64) throws {
    let configuration = try TaskCatalogue.configuration(of: name, seed: seed)
    guard let known = TaskSetFamily(rawValue: name) else { preconditionFailure("\(name) is none of TaskSet's") }
    let family = try SampledTaskRecipe(known, configurationOf: Int(seed)).listedFamily(from: DataShelf())
    self.init(family.name, configuration, [], family.task(seed: seed)) {
      family.task(at: 0, seed: Calibration.seed)
    }
  }

  private init(fixed name: String, seed: UInt64) throws {
    guard let fixed = FixedTask(named: name) else { preconditionFailure("\(name) is no fixed task") }
    let material = try FixedMaterial.bundled()
    self.init(
      fixed.name(on: material), JSONValue(fixed.configuration), fixed.quirks.map(\.description),
      fixed.task(on: material, seed: seed)
    ) { fixed.task(on: material, seed: Calibration.seed) }
  }

  private init(
    _ name: String, _ configuration: JSONValue?, _ quirks: [String], _ task: any Task,
    subject: @escaping @Sendable () -> any Task
  ) {
    self.name = name
    self.configuration = configuration
    self.quirks = quirks
    self.task = task
    self.subject = subject
    parameters = task.parameters.slots.map { Parameter(name: $0.name, shape: $0.shape, count: $0.count) }
    operations = task.operations
  }

  /// Seconds of a loss and its gradient on one batch, the least of some: of this machine, now. Observed, never a reason.
  package func measuredSeconds() -> Double {
    let (workspace, start) = (Workspace(), task.initialParameters())
    var gradient = Tensors(zeros: task.parameters)
    // Once for the memory, then three times for the clock.
    let times = (0..<4).map { step in
      let begin = Environment.clock()
      _ = task.loss(start, on: Batch(.train, step), gradient: &gradient, in: workspace)
      return Environment.clock() - begin
    }
    return times.dropFirst().min() ?? .nan
  }

  /// What a recipe that calibrates it keeps of it. TaskSet's and fixed tasks are measured with the start and batches of recipes,
  /// whatever the seed of the draw.
  /// - Parameter steps: of each learning rate.
  package func calibration(steps: Int) -> TaskCalibration {
    Calibration.calibrations(of: [.init(name: name, steps: steps, mayBeRejected: true, draw: subject)])[0]
  }

  /// - Parameter steps: of each learning rate.
  package func adam(steps: Int) -> AdamTrial {
    let rates = Calibration.learningRates
    let (task, pool) = (task, ThreadPool(threads: min(Environment.cpuCount, rates.count)))
    let curves = pool.map(order: Array(rates.indices)) { index, workspace in
      Calibration.curve(of: task, learningRate: rates[index], steps: steps, in: workspace)
    }
    let best =
      curves.indices.filter { !curves[$0].finalLoss.isNaN }
      .min { curves[$0].finalLoss < curves[$1].finalLoss } ?? 0
    return AdamTrial(
      learningRate: Double(rates[best]), curve: curves[best], divergedRates: curves.count(where: \.diverged))
  }
}
