import Foundation
import Numerics
import RunSchema
import RunStore
import Tasks
import Testing

@testable import Experiments

/// Data sets that recipes name: where they come from, and what is said where they do not.
struct DataSetRecipeTests {
  /// A store that goes, with a folder for files beside it.
  private final class Place {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("runs-\(UUID().uuidString)").path
    var store: Store { Store(at: path + "/store") }

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { do { try FileManager.default.removeItem(atPath: path) } catch {} }

    /// 40 examples of two numbers in three classes.
    func csv(_ shift: Int = 0) throws -> String {
      let lines = (0..<40).map { "\($0 % 7 + shift),\($0 % 5),\($0 % 3)" }
      let file = "\(path)/t\(shift).csv"
      try Data(("a,b,k\n" + lines.joined(separator: "\n")).utf8).write(to: URL(fileURLWithPath: file))
      return file
    }

    /// MNIST's four files with 40 + 12 images of 9 x 9 in four classes.
    func images() throws -> String {
      func big(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }
      let folder = path + "/idx"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      for (name, count) in [("train", 40), ("t10k", 12)] {
        let pixels = (0..<count * 81).map { UInt8(truncatingIfNeeded: $0 / 81 % 4 * 60 + $0 % 81 * 7) }
        let files: [(String, [UInt8])] = [
          ("images-idx3-ubyte", [0, 0, 8, 3] + big(count) + big(9) + big(9) + pixels),
          ("labels-idx1-ubyte", [0, 0, 8, 1] + big(count) + (0..<count).map { UInt8($0 % 4) }),
        ]
        for (file, bytes) in files {
          try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name)-\(file)"))
        }
      }
      return folder
    }

    func text() throws -> String {
      let lines = (0..<60).map { "note \($0): the \(["cat", "dog", "crow"][$0 % 3]) saw \($0 * $0) birds" }
      try Data(lines.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: path + "/notes.txt"))
      return path + "/notes.txt"
    }

    @discardableResult
    func add(_ name: String, _ file: String) throws -> DataCard {
      try DataIntake(name: name, path: file).add(to: store, by: nil)
    }
  }

  private func code(_ body: () throws -> Void) -> ExperimentError.Code? {
    do {
      try body()
      return nil
    } catch { return (error as? ExperimentError)?.code }
  }

  @Test func theDigestIsThatOfTheExamplesAndSplitsAreAFunctionOfIt() throws {
    let (one, other) = (try Place(), try Place())
    let a = try one.add("first", one.csv())
    let b = try other.add("second", other.csv())
    #expect(a.digest == b.digest && a.digest.hasPrefix("sha256:"))
    #expect(try one.store.data("first").contents == other.store.data("second").contents)
    let c = try one.add("third", one.csv(1))
    #expect(c.digest != a.digest)
    let splits = ["train", "inner_valid", "outer_valid", "test"].map { "split/\($0)" }
    func lists(_ name: String) throws -> [[Int32]] {
      let contents = try one.store.data(name).contents
      return splits.map { if case .int32(let values)? = contents[$0]?.values { values } else { [] } }
    }
    #expect(try lists("first").flatMap { $0 }.sorted() == (0..<40).map { Int32($0) })
    #expect(try lists("first").map(\.count) == [24, 4, 6, 6])
    #expect(try lists("first") != lists("third"))
  }

  @Test func aTaskWithoutItsDataSaysWhichAndHow() throws {
    let place = try Place()
    let recipe = try Recipe("tasks: [{family: taskset_mlp, data: [cifar10]}]", name: "x")
    do {
      _ = try Experiment(recipe: recipe, seed: 0, data: DataShelf(place.store))
      Issue.record("there is no CIFAR-10 here")
    } catch let error as ExperimentError {
      #expect(error.code == .notFound)
      for words in ["cifar10", "runs data add cifar10 PATH", "cifar-10-batches-bin", place.store.path] {
        #expect("\(error)".contains(words), "\(error)")
      }
    }
  }

  @Test func aRecipeNamesStandInsAndTheResolvedOneSaysSo() throws {
    let plain = try Recipe("tasks: [{family: taskset_mlp}]", name: "x")
    #expect(plain.resolved.pretty.contains("\"stand_in\": \"digits\""))
    let named = try Recipe("tasks: [{family: nvp, data: [mnist, imagenet_resized_16x16]}]", name: "x")
    #expect(named.resolved.pretty.contains("\"stand_in\": \"none\""))
    let texts = try Recipe("tasks: [{family: word_rnn, stand_in: notes}]", name: "x")
    #expect(texts.resolved.pretty.contains("\"stand_in\": \"notes\""))
    for (text, words) in [
      ("tasks: [{family: maf, data: [cifar11]}]", "did you mean cifar10?"),
      ("tasks: [{family: maf, data: [mnist, mnist]}]", "named twice"),
      ("tasks: [{family: maf, stand_in: none}]", "leaves no data"),
      ("tasks: [{family: maf, stand_in: ../x}]", "no data set's name"),
      ("tasks: [{family: losg, stand_in: digits}]", "no such field"),
      ("tasks: [{family: mlp, data: [digits]}]", "expected a text"),
    ] {
      let error = #expect(throws: RecipeError.self) { try Recipe(text, name: "x") }
      #expect(error?.description.contains(words) == true, "\(text): \(error!)")
    }
  }

  /// LO's families and the residual networks draw from the digits and the King James text, or from what a recipe names.
  @Test(arguments: [
    ("image_mlp", ["data": "squares"]), ("vit", ["data": "squares"]), ("lopt", ["data": "squares"]),
    ("resnet_v2", ["data": "squares"]), ("lm_rnn", ["bytes": "notes"]), ("lm_transformer", ["words": "notes"]),
  ])
  func familiesOfOtherSourcesDrawFromTheStore(_ family: String, _ fields: [String: String]) throws {
    let place = try Place()
    try place.add("squares", place.images())
    try place.add("notes", place.text())
    let (field, name) = fields.first!
    let plain = try Recipe("tasks: [{family: \(family)}]", name: "x")
    #expect(!plain.resolved.compact.contains("\"\(field)\""))
    let named = try Recipe("tasks: [{family: \(family), \(field): \(name)}]", name: "x")
    #expect(named.resolved.compact.contains("\"\(field)\":\"\(name)\""))
    let shelf = DataShelf(place.store)
    let (without, with) = try (
      Experiment(recipe: plain, seed: 0, data: shelf), Experiment(recipe: named, seed: 0, data: shelf)
    )
    #expect(with.familyNames[0].contains(name) && !without.familyNames[0].contains(name))
    #expect(try with.dataSets().map(\.name).contains(name) && !without.dataSets().map(\.name).contains(name))
    // A language model reads one of its two texts.
    let losses = [without, with].map { experiment in
      (0..<6 as Range<UInt64>).map { seed in
        let task = experiment.problem.tasks.members[0].family.task(seed: seed)
        return task.loss(task.initialParameters(), on: Batch(.train, 0), in: Workspace())
      }
    }
    #expect(losses.joined().allSatisfy(\.isFinite) && losses[0] != losses[1], "\(losses)")
    let absent = try Recipe("tasks: [{family: \(family), \(field): nothing}]", name: "x")
    #expect(code { _ = try Experiment(recipe: absent, seed: 0, data: shelf) } == .notFound)
    let other = try Recipe(
      "tasks: [{family: \(family), \(field): \(name == "notes" ? "squares" : "notes")}]", name: "x")
    #expect(code { _ = try Experiment(recipe: other, seed: 0, data: shelf) } == .malformed)
  }

  @Test func dataOfAnotherKindIsRefusedInWords() throws {
    let place = try Place()
    try place.add("table", place.csv())
    let shelf = DataShelf(place.store)
    for text in [
      "{family: taskset_mlp, stand_in: table}", "{family: char_rnn, stand_in: table}",
      "{family: mlp, data: kjv_words}",
    ] {
      let recipe = try Recipe("tasks: [\(text)]", name: "x")
      #expect(code { _ = try Experiment(recipe: recipe, seed: 0, data: shelf) } == .malformed)
    }
  }

  /// The bits of the digits do not depend on how a recipe names them.
  @Test func theDigitsByNameAreTheDigits() throws {
    let rest = "\nlearned_optimizer: {kind: mlp}\nestimator: {pairs: 1, truncation: {steps: 2}, horizon: {steps: 4}}"
    let states = try ["{family: digits_mlp, hidden: [4]}", "{family: mlp, data: digits, hidden: [4]}"].map { task in
      let recipe = try Recipe("tasks: [\(task)]" + rest, name: "x")
      let place = try Place()
      let session = try Session.new(recipe, seed: 2, in: place.store, RunSettings(threads: 1))
      let outcome = try #require(try session.train(until: 2) { _ in })
      let identity = try place.store.run(session.id).identity
      #expect(identity["data/names"]?.values == .text(["digits"]))
      return [outcome.stateDigest, outcome.recordsDigest]
    }
    #expect(states[0] == states[1])
  }

  /// A run made before data sets were recorded has none in its identity, and drew from what comes with the program.
  @Test func bundledDataHaveTheDigestsThatRunsRecord() throws {
    let place = try Place()
    let recipe = try Recipe(
      "tasks: [{family: char_rnn, maximum_length: 4}, {family: maf}]\nlearned_optimizer: {kind: mlp}\niterations: 0",
      name: "x")
    let session = try Session.new(recipe, seed: 2, in: place.store, RunSettings(threads: 1))
    let identity = try place.store.run(session.id).identity
    #expect(identity["data/names"]?.values == .text(["digits", "kjv_bytes"]))
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Sources/DataSets/Resources")
    let digests = try ["digits.csv", "kjv.tsv"].map { name in
      "sha256:" + Digest.of(try unpacked(folder.appendingPathComponent(name + ".gz"))).hex
    }
    #expect(identity["data/digests"]?.values == .text(digests))
  }

  private func unpacked(_ file: URL) throws -> [UInt8] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", file.path]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return [UInt8](data)
  }
}
