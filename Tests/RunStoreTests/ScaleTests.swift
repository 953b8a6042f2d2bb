// Many runs, and long ones. RUNS_SCALE_RUNS and RUNS_SCALE_RECORDS say how many (Tools/scale). Without them there are few
// runs, of which the same is counted, and LargeRunTests counts what is read of a long one.

import Foundation
import Fuzzing
import RunStore
import Synchronization
import Testing

/// Counts what a store asks for, by kind, and the bytes that it reads.
private final class Tally: ForwardingFileSystem {
  let inner = SystemFileSystem()
  private let counts = Mutex<(operations: [RunStoreTests.Operation: Int], bytes: Int)>(([:], 0))

  func around<Result>(
    _ operation: RunStoreTests.Operation, _ body: () throws(SystemFailure) -> Result
  ) throws(SystemFailure) -> Result {
    counts.withLock { $0.operations[operation, default: 0] += 1 }
    return try body()
  }

  func read(
    _ file: Descriptor, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(SystemFailure) -> Int {
    let count = try inner.read(file, at: offset, into: buffer)
    counts.withLock { $0.bytes += count }
    return count
  }

  var bytes: Int { counts.withLock { $0.bytes } }
  func count(_ operation: RunStoreTests.Operation) -> Int { counts.withLock { $0.operations[operation, default: 0] } }
}

@Suite struct Scale {
  private let folder = TemporaryFolder()
  private static let settings = ProcessInfo.processInfo.environment
  private static let runs = settings["RUNS_SCALE_RUNS"].flatMap(Int.init) ?? 30
  private static let records = settings["RUNS_SCALE_RECORDS"].flatMap(Int.init)

  private func environment(at seconds: Double) -> StoreEnvironment {
    var environment = TestWorld().environment
    environment.secondsSince1970 = { seconds }
    return environment
  }

  private func store(_ system: any FileSystem = SystemFileSystem()) -> Store {
    // Long after all that was written: what is young is looked at again.
    Store(at: folder.path + "/Runs", fileSystem: system, environment: environment(at: 4e9))
  }

  private static let summarizer = Summarizer(name: "scale/1") { run in
    RunFacts(texts: ["recipe"], numbers: [Double(run.recordCount)])
  }

  /// Prints how long something takes.
  private func timed<Result>(_ what: String, _ body: () throws -> Result) throws -> Result {
    let clock = ContinuousClock()
    let start = clock.now
    let result = try body()
    print("scale: \(what): \(((clock.now - start) / .seconds(1) * 1e3).rounded() / 1e3) s")
    return result
  }

  /// Copies of one run under other ids of the same length.
  private func makeRuns() throws {
    let elsewhere = Store(at: "/E", fileSystem: MemoryFileSystem(), environment: environment(at: 1.8e9))
    let writer = try elsewhere.create(Example.smallDescription(.none), tags: ["tag"], group: "group")
    for iteration in 1...3 { try writer.commit(Example.smallRecord(iteration)) }
    try writer.finish(.finished)
    var stream = try PortableRun(file: elsewhere.run(writer.id).portableFile(), named: "x").stream
    // Behind eight bytes of magic and the length of the id.
    let place = 12..<12 + writer.id.text.utf8.count
    for number in 0..<Self.runs {
      let digits = String(number, radix: 36)
      let id = "1000000-" + String(repeating: "0", count: place.count - 8 - digits.count) + digits
      stream.replaceSubrange(place, with: Array(id.utf8))
      try store().importRun(PortableRun(stream: stream, from: "x"), remark: "")
    }
    // One alone, since a name is looked for among all.
    if let first = try store().ids().first { try store().editLabels(of: first) { $0.name = "n" } }
  }

  @Test func aListLooksAtEachRunAndReadsWhatHasChanged() throws {
    try timed("making \(Self.runs) runs") { try makeRuns() }
    let first = try timed("first list, which makes the catalogue") { try store().summaries(Self.summarizer) }
    #expect(first.count == Self.runs && first.allSatisfy { $0.damage == nil && $0.recordCount == 3 })
    let again = try timed("list by the catalogue") { try store().summaries(Self.summarizer) }
    let tally = Tally()
    _ = try store(tally).summaries(Self.summarizer)
    #expect(again.count == Self.runs && again.map(\.id) == first.map(\.id))
    // The store and the catalogue are opened; of each run three or four things are asked.
    #expect(tally.count(.open) == 1 && tally.count(.openFolder) <= 2 && tally.count(.list) == 1)
    #expect(tally.count(.status) <= 4 * Self.runs + 4)
    print("scale: \(tally.count(.status)) files looked at, \(tally.bytes) bytes read")
    let last = try #require(first.last).id
    let prefix = String(last.text)
    let whole = try timed("an id") { try store().resolve(prefix) }
    #expect(whole == last)
    let start = try timed("the start of an id") { try? store().resolve(String(prefix.dropLast())) }
    #expect(start == nil || start == last)
    let named = try timed("a name") { try store().resolve("n") }
    #expect(named == first[0].id)

    // Stale, damaged, gone.
    try store().editLabels(of: last) { $0.tags = ["other"] }
    let stale = Tally()
    let changed = try timed("list after a change of one") { try store(stale).summaries(Self.summarizer) }
    #expect(changed.last?.labels.tags == ["other"] && stale.count(.openFolder) <= 6)
    let catalogue = URL(fileURLWithPath: folder.path + "/Runs/.catalogue")
    var bytes = try Data(contentsOf: catalogue)
    print("scale: the catalogue has \(bytes.count) bytes")
    bytes[bytes.count / 2] ^= 1
    try bytes.write(to: catalogue)
    let mended = try timed("list with a damaged catalogue") { try store().summaries(Self.summarizer) }
    #expect(mended.count == Self.runs && mended.last?.labels.tags == ["other"])
    let anew = Tally()
    _ = try timed("list by the catalogue made anew") { try store(anew).summaries(Self.summarizer) }
    #expect(anew.count(.open) == 1)
  }

  private static let longTables = [
    TableSchema(
      "records",
      columns: [Column("iteration", .int64), Column("loss", .float64), Column("norm", .float64)], signal: "loss"),
    TableSchema(
      "pairs", columns: ["seed", "task_seed", "last_task_seed"].map { Column($0, .uint64) }, rowsPerRecord: 8),
  ]

  private static func longRecord(_ iteration: Int) -> Record {
    var chance = SplitMix(state: UInt64(iteration))
    let pairs = (0..<3).map { _ in ArrayValues.uint64((0..<8).map { _ in chance.next() }) }
    let loss = Double(chance.next() >> 11) / 9e15
    return Record(
      iteration: iteration, tables: [[.int64([Int64(iteration)]), .float64([loss]), .float64([1 - loss])], pairs])
  }

  @Test(.enabled(if: Scale.records != nil, "Tools/scale makes a long run"))
  func theTailOfALongRunAndItsCurvesAreReadWithoutTheRest() throws {
    let records = try #require(Self.records)
    let id = try timed("making a run of \(records) records") {
      let writer = try store().create(
        RunDescription(
          format: "tests/long", formatVersion: 1, identity: NamedArrays(), tables: Self.longTables, durability: .none))
      for iteration in 1...records {
        try writer.commit(Self.longRecord(iteration))
        if iteration % 100_000 == 0, iteration < records { try writer.publish() }
      }
      try writer.finish(.finished)
      return writer.id
    }
    let size = try folder.files()["Runs/\(id)/run.h5"]!.count
    let tally = Tally()
    let run = try timed("opening it") { try store(tally).run(id) }
    let opened = tally.bytes
    let last = try timed("its last record") { try run.lastRecord() }
    #expect(last == Self.longRecord(records))
    let tail = tally.bytes - opened
    let losses = try timed("a curve") { try run.column("records", "loss").doubles }
    #expect(losses?.count == records)
    let curve = tally.bytes - opened - tail
    print("scale: run.h5 has \(size) bytes; read: \(opened) to open it, \(tail) for its tail, \(curve) for a curve")
    #expect(size > 5_000_000 && opened < size / 10 && tail < size / 5 && curve < size / 6)
    let report = try timed("the whole check") { try store().check(id) }
    #expect(report.isWhole)
  }
}
