import Foundation
import RunSchema
import RunStore
import Testing

@testable import Experiments

/// What earlier runs of a store have measured on tasks is taken over by new ones, where it is a function of the same things.
struct KnownCalibrationsTests {
  /// A store that goes.
  private final class Place {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("runs-\(UUID().uuidString)").path
    var store: Store { Store(at: path + "/store") }

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { do { try FileManager.default.removeItem(atPath: path) } catch {} }

    func addTable(_ shift: Int) throws {
      let lines = (0..<40).map { "\($0 % 7 + shift),\($0 % 5),\($0 % 3)" }
      let file = "\(path)/t\(shift).csv"
      try Data(("a,b,k\n" + lines.joined(separator: "\n")).utf8).write(to: URL(fileURLWithPath: file))
      _ = try DataIntake(name: "table", path: file).add(to: store, by: nil)
    }

    /// A run that says of each task that it has measured numbers which no measurement gives.
    func addDoctoredRun(_ recipe: Recipe, numerics: String? = nil) throws {
      let real = try Experiment(recipe: recipe, seed: 3, data: DataShelf(store))
      let doctored = try Experiment(
        recipe: recipe, seed: 3, calibrations: real.calibrations.map { $0.map(KnownCalibrationsTests.doctored) },
        data: DataShelf(store))
      var description = try Identity.description(
        of: doctored, firstIteration: 0, origin: nil, durability: .each, code: CodeFactsSearch().facts())
      if let numerics {
        var identity = NamedArrays()
        for name in description.identity.names where name != IdentityNames.numericsVersion {
          identity.append(description.identity[name]!)
        }
        identity.append(.text(IdentityNames.numericsVersion, numerics, summary: "another"))
        description.identity = identity
      }
      try store.create(description).finish(.finished)
    }

    func measured(_ recipe: Recipe) throws -> [TaskCalibration] {
      let session = try Session.new(recipe, seed: 9, in: store, RunSettings(threads: 1))
      _ = try session.interrupt()
      return session.experiment.calibrations.flatMap { $0 }
    }
  }

  private static func doctored(_ calibration: TaskCalibration) -> TaskCalibration {
    TaskCalibration(
      task: calibration.task, initialLoss: 77, bestLoss: 7, learningRate: 0.25, steps: 3, divergedRates: 1,
      operations: calibration.operations)
  }

  private static func recipe(_ entry: String) throws -> Recipe { try FixedTaskRecipeTests.recipe(entry) }

  @Test(arguments: [
    "{fixed: [TwoD_Bowl10, TwoD_Beale], calibration_steps: 20}", "{family: digits_mlp, hidden: [3], batch_size: 4}",
    "{family: taskset_quadratic, configurations: {from: 3, to: 6}, calibration_steps: 5}",
    "{family: taskset_mlp, configurations: {from: 3, to: 6}, calibration_steps: 5, maximum_work: 1000000}",
  ])
  func aNewRunTakesOverWhatAnEarlierOneHasMeasured(_ entry: String) throws {
    let place = try Place()
    let recipe = try Self.recipe(entry)
    try place.addDoctoredRun(recipe)
    let measured = try place.measured(recipe)
    #expect(!measured.isEmpty && measured.allSatisfy { $0.initialLoss == 77 })
  }

  @Test func aTaskIsKnownInAnotherCompany() throws {
    let place = try Place()
    try place.addDoctoredRun(Self.recipe("{fixed: [TwoD_Bowl10, TwoD_Beale], calibration_steps: 20}"))
    let measured = try place.measured(
      Self.recipe("{fixed: [TwoD_Beale, TwoD_Bowl1], calibration_steps: 20, weight: 2}"))
    #expect(measured[0].initialLoss == 77 && measured[1].initialLoss != 77)
    let alone = try Experiment(recipe: Self.recipe("{fixed: TwoD_Bowl1, calibration_steps: 20}"), seed: 0)
    #expect(measured[1] == alone.calibrations[0][0])
  }

  @Test func aConfigurationIsKnownUnderOtherLimitsAndInAnotherRange() throws {
    let place = try Place()
    let fields = "family: taskset_quadratic, calibration_steps: 5"
    try place.addDoctoredRun(Self.recipe("{\(fields), configurations: {from: 3, to: 6}}"))
    let measured = try place.measured(
      Self.recipe("{\(fields), configurations: {from: 5, to: 8}, maximum_parameters: 2000, weight: 3}"))
    let seeds = measured.filter { $0.initialLoss == 77 }.map(\.task)
    #expect(seeds == ["quadratic_family_seed5", "quadratic_family_seed6"] && measured.count > 2, "\(measured)")
  }

  @Test func otherSettingsAreMeasuredAnew() throws {
    let place = try Place()
    try place.addDoctoredRun(Self.recipe("{fixed: [TwoD_Bowl10], calibration_steps: 20}"))
    try place.addDoctoredRun(Self.recipe("{family: digits_mlp, hidden: [3], batch_size: 4}"))
    let model = "family: char_rnn, configuration: 12, calibration_steps"
    try place.addDoctoredRun(Self.recipe("{\(model): 2, maximum_length: 3}"))
    for entry in [
      "{\(model): 1, maximum_length: 3}", "{\(model): 2, maximum_length: 4}",
      "{fixed: [TwoD_Bowl10], calibration_steps: 10}", "{family: digits_mlp, hidden: [4], batch_size: 4}",
    ] {
      #expect(try place.measured(Self.recipe(entry)).allSatisfy { $0.initialLoss != 77 }, "\(entry)")
    }
  }

  @Test func anotherNumericsVersionIsNone() throws {
    let place = try Place()
    let recipe = try Self.recipe("{fixed: [TwoD_Bowl10], calibration_steps: 20}")
    try place.addDoctoredRun(recipe, numerics: "0")
    #expect(try place.measured(recipe)[0].initialLoss != 77)
  }

  @Test func otherDataOfTheSameNameAreMeasuredAnew() throws {
    let place = try Place()
    let recipe = try Self.recipe("{family: mlp, data: table, hidden: [3], batch_size: 4}")
    try place.addTable(0)
    try place.addDoctoredRun(recipe)
    #expect(try place.measured(recipe)[0].initialLoss == 77)
    try place.store.removeData("table")
    try place.addTable(1)
    #expect(try place.measured(recipe)[0].initialLoss != 77)
  }

  @Test func aDamagedRunIsPassedOver() throws {
    let place = try Place()
    let recipe = try Self.recipe("{fixed: [TwoD_Bowl10], calibration_steps: 20}")
    try place.addDoctoredRun(recipe)
    let sound = try #require(place.store.ids().last)
    // Ids of one second have no order.
    usleep(1_100_000)
    let session = try Session.new(recipe, seed: 4, in: place.store, RunSettings(threads: 1))
    _ = try session.interrupt()
    #expect(sound < session.id)
    let file = "\(place.path)/store/\(session.id)/run.h5"
    try Data([1, 2, 3]).write(to: URL(fileURLWithPath: file))
    #expect(try place.measured(recipe)[0].initialLoss == 77)
  }

  /// Taken over or measured, the bits of the run are the same.
  @Test func aRunThatTakesOverHasTheBitsOfOneThatMeasures() throws {
    let (one, other) = (try Place(), try Place())
    let recipe = try Self.recipe("{\(FixedTaskRecipeTests.bowls)}, {family: digits_mlp, hidden: [3], batch_size: 4}")
    _ = try other.measured(recipe)
    let outcomes = try [one, other].map { place in
      let session = try Session.new(recipe, seed: 5, in: place.store, RunSettings(threads: 1))
      return (try #require(try session.train(until: 2) { _ in }), session.experiment.calibrations)
    }
    #expect(outcomes[0].0.thetaDigest == outcomes[1].0.thetaDigest)
    #expect(outcomes[0].0.recordsDigest == outcomes[1].0.recordsDigest)
    #expect(outcomes[0].1 == outcomes[1].1)
  }
}
