// Thousands of harmed recipes, references, documents and streams: each is read, or refused with an error of ours.

import Experiments
import Foundation
import Fuzzing
import RunSchema
import Testing

@Suite struct FuzzOfTexts {
  /// Chance that is the same for the same seed.
  private struct Chance {
    var state: UInt64

    mutating func below(_ count: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return count == 0 ? 0 : Int(state >> 33) % count
    }

    mutating func mutant(of bytes: [UInt8]) -> [UInt8] {
      var bytes = bytes
      let letters = Array("{}[]:,-#&*!|>'\"%@`~ \n\t0159.eE+nullay/\\\u{0}\u{feff}".utf8)
      for _ in 0...below(6) where !bytes.isEmpty {
        let place = below(bytes.count)
        let end = min(bytes.count, place + 1 + below(24))
        switch below(6) {
        case 0: bytes[place] ^= 1 << UInt8(below(8))
        case 1, 2: bytes[place] = letters[below(letters.count)]
        case 3: bytes.removeSubrange(place..<end)
        case 4: bytes.insert(contentsOf: bytes[place..<end], at: below(bytes.count))
        default: bytes.insert(letters[below(letters.count)], at: place)
        }
      }
      return bytes
    }
  }

  /// Tries mutants of some texts until time (RUNS_FUZZ_SECONDS) or number is up.
  private func fuzz(
    _ target: String, _ corpus: [[UInt8]], cases: Int, seed: UInt64, _ attempt: ([UInt8]) throws -> Bool
  ) throws {
    let environment = ProcessInfo.processInfo.environment
    let seconds = environment["RUNS_FUZZ_SECONDS"].flatMap(Double.init)
    var chance = Chance(state: seed)
    var (tried, refused, slowest) = (0, 0, 0.0)
    let clock = ContinuousClock()
    let start = clock.now
    while seconds.map({ (clock.now - start) / .seconds(1) < $0 }) ?? (tried < cases) {
      let mutant = chance.mutant(of: corpus[chance.below(corpus.count)])
      if let folder = environment["RUNS_FUZZ_FOLDER"] {
        try Data(mutant).write(to: URL(fileURLWithPath: "\(folder)/\(target)"))
      }
      let before = threadCPUSeconds()
      if try !attempt(mutant) { refused += 1 }
      slowest = max(slowest, threadCPUSeconds() - before)
      tried += 1
    }
    print("fuzz \(target): \(tried) mutants, \(refused) refused, crashes 0, the slowest \(slowest) s, seed \(seed)")
    #expect(refused > 0 && slowest < 5)
  }

  private static let recipes = [
    "tasks: [{family: quadratic, weight: 2}, {family: mlp_classifier}]\nestimator: {kind: pes, pairs: 4, truncation: 5}\n",
    "# one\niterations: 20\nouter_optimizer:\n  kind: adam\n  learning_rate: 1.0e-3\nlearned_optimizer: {kind: mlp}\n",
  ].map { Array($0.utf8) }

  @Test func recipes() throws {
    let shipped = RecipeLibrary.all().compactMap { FileManager.default.contents(atPath: $0.file).map(Array.init) }
    try fuzz("recipe", Self.recipes + shipped, cases: 1_500, seed: 1) { bytes in
      do {
        let recipe = try Recipe(String(decoding: bytes, as: UTF8.self), name: "fuzz")
        // What was read can be read again.
        _ = try Recipe(recipe.resolved.pretty, name: "fuzz")
        return true
      } catch is RecipeError {
        return false
      }
    }
  }

  @Test func overrides() throws {
    let corpus = ["estimator.pairs=3", "tasks.0.weight=-1", "outer_optimizer={kind: adam}"].map { Array($0.utf8) }
    try fuzz("override", corpus, cases: 1_500, seed: 2) { bytes in
      guard let override = RecipeOverride(String(decoding: bytes, as: UTF8.self)) else { return false }
      do {
        _ = try Recipe("tasks: [{family: quadratic}]", name: "fuzz", overrides: [override])
        return true
      } catch is RecipeError {
        return false
      }
    }
  }

  @Test func checkpointReferences() throws {
    let corpus = ["abc@300", "latest@best", "Runs/x/checkpoints/000000300.h5", "name"].map { Array($0.utf8) }
    try fuzz("reference", corpus, cases: 2_000, seed: 3) { bytes in
      do {
        _ = try CheckpointReference(String(decoding: bytes, as: UTF8.self))
        return true
      } catch is ExperimentError {
        return false
      }
    }
  }

  @Test func documents() throws {
    let corpus = [#"{"a": [1, -2.5e3, true, null, "\u00e9\n"], "b": {"c": 18446744073709551615}}"#].map {
      Array($0.utf8)
    }
    try fuzz("json", corpus, cases: 2_000, seed: 4) { bytes in
      do {
        _ = try JSONParser.parse(String(decoding: bytes, as: UTF8.self))
        return true
      } catch is JSONParser.Failure {
        return false
      }
    }
  }

  /// What a child process that was taken over could pass on.
  @Test func streams() throws {
    let stream = try #require(try Subject.named("stream")?.seeds().first)
    let whole = try ForeignFile(name: "x", stream: stream)
    #expect(whole.datasets.map(\.shape) == [[2, 3]] && whole.attributes["optimizer"] == .texts(["Adam"]))
    try fuzz("stream", [stream], cases: 3_000, seed: 5) { bytes in
      do {
        _ = try ForeignFile(name: "x", stream: bytes)
        return true
      } catch is ForeignStream.Malformed {
        return false
      }
    }
  }
}
