import Experiments
import Foundation
import OuterTraining
import RunSchema
import RunStore
import Tasks
import Testing

/// Fixed tasks in recipes, and what is measured on them.
struct FixedTaskRecipeTests {
  static let bowls = "fixed: [TwoD_Bowl10, TwoD_Rosenbrock], calibration_steps: 30"

  static func recipe(_ tasks: String) throws -> Recipe {
    try Recipe(
      """
      learned_optimizer: {kind: mlp}
      estimator: {pairs: 2, truncation: {steps: 2}, horizon: {steps: 9}}
      iterations: 2
      tasks: [\(tasks)]
      """, name: "fixed")
  }

  static func tasks(_ recipe: Recipe) -> [String] {
    guard case .fixed(let fixed) = recipe.tasks[0].kind else { return [] }
    return fixed.tasks.map(\.name)
  }

  @Test func aRecipeNamesSomeOrAll() throws {
    #expect(try Self.tasks(Self.recipe("{\(Self.bowls)}")) == ["TwoD_Bowl10", "TwoD_Rosenbrock"])
    #expect(try Self.tasks(Self.recipe("{family: fixed, fixed: TwoD_Bowl1}")) == ["TwoD_Bowl1"])
    #expect(try Self.tasks(Self.recipe("{fixed: all}")).count == 109)
    // The resolved recipe is read again when a run is taken up.
    let resolved = try Self.recipe("{fixed: all, weight: 2}").resolved.pretty
    #expect(try Self.tasks(Recipe(resolved, name: "again")).count == 109)
  }

  @Test(arguments: [
    ("{fixed: TwoD_Bowl11}", "did you mean TwoD_Bowl1"), ("{fixed: [all, TwoD_Bowl1]}", "all are meant"),
    ("{fixed: []}", "a name or a list"), ("{fixed: [TwoD_Bowl1, TwoD_Bowl1]}", "twice"),
    ("{fixed: TwoD_Bowl1, maximum_operations: 5}", "no such field"), ("{family: nvp, fixed: all}", "no such field"),
  ])
  func whatDoesNotFitIsRefusedInWords(_ entry: String, _ words: String) throws {
    let error = #expect(throws: RecipeError.self) { try Self.recipe(entry) }
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
  }

  @Test func whatIsMeasuredIsKeptInTheRun() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("runs-\(UUID().uuidString)")
    defer { do { try FileManager.default.removeItem(at: folder) } catch {} }
    let store = Store(at: folder.path)
    let recipe = try Self.recipe("{family: quadratic}, {\(Self.bowls)}, {family: digits_mlp, hidden: [4]}")
    let session = try Session.new(recipe, seed: 1, in: store, RunSettings(threads: 1))
    _ = try session.train(until: 2) { _ in }
    let measured = session.experiment.calibrations
    #expect(measured.map(\.count) == [0, 2, 1])
    let identity = try store.run(session.id).identity
    let read = try IdentityReader(identity, of: session.id.text, in: store).experiment()
    #expect(read.calibrations == measured)
    #expect(read.familyNames == session.experiment.familyNames)
    let bowl = measured[1][0]
    #expect(bowl.task == "TwoD_Bowl10" && bowl.bestLoss < bowl.initialLoss && bowl.learningRate > 0)
    #expect(bowl.operations > 0 && bowl.divergedRates == 0 && bowl.steps <= 30)
  }

  @Test func aForkKeepsWhatItsParentMeasured() throws {
    let recipe = try Self.recipe("{\(Self.bowls)}, {family: quadratic}")
    let known = ["TwoD_Bowl10", "TwoD_Rosenbrock"].map {
      TaskCalibration(
        task: $0, initialLoss: 123, bestLoss: 1, learningRate: 0.5, steps: 7, divergedRates: 2, operations: 9)
    }
    let parent = try Experiment(recipe: recipe, seed: 1, calibrations: [known, []])
    let child = try Experiment(
      recipe: Self.recipe("{family: quadratic}, {\(Self.bowls), weight: 3}"), seed: 2, measured: .of(parent))
    #expect(child.calibrations == [[], known])
    let one = try Experiment(
      recipe: Self.recipe("{fixed: [TwoD_Rosenbrock, TwoD_Beale], calibration_steps: 30}"), seed: 2,
      measured: .of(parent))
    #expect(one.calibrations[0][0] == known[1] && one.calibrations[0][1].task == "TwoD_Beale")
    let other = try Experiment(
      recipe: Self.recipe("{fixed: [TwoD_Bowl10], calibration_steps: 10}"), seed: 2, measured: .of(parent))
    #expect(other.calibrations[0][0] != known[0])
  }

  @Test func theCalibrationScalesTheTask() throws {
    let recipe = try Self.recipe("{fixed: TwoD_Bowl10, calibration_steps: 30}")
    let experiment = try Experiment(recipe: recipe, seed: 1)
    let calibration = experiment.calibrations[0][0]
    let task = experiment.problem.tasks.members[0].family.task(seed: 77)
    #expect(task.normalization == Normalization(initial: calibration.initialLoss, best: calibration.bestLoss))
    #expect(calibration == (try Experiment(recipe: recipe, seed: 2)).calibrations[0][0], "no chance, no clock")
  }

  @Test func withoutStepsABoundScalesTheTask() throws {
    let recipe = try Self.recipe("{fixed: TwoD_StyblinskiTang, calibration_steps: 0}")
    let calibration = try Experiment(recipe: recipe, seed: 1).calibrations[0][0]
    #expect(abs(calibration.bestLoss - 1.6676686) < 1e-6)
    #expect(calibration.learningRate == 0 && calibration.steps == 0)
  }

  @Test func allTasksAreThoseWithinTheLimitOfOperations() throws {
    let recipe = try Self.recipe("{fixed: all, maximum_operations: 2000, calibration_steps: 0}")
    let experiment = try Experiment(recipe: recipe, seed: 1)
    #expect(experiment.calibrations[0].map(\.task).allSatisfy { $0.hasPrefix("TwoD_") })
    #expect(experiment.calibrations[0].count == 8)
    #expect(experiment.calibrations[0].allSatisfy { $0.operations > 0 && $0.operations <= 2000 })
    let none = try Self.recipe("{fixed: all, maximum_operations: 1}")
    #expect(throws: ExperimentError.self) { try Experiment(recipe: none, seed: 1) }
  }
}
