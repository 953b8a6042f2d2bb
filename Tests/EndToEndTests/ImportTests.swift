import CHDF5
import Experiments
import Foundation
import Fuzzing
import Testing

/// Runs that go from store to store as files, and files that only look like it.
@Suite struct ImportTests {
  let here: TestStore
  let there: TestStore
  private let recipe = SmallRecipes.all[2].text

  init() throws {
    here = try TestStore()
    there = try TestStore()
  }

  private func export(_ id: String) throws -> String {
    let path = here.folder.path + "/\(UUID().uuidString).h5"
    _ = try here.json("export", id, "--to", path)
    return path
  }

  @Test func anImportedRunVerifiesAndGoesOnWithTheSameBits() throws {
    let whole = try here.json("train", here.recipe(recipe), "--name", "whole")
    let part = try #require(
      try here.json("train", here.recipe(recipe), "--name", "part", "--iterations", "7")["id"] as? String)
    let imported = try there.json("import", export(part))
    #expect(imported["id"] as? String == part && imported["name"] as? String == "part")
    #expect(imported["checkpoints"] as? [Int] == [7] && imported["obstacle"] is NSNull)
    let verified = try there.json("verify", part, "--all")
    #expect(verified["holds"] as? Bool == true && verified["iterations_recomputed"] as? Int == 7)
    #expect(try there.checkpoints(of: part)["000000007.h5"] == here.checkpoints(of: part)["000000007.h5"])
    let resumed = try there.json("resume", "part", "--iterations", "\(SmallRecipes.iterations)")
    #expect(Digests(resumed) == Digests(whole))
    #expect(try there.run("show", part).status == 0)
    let again = try there.run("import", export(part))
    #expect(again.status == 73 && again.errors.contains("found one"), "\(again.errors)")
    #expect(try there.runCount == 1)
  }

  /// A fork begins with a state that no recipe says: it comes along.
  @Test func anImportedForkVerifiesFromItsStart() throws {
    _ = try here.json("train", here.recipe(recipe), "--name", "parent", "--iterations", "8")
    let fork = try #require(
      try here.json("fork", "parent@4", "--name", "child", "--iterations", "12")["id"] as? String)
    let imported = try there.json("import", export(fork), "--name", "taken-in")
    #expect(imported["checkpoints"] as? [Int] == [0, 8])
    let verified = try there.json("verify", "taken-in", "--all")
    #expect(verified["holds"] as? Bool == true && verified["iterations_recomputed"] as? Int == 8)
    let forked = try there.json("fork", "taken-in@6", "--iterations", "12")
    #expect(Digests(forked).theta == Digests(try here.json("resume", "child")).theta)
  }

  /// Its data set is not in this store.
  @Test func aRunThatCannotGoOnHereCanBeLookedAt() throws {
    let path = here.folder.path + "/table.csv"
    let rows = (0..<80).map { "\(Double($0) / 80),\(Double($0 % 7)),\($0 % 2)" }
    try Data((["a,b,label"] + rows).joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: path))
    let added = try here.command.run(["data", "add", "small", path, "--labels", "label", "--store", here.path])
    #expect(added.status == 0, "\(added.errors)")
    let text = """
      learned_optimizer: {kind: mlp}
      tasks: [{family: mlp, data: small, hidden: [3], batch_size: 16}]
      estimator: {kind: full_es, pairs: 2, horizon: {steps: 4}}
      iterations: 2
      """
    let trained = try here.run("train", here.recipe(text), "--json")
    try #require(trained.status == 0, "\(trained.errors)")
    let id = try #require(try trained.json()["id"] as? String)
    let imported = try there.json("import", export(id))
    #expect((imported["obstacle"] as? String)?.contains("small") == true, "\(imported)")
    #expect(try there.run("show", id).status == 0)
    #expect(try there.run("resume", id).status == 78)
  }

  // MARK: Files that somebody made to do harm

  /// One way of making a run's file a lie, and words of its refusal.
  struct Harm: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let words: [String]
    let status: Int32
    let change: @Sendable (hid_t) -> Void

    init(_ name: String, _ words: String..., change: @escaping @Sendable (hid_t) -> Void) {
      self.init(name: name, words: words, status: 65, change: change)
    }

    static func set(
      _ object: String, _ attribute: String, _ value: Int64, _ words: String..., status: Int32 = 65
    ) -> Harm {
      Harm(name: "\(object)@\(attribute)=\(value)", words: words, status: status) { file in
        Edit.replace(file, object, attribute, chdf5_file_int64(), chdf5_native_int64(), [value])
      }
    }

    static func say(_ object: String, _ attribute: String, _ text: String, _ words: String...) -> Harm {
      Harm(name: "\(object)@\(attribute)=\(text)", words: words, status: 65) {
        Edit.say($0, object, attribute, text)
      }
    }

    private init(name: String, words: [String], status: Int32, change: @escaping @Sendable (hid_t) -> Void) {
      testDescription = name
      self.words = words
      self.status = status
      self.change = change
    }

    static let all: [Harm] = [
      .say("run", "id", "../../evil", "a run's id"), .say("run", "id", "Evil", "a run's id"),
      .set("run", "record_count", -1, "out of range"),
      .set("run", "record_count", 1 << 61, "rows"),
      .set("run", "record_count", 3, "rows"),
      .set("run", "epoch", 1 << 40, "out of range"),
      .set("run/pairs", "rows_per_record", 0, "rows that memory holds"),
      .set("run/pairs", "rows_per_record", -3, "rows that memory holds"),
      .set("run/pairs", "position", 7, "tables in an order"),
      .set("run/identity", "array_count", 2, "2 arrays"),
      .set("/", "schema_version", 99, "schema has version 99", status: 78),
      .set("/", "store_version", 99, "version 99", status: 78),
      .say("/", "schema", "others/things", "runs/meta-training"),
      .say("run", "records_sha256", String(repeating: "0", count: 64), "/run@records_sha256"),
      .say("run", "identity_sha256", String(repeating: "0", count: 64), "/run/identity"),
      .say("checkpoints/2", "contents_sha256", String(repeating: "0", count: 64), "/checkpoints/2"),
      .set("checkpoints/2", "iteration", 77, "/checkpoints/77"),
      .set("checkpoints/2", "iteration", -7, "/checkpoints/-7"),
      .say("labels", "name", "../name", "the name ../name"),
      Harm("a changed loss", "/run@records_sha256") { Edit.double($0, "run/records/outer_loss") { $0[1] = 0.25 } },
      Harm("a gap in the iterations", "/run/observed/iteration") {
        Edit.integers($0, "run/observed/iteration") { $0[1] = 9 }
      },
      Harm("a time that never comes", "/run/observed/finished_at") {
        Edit.double($0, "run/observed/finished_at") { $0[0] = 1e300 }
      },
      Harm("a time that is no number", "/run/observed/seconds") {
        Edit.double($0, "run/observed/seconds") { $0[0] = .nan }
      },
      Harm("memory below nothing", "/run/observed/peak_memory") {
        Edit.integers($0, "run/observed/peak_memory") { $0[0] = -1 }
      },
      Harm("an event in the future of records", "/run/events") {
        Edit.integers($0, "run/events/record_count") { $0[0] = 1 << 50 }
      },
      Harm("an event before records", "/run/events") { Edit.integers($0, "run/events/record_count") { $0[0] = -1 } },
      Harm("an event at no time", "/run/events") { Edit.double($0, "run/events/time") { $0[0] = 1e300 } },
      Harm("no column", "another table") { H5Ldelete($0, "run/observed/threads", chdf5_default()) },
      Harm("no table", "damaged") { H5Ldelete($0, "run/records", chdf5_default()) },
      Harm("no identity", "damaged") { H5Ldelete($0, "run/identity", chdf5_default()) },
      Harm("no state", "/checkpoints/2") { H5Ldelete($0, "checkpoints/2/theta", chdf5_default()) },
      Harm("a link to another file", "a hard link") {
        H5Lcreate_external("/etc/passwd", "/", $0, "run/outside", chdf5_default(), chdf5_default())
      },
      Harm("a soft link", "a hard link") {
        H5Lcreate_soft("/run", $0, "checkpoints/9", chdf5_default(), chdf5_default())
      },
      Harm("a circle", "reached once") {
        H5Lcreate_hard($0, "/", $0, "run/back", chdf5_default(), chdf5_default())
      },
      Harm("a bomb", "1000 times the stored bytes") { Edit.bomb($0, "run/identity/bomb") },
    ]
  }

  @Test func liesAreRefusedByNameAndNothingIsWritten() throws {
    let text = recipe.replacing("checkpoint_every: 4", with: "checkpoint_every: 2")
    let id = try #require(try here.json("train", here.recipe(text), "--iterations", "2")["id"] as? String)
    #expect(try here.run("tag", id, "--name", "n").status == 0)
    let original = try Data(contentsOf: URL(fileURLWithPath: export(id)))
    for harm in Harm.all {
      let path = here.folder.path + "/harmed.h5"
      try original.dropLast(48).write(to: URL(fileURLWithPath: path))
      Edit.open(path, harm.change)
      try Edit.seal(path)
      let result = try there.run("import", path)
      #expect(result.status == harm.status, "\(harm.testDescription): \(result.status) \(result.errors)")
      let lines = result.errors.split(separator: "\n")
      #expect(lines.count == 1 && lines.first?.hasPrefix("runs: error: ") == true, "\(harm.testDescription)")
      for word in harm.words { #expect(result.errors.contains(word), "\(harm.testDescription): \(result.errors)") }
      #expect(try there.runCount == 0, "\(harm.testDescription)")
    }
    print("import: \(Harm.all.count) lies, each refused by name")
    // The same file, edited without harm, is taken: what is refused above is refused for what it is.
    let path = here.folder.path + "/unharmed.h5"
    try original.dropLast(48).write(to: URL(fileURLWithPath: path))
    Edit.open(path) { Edit.double($0, "run/observed/seconds") { $0[0] = 1 } }
    try Edit.seal(path)
    #expect(try there.run("import", path).status == 0)
  }

  @Test func whatIsNoExportedRunIsRefused() throws {
    let oracle = Command.package.appendingPathComponent("Tests/OptimizersTests/Fixtures/mlp_lopt.h5").path
    let files = [
      "empty": Data(), "text": Data("hello".utf8), "oracle": try Data(contentsOf: URL(fileURLWithPath: oracle)),
    ]
    for (name, bytes) in files {
      let path = here.folder.path + "/" + name
      try bytes.write(to: URL(fileURLWithPath: path))
      let result = try there.run("import", path)
      #expect(result.status == 65 && result.errors.contains("a seal"), "\(name): \(result.errors)")
    }
    #expect(try there.run("import", here.folder.path + "/none.h5").status == 66)
    #expect(try there.run("import", here.folder.path).status == 65)
    let pipe = here.folder.path + "/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    #expect(try there.run("import", pipe).status == 65)
    #expect(try there.runCount == 0)
  }
}
