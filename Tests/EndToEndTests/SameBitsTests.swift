import Foundation
import Testing

/// The first promise: same recipe, seed and numerics version, same bits.
@Suite struct SameBitsTests {
  private func train(_ recipe: String, in store: TestStore, _ arguments: [String] = []) throws -> [String: Any] {
    let result = try store.command.run(["train", recipe, "--store", store.path, "--json", "--seed", "5"] + arguments)
    #expect(result.status == 0, "\(result.errors)")
    return try result.json()
  }

  private func id(_ outcome: [String: Any]) throws -> String { try #require(outcome["id"] as? String) }

  @Test(arguments: SmallRecipes.all.indices)
  func oneTwoAndSevenThreadsGiveTheSameDigestsAndCheckpointBytes(_ index: Int) throws {
    let store = try TestStore()
    let recipe = try store.recipe(SmallRecipes.all[index].text)
    let outcomes = try ["1", "2", "7"].map { try train(recipe, in: store, ["--threads", $0]) }
    let checkpoints = try outcomes.map { try store.checkpoints(of: id($0)) }
    #expect(checkpoints[0].count == 3)
    for other in [1, 2] {
      #expect(Digests(outcomes[other]) == Digests(outcomes[0]))
      #expect(checkpoints[other] == checkpoints[0])
    }
  }

  @Test(arguments: SmallRecipes.all.indices)
  func everyIterationVerifiesAndAnotherSeedHasOtherBits(_ index: Int) throws {
    let store = try TestStore()
    let recipe = try store.recipe(SmallRecipes.all[index].text)
    let outcome = try train(recipe, in: store)
    let report = try store.json("verify", try id(outcome), "--all")
    #expect(report["holds"] as? Bool == true)
    #expect(report["iterations_recomputed"] as? Int == SmallRecipes.iterations)
    #expect(report["thetas_compared"] as? Int == 3)
    let sampled = try store.json("verify", try id(outcome), "--sample", "5")
    #expect(sampled["holds"] as? Bool == true)
    // Iterations 1, 3, 6, 9 and 12, with checkpoints after 4 and 8 on the way: 1 to 3, 5 to 6 and 9 to 12.
    #expect(sampled["iterations_recomputed"] as? Int == 9)
    let other = try store.command.run(["train", recipe, "--store", store.path, "--json", "--seed", "6"]).json()
    #expect(Digests(other).theta != Digests(outcome).theta)
  }

  @Test(arguments: SmallRecipes.all.indices)
  func aRunKilledAgainAndAgainEndsInTheBitsOfTheUndisturbedOne(_ index: Int) throws {
    let store = try TestStore()
    let recipe = try store.recipe(SmallRecipes.all[index].text)
    let arguments = ["train", recipe, "--seed", "5", "--set", "iterations=150", "--set", "checkpoint_every=7"]
    try expectNothingLost(killing: 5, within: 0.2, in: store, arguments, SmallRecipes.all[index].name)
  }

  /// All families at once, for a few short unrolls of few pairs; killed while it reads data as well as in training.
  @Test func aRunOverAllFamiliesKilledAgainAndAgainEndsInTheBitsOfTheUndisturbedOne() throws {
    let store = try TestStore()
    let changes = [
      "estimator.pairs=6", "estimator.truncation.steps=2", "estimator.horizon.steps=4", "iterations=16",
      "checkpoint_every=3",
    ]
    let arguments = ["train", "everything", "--seed", "5"] + changes.flatMap { ["--set", $0] }
    let killed = try expectNothingLost(killing: 3, within: 4, in: store, arguments, "everything")
    let report = try store.json("verify", killed, "--sample", "4")
    #expect(report["holds"] as? Bool == true)
  }

  @Test func aSelfTrainedRunKilledAgainAndAgainEndsInTheBitsOfTheUndisturbedOne() throws {
    let store = try TestStore()
    let parent = try train(try store.recipe(SmallRecipes.all[2].text), in: store)
    let arguments = [
      "self-train", "--from", try id(parent), "--iterations", "150", "--set", "checkpoint_every=7", "--threads", "1",
    ]
    try expectNothingLost(killing: 3, within: 0.2, in: store, arguments, "self-trained")
  }

  /// Runs a command undisturbed, then again with so many kills, whose moments are left to chance, and compares all bits.
  /// - Returns: The name of the run that was killed.
  @discardableResult
  private func expectNothingLost(
    killing count: Int, within seconds: Double, in store: TestStore, _ arguments: [String], _ name: String
  ) throws -> String {
    let result = try store.command.run(arguments + ["--store", store.path, "--json"])
    #expect(result.status == 0, "\(result.errors)")
    let undisturbed = try result.json()
    // A run that ended before its first kill shows nothing: the next one is killed sooner.
    var (attempt, kills) = (0, 0)
    repeat {
      attempt += 1
      let span = seconds / Double(1 << attempt)
      kills = try killAndResume(count, within: span, in: store, arguments, name: "killed-\(attempt)")
    } while kills == 0 && attempt < 12
    let resumed = try store.json("resume", "killed-\(attempt)")
    #expect(kills > 0, "no run was killed before its end")
    #expect(Digests(resumed) == Digests(undisturbed))
    #expect(try store.checkpoints(of: id(resumed)) == store.checkpoints(of: id(undisturbed)))
    print("\(name): killed \(kills) times, lost 0 bits")
    return "killed-\(attempt)"
  }

  /// Starts a run, kills it and resumes it up to so many times, each time within a span of its start, and lets it end.
  /// - Returns: How many kills came before its end.
  private func killAndResume(
    _ count: Int, within seconds: Double, in store: TestStore, _ arguments: [String], name: String
  ) throws -> Int {
    let runsBefore = try store.runCount
    var process = try store.command.start(arguments + ["--store", store.path, "--name", name, "--quiet"])
    while try store.runCount == runsBefore, process.isRunning { usleep(1_000) }
    var kills = 0
    while kills < count {
      usleep(UInt32.random(in: 500...max(501, UInt32(1e6 * seconds))))
      guard process.isRunning else { break }
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      kills += process.terminationReason == .uncaughtSignal ? 1 : 0
      process = try store.command.start(["resume", name, "--store", store.path, "--quiet"])
    }
    process.waitUntilExit()
    return kills
  }

  @Test func aSelfTrainedRunHasTheSameBitsOnAnyThreadsAndVerifies() throws {
    let store = try TestStore()
    let parent = try train(try store.recipe(SmallRecipes.all[2].text), in: store)
    let children = try ["1", "2", "7"].map {
      try store.json("self-train", "--from", try id(parent), "--threads", $0, "--iterations", "9")
    }
    for child in children.dropFirst() {
      #expect(Digests(child) == Digests(children[0]))
      #expect(try store.checkpoints(of: id(child)) == store.checkpoints(of: id(children[0])))
    }
    let report = try store.json("verify", try id(children[0]), "--all")
    #expect(report["holds"] as? Bool == true)
  }

  @Test func aForkWithoutAChangeGoesOnWithItsParentsBits() throws {
    let store = try TestStore()
    let parent = try train(try store.recipe(SmallRecipes.all[2].text), in: store)
    let fork = try store.json("fork", "\(try id(parent))@6")
    #expect(Digests(fork).theta == Digests(parent).theta)
    #expect(Digests(fork).state == Digests(parent).state)
    #expect(fork["iterations"] as? Int == SmallRecipes.iterations)
    let report = try store.json("verify", try id(fork), "--all")
    #expect(report["holds"] as? Bool == true)
  }

  @Test(
    .enabled(
      if: ProcessInfo.processInfo.environment["RUNS_DEBUG_BINARY"] != nil,
      "RUNS_DEBUG_BINARY names no debug build: Tools/test sets it"), arguments: SmallRecipes.all.indices)
  func debugAndReleaseBuildsGiveTheSameDigests(_ index: Int) throws {
    var store = try TestStore()
    let recipe = try store.recipe(SmallRecipes.all[index].text)
    let one = try train(recipe, in: store)
    store.command.binary = URL(fileURLWithPath: ProcessInfo.processInfo.environment["RUNS_DEBUG_BINARY"]!)
    let other = try train(recipe, in: store)
    #expect(Digests(one) == Digests(other))
    #expect(try store.checkpoints(of: id(one)) == store.checkpoints(of: id(other)))
    let children = try [Command.binary, store.command.binary].map { binary in
      store.command.binary = binary
      return try store.json("self-train", "--from", try id(one), "--iterations", "5")
    }
    #expect(Digests(children[0]) == Digests(children[1]))
  }
}
