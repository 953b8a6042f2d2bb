import Foundation
import Testing

/// What this numerics version and this schema version have once given, kept for ever.
///
/// RECORD_GOLDENS=1 writes the digests anew and fails: a change needs a new numerics version and a line in the change log.
@Suite struct GoldenTests {
  private static let folder = Command.package.appendingPathComponent("Tests/Goldens/1")
  private static var isRecording: Bool { ProcessInfo.processInfo.environment["RECORD_GOLDENS"] == "1" }

  @Test func smallRunsOfEveryEstimatorAndOptimizerHaveTheirRecordedDigests() throws {
    let store = try TestStore()
    var digests: [String: [String: String]] = [:]
    for (name, text) in SmallRecipes.all {
      let outcome = try store.json("train", try store.recipe(text, name: name), "--seed", "5")
      digests[name] = ["theta_sha256", "state_sha256", "records_sha256"].reduce(into: [:]) {
        $0[$1] = outcome[$1] as? String
      }
    }
    let file = Self.folder.appendingPathComponent("small-runs.json")
    if Self.isRecording {
      let data = try JSONSerialization.data(withJSONObject: digests, options: [.prettyPrinted, .sortedKeys])
      try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
      try (data + Data("\n".utf8)).write(to: file)
      Issue.record("recorded \(file.path): look at the change, then run without RECORD_GOLDENS")
    }
    let recorded = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: [String: String]]
    #expect(digests == recorded)
  }

  /// Runs as each version of the files stored them: the last is what this program writes, the others are never recorded again.
  private static let stores = ["store", "store-packed"]

  @Test(arguments: stores)
  func theStoredRunOfEachVersionOfTheFilesStillVerifiesAndGoesOn(_ name: String) throws {
    let stored = Self.folder.appendingPathComponent(name)
    if Self.isRecording, name == Self.stores.last {
      let store = try TestStore()
      _ = try store.json("train", try store.recipe(SmallRecipes.all[3].text), "--seed", "5", "--name", "stored")
      if FileManager.default.fileExists(atPath: stored.path) { try FileManager.default.removeItem(at: stored) }
      try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
      try FileManager.default.copyItem(atPath: store.path, toPath: stored.path)
      Issue.record("recorded \(stored.path): look at the change, then run without RECORD_GOLDENS")
    }
    let again = try TestStore()
    try FileManager.default.copyItem(atPath: stored.path, toPath: again.path)
    let shown = try again.json("show", "stored")["run"] as? [String: Any]
    #expect(shown?["name"] as? String == "stored")
    let report = try again.json("verify", "stored", "--all")
    #expect(report["holds"] as? Bool == true)
    #expect(report["checkpoints_compared"] as? Int == 3)
    let more = try again.json("resume", "stored", "--iterations", "15")
    #expect(more["iterations"] as? Int == 15)
    #expect(try again.json("verify", "stored", "--all")["holds"] as? Bool == true)
  }
}
