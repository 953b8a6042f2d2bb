// Thousands of harmed files: each is refused with an error of ours or shows what was written, and none takes long.
//
// RUNS_FUZZ_SECONDS gives each target so much time (Tools/fuzz); else each gets a number of cases. A crash ends the
// process: the case that was tried last lies in RUNS_FUZZ_FOLDER, if that is given.

import Foundation
import Fuzzing
import RunStore
import Testing

@Suite struct Fuzz {
  private let disk = MemoryFileSystem()
  private let id: RunID
  private var folder: String { "/Runs/\(id)" }

  init() throws { id = try SmallRun.make(in: Self.store(disk), .each) }

  private static func store(_ disk: MemoryFileSystem) -> Store {
    Store(at: "/Runs", fileSystem: disk, environment: SmallRun.environment)
  }

  private struct Tally {
    var cases = 0
    var refused = 0
    var slowest = 0.0
  }

  private func look(at disk: MemoryFileSystem, _ truth: SmallRun.Truth) throws -> Bool {
    try SmallRun.look(at: Self.store(disk), id, truth)
  }

  /// Tries mutants of a file until time or number is up.
  private func fuzz(
    _ target: String, _ file: String, cases: Int, seed: UInt64, _ truth: SmallRun.Truth,
    _ finish: ([UInt8]) -> [UInt8] = { $0 }
  ) throws {
    let environment = ProcessInfo.processInfo.environment
    let seconds = environment["RUNS_FUZZ_SECONDS"].flatMap(Double.init)
    let original = try #require(disk.files[file])
    var mutator = Mutator(seed: seed)
    var tally = Tally()
    let clock = ContinuousClock()
    let start = clock.now
    while seconds.map({ (clock.now - start) / .seconds(1) < $0 }) ?? (tally.cases < cases) {
      let mutant = finish(mutator.mutant(of: original))
      if let folder = environment["RUNS_FUZZ_FOLDER"] {
        try Data(mutant).write(to: URL(fileURLWithPath: "\(folder)/\(target)"))
      }
      let copy = disk.afterKill()
      try copy.tamper(file) { $0 = mutant }
      let before = threadCPUSeconds()
      do {
        if try look(at: copy, truth) { tally.refused += 1 }
      } catch {
        Issue.record("\(target), seed \(seed), case \(tally.cases): \(error)")
      }
      tally.slowest = max(tally.slowest, threadCPUSeconds() - before)
      tally.cases += 1
    }
    print(
      "fuzz \(target): \(tally.cases) mutants, \(tally.refused) refused, crashes 0, the slowest \(tally.slowest) s, seed \(seed)"
    )
    #expect(tally.cases > 0 && tally.slowest < 5)
  }

  @Test func journals() throws {
    try fuzz("journal", folder + "/journal-000002", cases: 400, seed: 1, .same(mayBeShorter: true))
  }

  @Test func journalsWithFittingChecksums() throws {
    try fuzz("journal-resealed", folder + "/journal-000002", cases: 400, seed: 2, .any, Reseal.journal)
  }

  @Test func snapshots() throws {
    try fuzz("snapshot", folder + "/run.h5", cases: 100, seed: 3, .same(mayBeShorter: false))
  }

  @Test func snapshotsWithFittingSeals() throws {
    try fuzz("snapshot-resealed", folder + "/run.h5", cases: 300, seed: 4, .any, Reseal.snapshot)
  }

  @Test func checkpoints() throws {
    try fuzz("checkpoint", folder + "/checkpoints/000000012.h5", cases: 100, seed: 5, .same(mayBeShorter: false))
  }

  @Test func labels() throws {
    try fuzz("labels", folder + "/labels.json", cases: 300, seed: 6, .same(mayBeShorter: false))
  }

  @Test func catalogues() throws {
    try fuzz("catalogue", "/Runs/.catalogue", cases: 200, seed: 7, .same(mayBeShorter: false))
    try fuzz("catalogue-resealed", "/Runs/.catalogue", cases: 300, seed: 8, .any, Reseal.catalogue)
  }

  /// Checkpoints whose digest fits, as libhdf5 gets them.
  @Test func checkpointsWithFittingDigests() throws {
    let store = Self.store(disk)
    let run = try store.run(id)
    var entry = try #require(run.checkpoints.last)
    let path = folder + "/checkpoints/" + entry.name
    let original = try #require(disk.files[path])
    let seconds = ProcessInfo.processInfo.environment["RUNS_FUZZ_SECONDS"].flatMap(Double.init)
    var (mutator, cases, refused) = (Mutator(seed: 9), 0, 0)
    let clock = ContinuousClock()
    let start = clock.now
    while seconds.map({ (clock.now - start) / .seconds(1) < $0 }) ?? (cases < 300) {
      let mutant = mutator.mutant(of: original)
      let copy = disk.afterKill()
      try copy.tamper(path) { $0 = mutant }
      entry.bytes = mutant.count
      entry.sha256 = Digest.of(mutant)
      let harmed = try Self.store(copy).run(id)
      do {
        // The digest of the arrays stands in the file: what is read without an error is what was written.
        #expect(try harmed.loadCheckpoint(entry) == SmallRun.state(entry.iteration))
      } catch is StoreError {
        refused += 1
      }
      cases += 1
    }
    print("fuzz checkpoint-redigested: \(cases) mutants, \(refused) refused, crashes 0, seed 9")
  }

  @Test func references() throws {
    let store = Self.store(disk)
    var mutator = Mutator(seed: 10)
    for _ in 0..<2_000 {
      let bytes = mutator.mutant(of: Array((mutator.below(2) == 0 ? id.text : "latest").utf8))
      let text = String(decoding: bytes, as: UTF8.self)
      do {
        #expect(try store.resolve(text) == id)
      } catch is StoreError {}
      if let made = RunID(text) { #expect(!made.text.contains("/") && !made.text.contains(".")) }
    }
  }

  /// Issue 2, damage: each file cut at every 64th byte, and with turned bits.
  @Test func everyFileCutAtEvery64thByteAndWithTurnedBitsShowsNothingWrong() throws {
    let flips = ProcessInfo.processInfo.environment["RUNS_FLIPS"].flatMap(Int.init) ?? 60
    var mutator = Mutator(seed: 11)
    var (cuts, turned, refused) = (0, 0, 0)
    for (path, bytes) in disk.files.sorted(by: { $0.key < $1.key }) where !path.hasSuffix("/lock") {
      func attempt(_ mutant: [UInt8]) throws {
        let copy = disk.afterKill()
        try copy.tamper(path) { $0 = mutant }
        if try look(at: copy, .same(mayBeShorter: path.contains("journal"))) { refused += 1 }
      }
      for cut in stride(from: 0, to: bytes.count, by: 64) {
        try attempt(Array(bytes[..<cut]))
        cuts += 1
      }
      for _ in 0..<flips {
        try attempt(mutator.turned(bytes, bits: 1))
        turned += 1
      }
    }
    print(
      "damage: \(cuts) cut files, \(turned) with a turned bit, \(refused) refused, crashes 0, silent wrong values 0")
    #expect(cuts > 200 && turned > 200)
  }

  /// A store that does not check its frames is one whose checksums always fit: `look` must see what it shows.
  @Test func aChecksumThatIsNotComparedIsNoticed() throws {
    let path = folder + "/journal-000002"
    let original = try #require(disk.files[path])
    var mutator = Mutator(seed: 15)
    var noticed: Int?
    for number in 1...400 where noticed == nil {
      let mutant = mutator.turned(original, bits: 1)
      let (whole, unchecked) = (disk.afterKill(), disk.afterKill())
      try whole.tamper(path) { $0 = mutant }
      _ = try look(at: whole, .same(mayBeShorter: true))
      try unchecked.tamper(path) { $0 = Reseal.journal(mutant) }
      do { _ = try look(at: unchecked, .same(mayBeShorter: true)) } catch is Wrong { noticed = number }
    }
    print("checksums of frames left out: noticed after \(noticed.map { "\($0)" } ?? "no") turned bits")
    #expect(noticed != nil)
  }
}
