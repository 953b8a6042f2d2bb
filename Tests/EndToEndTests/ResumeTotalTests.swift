import Foundation
import RunStore
import Testing

/// A total that is given once holds for later resumptions too, however the run stopped in between.
@Suite struct ResumeTotalTests {
  @Test func aNewTotalIsRememberedByWhoeverTakesTheRunUpNext() throws {
    let store = try TestStore()
    let recipe = try store.recipe(
      """
      learned_optimizer: {kind: mlp}
      tasks: [{family: noisy_quadratic}]
      estimator: {kind: full_es, pairs: 2, horizon: {steps: 4}}
      iterations: 3
      checkpoint_every: 2
      """)
    let whole = try store.json("train", recipe, "--name", "whole", "--set", "iterations=2000")
    _ = try store.json("train", recipe, "--name", "part")
    // The recipe's total is reached: without another one there is nothing to do.
    #expect(try store.json("resume", "part")["iterations"] as? Int == 3)
    let process = try store.command.start(
      ["resume", "part", "--iterations", "2000", "--store", store.path, "--quiet"])
    let runs = Store(at: store.path)
    let id = try runs.resolve("part")
    while process.isRunning, try runs.run(id).recordCount < 4 { usleep(1_000) }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    print("killed after \(try runs.run(id).recordCount) of 2000 iterations")
    #expect(Digests(try store.json("resume", "part")) == Digests(whole))
  }
}
