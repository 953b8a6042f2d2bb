import Foundation
import RunStore
import Testing

/// `diff` through the command: where two real runs part, and from which cause.
@Suite struct DiffCommandTests {
  private let store: TestStore
  private let recipe: String

  init() throws {
    store = try TestStore()
    recipe = try store.recipe(SmallRecipes.all[2].text)
  }

  /// The document of a diff that must find a difference.
  private func diff(_ words: String...) throws -> [String: Any] {
    let result = try store.command.run(["diff", "--store", store.path, "--json"] + words)
    #expect(result.status == 1, "\(words): \(result.output) \(result.errors)")
    let json = try result.json()
    #expect(json["schema"] as? String == "runs/diff/1" && json["same"] as? Bool == false)
    return json
  }

  private func cause(_ json: [String: Any]) -> String? { (json["cause"] as? [String: Any])?["key"] as? String }
  private func again(_ json: [String: Any]) throws -> [String: Any] {
    try #require(json["computed_again"] as? [String: Any])
  }

  @Test func aTamperedRecordIsNamedAlthoughItsChecksumsHold() throws {
    _ = try store.json("train", recipe, "--name", "first")
    let other = TamperedRun(name: "second") { iteration, _, column, values in
      guard iteration == 7, column == "negative_loss", case .float64(var losses) = values else { return values }
      losses[2] = losses[2].nextUp
      return .float64(losses)
    }
    try other.write(copyOf: "first", in: store)
    let json = try diff("first", "second")
    #expect(cause(json) == "damage")
    let again = try again(json)
    #expect(again["from_iteration"] as? Int == 4 && again["iteration"] as? Int == 7)
    let departure = try #require((again["departures"] as? [[String: Any]])?.first)
    #expect(departure["run"] as? Int == 1 && departure["what_follows_is_as_computed"] as? Bool == true)
    let record = try #require(departure["record"] as? [String: Any])
    #expect(record["column"] as? String == "negative_loss" && record["row"] as? Int == 2 && record["ulps"] as? Int == 1)
    let text = try store.run("diff", "first", "second")
    #expect(text.status == 1 && text.output.contains("pairs/negative_loss, pair 2"))
    #expect(text.output.contains("damaged data") && text.output.contains("what it recorded there is what comes out"))
    // Without computing, the most that can be said is that a promise is broken.
    #expect(cause(try diff("first", "second", "--recorded-only")) == "broken_promise")
  }

  @Test func aTamperedStateIsNamed() throws {
    _ = try store.json("train", recipe, "--name", "first")
    let other = TamperedRun(
      name: "second",
      state: { iteration, array in
        guard iteration == 8, array.name.hasPrefix("outer_optimizer/"), case .float32(var values) = array.values,
          !values.isEmpty
        else { return array }
        values[0] = -values[0].nextUp
        return NamedArray(array.name, shape: array.shape, .float32(values), unit: array.unit, summary: array.summary)
      })
    try other.write(copyOf: "first", in: store)
    let json = try diff("second", "first")
    #expect(cause(json) == "damage")
    let departure = try #require((try again(json)["departures"] as? [[String: Any]])?.first)
    #expect(departure["run"] as? Int == 0 && departure["iteration"] as? Int == 8 && departure["record"] is NSNull)
  }

  @Test func aRecipeWhoseStatesPartBeforeItsRecordsDoIsFoundToTheIteration() throws {
    _ = try store.json("train", recipe, "--name", "first")
    // While the learning rate warms up, the decay of Adam's mean changes what it keeps and no record.
    let slow = ["--set", "outer_optimizer.warm_up=5"]
    _ = try store.command.run(["train", recipe, "--store", store.path, "--name", "slow"] + slow)
    _ = try store.command.run(
      ["train", recipe, "--store", store.path, "--name", "slower", "--set", "outer_optimizer.beta1=0.5"] + slow)
    let json = try diff("slow", "slower")
    #expect(cause(json) == "recipe")
    let (record, checkpoint) = (json["first_record"] as? [String: Any], json["first_checkpoint"] as? [String: Any])
    #expect(record?["iteration"] as? Int == 6 && checkpoint?["iteration"] as? Int == 4)
    let again = try again(json)
    #expect(again["iteration"] as? Int == 1 && again["record"] is NSNull)
    let tensors = try #require(again["tensors"] as? [[String: Any]])
    #expect(tensors.allSatisfy { ($0["name"] as? String)?.hasPrefix("outer_optimizer/") == true } && !tensors.isEmpty)
    _ = try store.json("train", recipe, "--name", "other-seed", "--seed", "5", "--iterations", "4")
    #expect(cause(try diff("first", "other-seed")) == "seed")
  }

  @Test func checkpointsAreOperandsHoweverTheyAreNamed() throws {
    _ = try store.json("train", recipe, "--name", "first")
    let id = try #require(try store.json("show", "first")["run"] as? [String: Any])["id"] as? String ?? ""
    let file = store.folder(of: id).appendingPathComponent("checkpoints/000000008.h5").path
    #expect(try store.run("diff", "first@8", file).status == 0)
    let json = try diff("first@6", "first@8")
    let states = try #require(json["checkpoints"] as? [[String: Any]])
    #expect((states[0]["source"] as? String)?.contains("the checkpoint of outer iteration 4 and 2 outer") == true)
    #expect(states[1]["source"] as? String == "stored")
    #expect(try store.run("diff", "first@best", "first@0").status == 1)
    #expect(try store.run("diff", "first@99", "first@8").status == 66)
    #expect(try store.run("diff", "first@x", "first@8").status == 64)
    #expect(try store.run("diff", "nothing", "first").status == 66)
    #expect(try store.run("diff", store.path + "/none.h5", "first@8").status == 66)
  }

  @Test(arguments: [3, 8])
  func anExportedStateIsTheCheckpointThatTheRunWouldHaveWritten(at iteration: Int) throws {
    _ = try store.json("train", recipe, "--name", "first")
    _ = try store.json("train", recipe, "--name", "every", "--set", "checkpoint_every=1")
    let path = store.folder.path + "/state.h5"
    let json = try store.json("export", "first@\(iteration)", "--state", "--to", path)
    #expect(json["kind"] as? String == "state" && json["iteration"] as? Int == iteration)
    let id = try #require(try store.json("show", "every")["run"] as? [String: Any])["id"] as? String ?? ""
    let stored = store.folder(of: id).appendingPathComponent("checkpoints/00000000\(iteration).h5")
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data(contentsOf: stored))
    #expect(try store.run("diff", path, "every@\(iteration)").status == 0)
    #expect(try store.run("export", "first@3", "--state", "--to", path).status == 73)
  }

  @Test(arguments: SmallRecipes.all.indices)
  func thetaAtAnyIterationIsRebuiltFromRecordsAlone(_ index: Int) throws {
    let recipe = try store.recipe(SmallRecipes.all[index].text, name: "each\(index)")
    _ = try store.json("train", recipe, "--name", "run", "--set", "checkpoint_every=5")
    _ = try store.json("train", recipe, "--name", "every", "--set", "checkpoint_every=1")
    for iteration in [7, 12] {
      let path = store.folder.path + "/theta-\(index)-\(iteration).h5"
      let export = try store.json("export", "run@\(iteration)", "--to", path)
      let shown = try #require(try store.json("show", "every@\(iteration)")["moment"] as? [String: Any])
      #expect(export["sha256"] as? String == shown["theta_sha256"] as? String, "theta after \(iteration)")
      let arrays = try CheckpointFile.arrays(at: path)
      #expect(arrays["theta_sha256"]?.values == .text([export["sha256"] as? String ?? ""]))
    }
    let state = try #require(try store.json("show", "run@7", "--state")["moment"] as? [String: Any])
    let shown = try #require(try store.json("show", "every@7", "--state")["moment"] as? [String: Any])
    #expect(state["state_sha256"] as? String == shown["state_sha256"] as? String)
  }
}
