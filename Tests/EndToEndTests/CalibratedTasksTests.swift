import Foundation
import Testing

/// Runs on configurations that Adam calibrated: their bits, and what stops the measuring.
@Suite struct CalibratedTasksTests {
  private static let recipe = """
    learned_optimizer: {kind: mlp}
    tasks:
      - {family: taskset_mlp, configurations: {from: 0, to: 11}, calibration_steps: 12, maximum_work: 1000000}
      - family: char_rnn
        configurations: {from: 0, to: 39}
        calibration_steps: 4
        maximum_length: 4
        maximum_work: 2000000
      - {family: taskset_quadratic, configurations: {from: 0, to: 29}, calibration_steps: 30, maximum_parameters: 50}
    estimator: {kind: persistent_es, pairs: 4, truncation: {steps: 3}, horizon: {kind: uniform, low: 4, high: 9}}
    iterations: 12
    checkpoint_every: 4
    """

  @Test func threadsResumeAndForkGiveTheSameBits() throws {
    // Each store measures for itself.
    let stores = try (0..<2).map { _ in try TestStore() }
    let recipe = try stores[0].recipe(Self.recipe)
    let whole = try stores[0].json("train", recipe, "--name", "whole", "--threads", "1")
    _ = try stores[1].json("train", recipe, "--name", "part", "--threads", "3", "--iterations", "7")
    #expect(try Digests(stores[1].json("resume", "part", "--iterations", "12")) == Digests(whole))
    let fork = try stores[1].json("fork", "part@8", "--set", "iterations=12")
    #expect(Digests(fork).theta == Digests(whole).theta && Digests(fork).state == Digests(whole).state)
    #expect(try stores[1].json("verify", "part", "--all")["holds"] as? Bool == true)
    // Taken over from the first run, measured by none.
    #expect(try Digests(stores[0].json("train", recipe, "--name", "again", "--threads", "2")) == Digests(whole))
  }

  @Test func aTaskShowsItsCalibration() throws {
    let card = try Command().run("tasks", "mlp_family", "--seed", "3", "--calibration", "--steps", "20", "--json")
      .json()
    let calibration = try #require(card["calibration"] as? [String: Any])
    let initial = try #require(calibration["initial_loss"] as? Double)
    #expect(try #require(calibration["best_loss"] as? Double) < initial && calibration["rejected"] as? Bool == false)
    let text = try Command().run("tasks", "mlp_family", "--seed", "3", "--calibration", "--steps", "20").output
    #expect(text.contains("recipes that calibrate") && text.contains("keep it"))
    #expect(try Command().run("tasks", "--calibration").status == 64)
  }

  /// What is said while tasks are measured, and that a signal then leaves no run.
  @Test func aSignalWhileTasksAreMeasuredLeavesNothing() throws {
    let store = try TestStore()
    let recipe = try store.recipe("tasks: [{family: losg, calibration_steps: 100000}]")
    let errors = store.folder.url.appendingPathComponent("errors")
    _ = FileManager.default.createFile(atPath: errors.path, contents: nil)
    let process = try store.command.start(
      ["train", recipe, "--store", store.path], errors: FileHandle(forWritingTo: errors))
    let said = { try String(contentsOf: errors, encoding: .utf8) }
    while try !said().contains("measuring tasks"), process.isRunning { usleep(20_000) }
    kill(process.processIdentifier, SIGINT)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 128 + SIGINT)
    #expect(try said().contains("stopped while no run was in training") && store.runCount == 0)
  }
}
