import Foundation
import Testing

/// Bad input of each kind gets its exit code and one helpful line.
@Suite struct BadInputTests {
  private func expect(
    _ status: Int32, saying words: String..., of result: Command.Result, location: SourceLocation = #_sourceLocation
  ) {
    #expect(result.status == status, "\(result.errors)", sourceLocation: location)
    let lines = result.errors.split(separator: "\n").filter { $0.hasPrefix("runs: error: ") || $0.hasPrefix("Error: ") }
    #expect(lines.count == 1, "not one line of error: \(result.errors)", sourceLocation: location)
    for word in words {
      #expect(result.errors.contains(word), "\(word) is missing in: \(result.errors)", sourceLocation: location)
    }
    #expect(!result.errors.contains("Fatal error"), sourceLocation: location)
  }

  private func smallRun(in store: TestStore, name: String = "small") throws -> String {
    let recipe = try store.recipe(SmallRecipes.all[3].text)
    return try #require(try store.json("train", recipe, "--name", name)["id"] as? String)
  }

  @Test func aRecipesMistakesNameFieldLineAndTheNearestName() throws {
    let store = try TestStore()
    let cases: [(text: String, status: Int32, words: [String])] = [
      ("iterations: 3\nestimator:\n  pars: 4\n", 65, ["line 3", "estimator.pars", "did you mean pairs?"]),
      ("estimator: {pairs: many}\n", 65, ["line 1", "estimator.pairs", "whole number", "many"]),
      ("estimator: {pairs: 0}\n", 65, ["estimator.pairs", "out of range"]),
      ("estimator: {sigma: -1}\n", 65, ["estimator.sigma", "above 0"]),
      ("tasks:\n  - {family: digit_mlp}\n", 65, ["tasks.0.family", "did you mean digits_mlp?"]),
      ("estimator: {truncation: {steps: 50}, horizon: {steps: 20}}\n", 65, ["estimator.horizon", "at least as long"]),
      ("tasks: [\n", 65, ["not YAML", "line"]),
      ("outer_optimizer: {kind: learned}\n", 64, ["self-train"]),
    ]
    for (index, mistake) in cases.enumerated() {
      let recipe = try store.recipe(mistake.text, name: "mistake\(index)")
      let result = try store.run("train", recipe)
      expect(mistake.status, of: result)
      for word in mistake.words { #expect(result.errors.contains(word), "\(word): \(result.errors)") }
    }
    #expect(try store.runCount == 0, "a recipe with a mistake left a run")
  }

  @Test func wordsThatAreOffGetTheirCodes() throws {
    let store = try TestStore()
    _ = try smallRun(in: store)
    expect(66, saying: "no recipe of that name", "did you mean default?", of: try store.run("train", "defualt"))
    expect(66, saying: "no such file", of: try store.run("train", "nowhere/recipe.yaml"))
    expect(66, saying: "nosuchrun", of: try store.run("resume", "nosuchrun"))
    expect(66, saying: "outer iterations 0 to 12", of: try store.run("fork", "small@99"))
    expect(64, saying: "behind @", of: try store.run("fork", "small@last"))
    expect(64, saying: "--set", of: try store.run("train", "--set", "pairs"))
    expect(64, saying: "--threads", of: try store.run("train", "--threads", "0"))
    expect(64, saying: "small", of: try store.run("train", "quadratic", "--name", "small"))
    expect(64, saying: "name", of: try store.run("train", "quadratic", "--name", "../up"))
    expect(64, saying: "--iterations", of: try store.run("resume", "small", "--iterations", "3"))
    expect(64, saying: "12", of: try store.run("verify", "small", "--from", "5", "--to", "40"))
  }

  @Test func anIdThatFitsTwoRunsListsThem() throws {
    let store = try TestStore()
    let ids = [try smallRun(in: store, name: "one"), try smallRun(in: store, name: "two")]
    let prefix = String(zip(ids[0], ids[1]).prefix { $0 == $1 }.map(\.0))
    let result = try store.run("resume", prefix)
    expect(64, of: result)
    for id in ids { #expect(result.errors.contains(id)) }
  }

  @Test func aStoreThatCannotBeMadeSaysSo() throws {
    let folder = try TemporaryFolder()
    let file = folder.path + "/file"
    try Data().write(to: URL(fileURLWithPath: file))
    expect(73, saying: file, of: try Command().run("train", "quadratic", "--store", file + "/store"))
  }

  @Test func aRunThatAnotherProcessWritesIsBusy() throws {
    let store = try TestStore()
    let recipe = try store.recipe(SmallRecipes.all[3].text)
    let writer = try store.command.start(
      ["train", recipe, "--store", store.path, "--name", "long", "--set", "iterations=100000000"])
    defer {
      kill(writer.processIdentifier, SIGKILL)
      writer.waitUntilExit()
    }
    try store.waitForRecord(of: writer)
    expect(75, saying: "\(writer.processIdentifier)", of: try store.run("resume", "long"))
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func aSignalSealsTheRunAndSaysHowToGoOn(_ signal: Int32) throws {
    let store = try TestStore()
    let recipe = try store.recipe(SmallRecipes.all[3].text)
    let errors = store.folder.url.appendingPathComponent("errors")
    _ = FileManager.default.createFile(atPath: errors.path, contents: nil)
    let process = try store.command.start(
      ["train", recipe, "--store", store.path, "--name", "long", "--set", "iterations=100000000"],
      errors: FileHandle(forWritingTo: errors))
    try store.waitForRecord(of: process)
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 128 + signal)
    #expect(try String(contentsOf: errors, encoding: .utf8).contains("runs resume"))
    let report = try store.json("verify", "long", "--sample", "2")
    #expect(report["holds"] as? Bool == true)
  }

  @Test func aBitFlippedInAnyFileOfARunIsNamed() throws {
    let store = try TestStore()
    let id = try smallRun(in: store)
    let folder = store.folder(of: id)
    var flips = 0
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
    for name in names.sorted() where name.hasSuffix(".h5") {
      let file = folder.appendingPathComponent(name)
      let whole = try Data(contentsOf: file)
      for part in [0.1, 0.5, 0.9] {
        var damaged = whole
        damaged[Int(Double(whole.count) * part)] ^= 0x10
        try damaged.write(to: file)
        let result = try store.run("verify", id, "--sample", "1")
        #expect(result.status == 1 || result.status == 65, "\(name) at \(part): \(result.status)")
        let said = result.output + result.errors
        #expect(said.contains(file.lastPathComponent), "\(name) at \(part): \(said)")
        flips += 1
      }
      try whole.write(to: file)
    }
    print("flipped \(flips) bits, \(flips) named")
    #expect(flips >= 12)
    #expect(try store.run("verify", id, "--sample", "1").status == 0)
  }

  @Test(.enabled(if: geteuid() == 0, "only root can mount a small disk"))
  func aFullDiskStopsTheRunWithItsOwnErrorAndResumeWorksWhenThereIsRoom() throws {
    let store = try TestStore()
    let disk = store.folder.url.appendingPathComponent("disk")
    try FileManager.default.createDirectory(at: disk, withIntermediateDirectories: true)
    func mount(_ arguments: String...) throws -> Int32 {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = arguments
      process.standardError = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      return process.terminationStatus
    }
    guard try mount("mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", disk.path) == 0 else {
      return  // a container without the right to mount
    }
    defer { do { _ = try mount("umount", disk.path) } catch {} }
    let recipe = try store.recipe(SmallRecipes.all[3].text)
    let full = try store.command.run([
      "train", recipe, "--store", disk.path, "--name", "full", "--set", "iterations=2000", "--set",
      "checkpoint_every=5",
    ])
    expect(74, saying: "disk is full", of: full)
    #expect(try mount("mount", "-o", "remount,size=40m", disk.path) == 0)
    let resumed = try store.command.run([
      "resume", "full", "--store", disk.path, "--json", "--iterations", "60",
    ])
    #expect(resumed.status == 0 || resumed.errors.contains("already"), "\(resumed.errors)")
    #expect(try store.command.run(["verify", "full", "--store", disk.path, "--all"]).status == 0)
  }
}
