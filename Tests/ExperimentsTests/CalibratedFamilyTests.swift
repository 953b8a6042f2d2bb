import Foundation
import Numerics
import Optimizers
import OuterTraining
import RunSchema
import RunStore
import Tasks
import Testing

@testable import Experiments

/// TaskSet's sampled families in recipes that have Adam calibrate each configuration.
struct CalibratedFamilyTests {
  private static let entry =
    "{family: taskset_mlp, configurations: {from: 0, to: 11}, calibration_steps: 12, maximum_work: 1000000}"
  /// Some of these Adam does not lower, or not without a loss that is no number.
  private static let flows =
    "{family: nvp, configurations: {from: 0, to: 29}, calibration_steps: 5, maximum_work: 300000}"

  private static func experiment(_ entries: String..., seed: UInt64 = 1) throws -> Experiment {
    try Experiment(recipe: FixedTaskRecipeTests.recipe(entries.joined(separator: ", ")), seed: seed)
  }

  private static func normalizations(_ experiment: Experiment, draws: UInt64) -> Set<Normalization> {
    let family = experiment.problem.tasks.members[0].family
    return Set((0..<draws).map { family.task(seed: $0).normalization })
  }

  @Test func aRecipeSaysWhichConfigurationsAndHowLongTheyAreMeasured() throws {
    let recipe = try FixedTaskRecipeTests.recipe(Self.entry)
    guard case .sampled(let sampled) = recipe.tasks[0].kind else { throw CancellationError() }
    #expect(sampled.limits.seeds == 0..<12 && sampled.calibrationSteps == 12)
    let again = try Recipe(recipe.resolved.pretty, name: "again")
    #expect(again.resolved == recipe.resolved)
    let plain = try FixedTaskRecipeTests.recipe("{family: taskset_mlp}").resolved.compact
    #expect(!plain.contains("calibration_steps") && !plain.contains("configurations"))
  }

  @Test(arguments: [
    ("{family: nvp, calibration_steps: 0}", "out of range"),
    ("{family: nvp, configurations: {from: 5, to: 4}}", "below from"),
    ("{family: nvp, configurations: {from: 5, to: 1000}}", "out of range"),
    ("{family: nvp, configurations: {from: 5}}", "missing"),
    ("{family: nvp, configuration: 5, configurations: {from: 5, to: 6}}", "no such field"),
    ("{family: image_mlp, calibration_steps: 5}", "image_mlp has no list of configurations"),
    ("{family: lopt, configurations: {from: 0, to: 6}}", "lopt has no list of configurations"),
    ("{family: quadratic, calibration_steps: 5}", "no such field"),
  ])
  func whatDoesNotFitIsRefusedInWords(_ entry: String, _ words: String) throws {
    let error = #expect(throws: RecipeError.self) { try FixedTaskRecipeTests.recipe(entry) }
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
  }

  /// In whatever company, and written out here once more: the least mean of four outer-valid batches, of all rates.
  @Test func aCalibrationIsThatOfTheTaskAlone() throws {
    let all = try Self.experiment(Self.entry).calibrations[0]
    #expect(all.count > 3 && all.allSatisfy { $0.task.hasPrefix("mlp_family_seed") && $0.task.hasSuffix("(digits)") })
    let name = all[2].task
    let seed = try #require(Int(name.dropFirst("mlp_family_seed".count).prefix { $0 != "(" }))
    let one = try Self.experiment(
      "{family: quadratic}, {family: taskset_mlp, configuration: \(seed), calibration_steps: 12}")
    #expect(one.calibrations == [[], [all[2]]])
    let specimen = try TaskSpecimen(TaskCatalogue.entry("mlp_family"), seed: UInt64(seed)).calibration(steps: 12)
    #expect(specimen.bestLoss == all[2].bestLoss && specimen.initialLoss == all[2].initialLoss)

    let family = try Self.experiment("{family: taskset_mlp, configuration: \(seed)}").problem.tasks.members[0].family
    let task = family.task(seed: 0)
    let curves = [3e-4, 1e-3, 3e-3, 1e-2, 3e-2].map { (rate: Float) in
      InnerCurve(
        of: task, with: Adam(learningRate: .constant(rate)).optimizer(for: task.parameters),
        .init(steps: 12, interval: 1), in: Workspace())
    }
    let best = curves.flatMap { $0.valid.dropFirst() }.map(\.loss).min()
    #expect(all[2].bestLoss == best && all[2].initialLoss == curves[0].initialLoss)
    #expect(all[2].operations == task.operations?.gradient && all[2].operations > 0)
  }

  @Test func itScalesTheLossesOfEveryDraw() throws {
    let experiment = try Self.experiment(Self.entry)
    let kept = experiment.calibrations[0].filter { !$0.isRejected }
    let expected = Set(kept.map { Normalization(initial: $0.initialLoss, best: $0.bestLoss) })
    #expect(Self.normalizations(experiment, draws: 300) == expected && expected.count == kept.count)
    // Each by its own: networks of most configurations differ.
    let family = experiment.problem.tasks.members[0].family
    let layouts = try kept.map { calibration in
      let seed = calibration.task.dropFirst("mlp_family_seed".count).prefix { $0 != "(" }
      let alone = try Self.experiment("{family: taskset_mlp, configuration: \(seed)}")
      return alone.problem.tasks.members[0].family.task(seed: 0).parameters
    }
    for seed in 0..<100 as Range<UInt64> {
      let task = family.task(seed: seed)
      #expect(zip(kept, layouts).contains { $0.normalization == task.normalization && $1 == task.parameters })
    }
    // Changed draws are scaled alike, and measured unchanged.
    let augmented = try Self.experiment(Self.entry.dropLast() + ", augmentations: {bfloat16: 1}}")
    #expect(augmented.calibrations == experiment.calibrations)
    #expect(Self.normalizations(augmented, draws: 30).isSubset(of: expected))
  }

  @Test func whatAdamMakesNothingOfIsNeverDrawn() throws {
    let experiment = try Self.experiment(Self.flows)
    let all = experiment.calibrations[0]
    for task in all {
      #expect(task.isRejected == (task.divergedRates == 5 || task.bestLoss >= task.initialLoss), "\(task)")
    }
    let kept = all.filter { !$0.isRejected }
    #expect(kept.count < all.count && !kept.isEmpty, "\(kept.count) of \(all.count)")
    let expected = Set(kept.map { Normalization(initial: $0.initialLoss, best: $0.bestLoss) })
    #expect(Self.normalizations(experiment, draws: 1_000) == expected)
  }

  @Test func aRecipeOfWhichNothingIsLeftIsRefused() throws {
    let recipe = try FixedTaskRecipeTests.recipe(Self.entry)
    let none = TaskCalibration(
      task: "mlp_family_seed1(digits)", initialLoss: 1, bestLoss: 1, learningRate: 0, steps: 0, divergedRates: 5,
      operations: 1, isRejected: true)
    let error = #expect(throws: ExperimentError.self) {
      try Experiment(recipe: recipe, seed: 1, calibrations: [[none]])
    }
    #expect(error?.description.contains("none of them") == true)
  }

  /// Whatever is changed in what was measured, the run is another.
  @Test func whatWasMeasuredIsPartOfTheIdentity() throws {
    let recipe = try FixedTaskRecipeTests.recipe(Self.entry)
    let measured = try Experiment(recipe: recipe, seed: 1).calibrations[0]
    func identity(_ calibrations: [TaskCalibration]) throws -> (NamedArrays, Experiment) {
      let experiment = try Experiment(recipe: recipe, seed: 1, calibrations: [calibrations])
      let arrays = try Identity.description(
        of: experiment, firstIteration: 0, origin: nil, durability: .each, code: CodeFactsSearch().facts()
      ).identity
      let read = try IdentityReader(arrays, of: "test", in: Store(at: "nowhere")).experiment()
      #expect(read.calibrations == [calibrations])
      return (arrays, read)
    }
    let (arrays, _) = try identity(measured)
    #expect(arrays[IdentityNames.calibrationRejected]?.values == .uint8(measured.map { $0.isRejected ? 1 : 0 }))
    for change in 0..<2 {
      var changed = measured
      let old = measured[0]
      changed[0] = TaskCalibration(
        task: old.task, initialLoss: old.initialLoss, bestLoss: old.bestLoss.nextDown(change == 0),
        learningRate: old.learningRate, steps: old.steps, divergedRates: old.divergedRates, operations: old.operations,
        isRejected: change == 1)
      let (other, read) = try identity(changed)
      #expect(other.digest != arrays.digest)
      let scaled = Self.normalizations(read, draws: 300).contains(old.normalization)
      #expect(!scaled, "change \(change)")
    }
    let fixed = try Self.experiment("{fixed: TwoD_Bowl10, calibration_steps: 5}")
    let without = try Identity.description(
      of: fixed, firstIteration: 0, origin: nil, durability: .each, code: CodeFactsSearch().facts()
    ).identity
    #expect(without[IdentityNames.calibrationRejected] == nil && without[IdentityNames.calibrationTask] != nil)
  }
}

extension Double {
  fileprivate func nextDown(_ isWanted: Bool) -> Double { isWanted ? nextDown : self }
}
