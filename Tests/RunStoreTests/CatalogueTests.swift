// A cache that nobody can tell from looking: not when it is there, not when it is old, damaged, or somebody else's.

import Foundation
import RunStore
import Synchronization
import Testing

@Suite struct Cataloguing {
  private let folder = TemporaryFolder()
  private let looks = Counter()
  private var path: String { folder.path + "/Runs" }

  final class Counter: Sendable {
    private let value = Mutex(0)
    func add() { value.withLock { $0 += 1 } }
    /// How many since the last time this was asked.
    func taken() -> Int {
      value.withLock { value in
        defer { value = 0 }
        return value
      }
    }
  }

  /// A store long after every change of its files, unless said otherwise.
  private func store(at seconds: Double = 4e9) -> Store {
    var environment = TestWorld().environment
    environment.secondsSince1970 = { seconds }
    environment.randomBits = { UInt64.random(in: 0...UInt64.max) }
    return Store(at: path, environment: environment)
  }

  private var summarizer: Summarizer {
    Summarizer(name: "tests/1") { [looks] run in
      looks.add()
      return RunFacts(
        texts: [run.creator, nil], numbers: [Double(run.recordCount), .nan, nil])
    }
  }

  private func makeRuns(_ count: Int, in store: Store) throws -> [RunID] {
    try (0..<count).map { index in
      let writer = try store.create(
        Example.smallDescription(.none), name: index % 2 == 0 ? "run-\(index)" : nil, tags: ["t\(index % 3)"])
      try writer.commit(Example.smallRecord(1))
      try writer.finish(index % 2 == 0 ? .finished : .failed("words \(index)"))
      return writer.id
    }.sorted()
  }

  private func words(_ store: Store) throws -> [String] {
    try store.summaries(summarizer).map { "\($0)" }
  }

  private var file: URL { URL(fileURLWithPath: path + "/.catalogue") }

  @Test func theSecondLookReadsNoRunAndSaysTheSame() throws {
    let store = store()
    let ids = try makeRuns(6, in: store)
    #expect(!FileManager.default.fileExists(atPath: file.path), "making runs wrote a catalogue")
    let first = try words(store)
    #expect(first.count == 6)
    #expect(looks.taken() == 6)
    #expect(try words(store) == first)
    #expect(looks.taken() == 0)
    #expect(try store.names().map(\.name) == ids.compactMap { try store.labels(of: $0).name })
    #expect(try store.ids() == ids)
  }

  @Test func whateverChangesInARunIsSeenByTheNextLook() throws {
    let store = store()
    let id = try makeRuns(3, in: store)[1]
    _ = try words(store)
    _ = looks.taken()
    func summary() throws -> RunSummary { try #require(try store.summaries(summarizer).first { $0.id == id }) }
    try store.editLabels(of: id) { $0.tags = ["new"] }
    #expect(try summary().labels.tags == ["new"])
    #expect(looks.taken() == 1)
    var writer: RunWriter? = try store.resume(id)
    #expect(try summary().status == .running(pid: 4711, host: "testhost"))
    // From the start again: there is no checkpoint.
    try writer?.commit(Example.smallRecord(1))
    try writer?.commit(Example.smallRecord(2))
    #expect(try summary().recordCount == 2)
    #expect(try summary().facts?.numbers[0] == 2)
    writer = nil
    #expect(try summary().status == .died)
    try store.resume(id).finish(.interrupted)
    #expect(try summary().status == .interrupted)
    let labels = path + "/\(id)/labels.json"
    try Data("{}".utf8).write(to: URL(fileURLWithPath: labels))
    #expect(try summary().damage?.code == .damaged)
    try store.remove(id)
    #expect(try store.summaries(summarizer).count == 2)
  }

  @Test func namesComeFromTheCatalogueAndAreThoseOfNow() throws {
    let store = store()
    let ids = try makeRuns(4, in: store)
    _ = try words(store)
    let named = try #require(try ids.first { try store.labels(of: $0).name == "run-2" })
    #expect(try store.resolve("run-2") == named)
    try store.editLabels(of: named) { $0.name = "other" }
    #expect(try store.resolve("other") == named)
    #expect(throws: StoreError.self) { try store.resolve("run-2") }
    try store.editLabels(of: try #require(ids.first { $0 != named })) { $0.name = "run-2" }
    #expect(throws: StoreError.self) { try store.editLabels(of: named) { $0.name = "run-2" } }
  }

  @Test func aDamagedCatalogueIsNotBelievedAndMadeAgain() throws {
    let store = store()
    _ = try makeRuns(4, in: store)
    let expected = try words(store)
    let whole = try Data(contentsOf: file)
    var mutants: [Data] = [Data(), Data("RUNSCAT1".utf8), whole + [0]]
    mutants += stride(from: 0, to: whole.count, by: 7).map { whole.prefix($0) }
    for byte in stride(from: 0, to: whole.count, by: 3) {
      var mutant = whole
      mutant[byte] ^= 1 << UInt8(byte % 8)
      mutants.append(mutant)
    }
    for mutant in mutants {
      try mutant.write(to: file)
      _ = looks.taken()
      #expect(try words(store) == expected)
      #expect(looks.taken() == 4)
      #expect(try Data(contentsOf: file) == whole, "made again")
    }
    print("damaged catalogues: \(mutants.count)")
  }

  @Test func aCatalogueOfAnotherClientIsReplacedAndAFolderInItsPlaceIsNoMatter() throws {
    let store = store()
    _ = try makeRuns(2, in: store)
    _ = try store.summaries(Summarizer(name: "other") { _ in RunFacts(texts: ["x"], numbers: []) })
    _ = looks.taken()
    #expect(try store.summaries(summarizer).allSatisfy { $0.facts?.numbers.count == 3 })
    #expect(looks.taken() == 2)
    try FileManager.default.removeItem(at: file)
    try FileManager.default.createDirectory(at: file, withIntermediateDirectories: false)
    for _ in 0..<2 {
      #expect(try store.summaries(summarizer).count == 2)
      #expect(looks.taken() == 2)
    }
    #expect(try store.ids().count == 2)
  }

  @Test func whatIsYoungIsLookedAtAgain() throws {
    let store = store(at: Date().timeIntervalSince1970)
    _ = try makeRuns(3, in: store)
    for _ in 0..<2 {
      _ = try store.summaries(summarizer)
      #expect(looks.taken() == 3)
    }
  }

  @Test func everyFailureOfKeepingItIsNoMatter() throws {
    let disk = MemoryFileSystem()
    var environment = TestWorld().environment
    environment.secondsSince1970 = { 4e9 }
    let maker = Store(at: "/Runs", fileSystem: disk, environment: environment)
    _ = try maker.create(Example.smallDescription(.none))
    let expected = try maker.summaries(Summarizer(name: "") { [summarizer] in try summarizer.facts($0) })
    #expect(disk.files["/Runs/.catalogue"] == nil)
    let count = FaultyFileSystem(counting: disk.afterKill())
    _ = try Store(at: "/Runs", fileSystem: count, environment: environment).summaries(summarizer)
    let first = try #require(count.kinds.firstIndex(of: .create))
    var cases = 0
    for place in first..<count.kinds.count {
      for fault in Fault.allCases {
        let copy = disk.afterKill()
        let faulty = Store(
          at: "/Runs", fileSystem: FaultyFileSystem(copy, failing: place, fault), environment: environment)
        #expect("\(try faulty.summaries(summarizer))" == "\(expected)", "\(fault) at \(place)")
        let after = copy.afterKill()
        let store = Store(at: "/Runs", fileSystem: after, environment: environment)
        #expect("\(try store.summaries(summarizer))" == "\(expected)")
        // What is left aside goes with the next run that is removed.
        try store.remove(store.create(Example.smallDescription(.none), name: "next").id)
        #expect(!after.files.keys.contains { $0.hasPrefix("/Runs/.catalogue-") })
        cases += 1
      }
    }
    print("failures while keeping a catalogue: \(cases)")
    #expect(cases > 30)
  }

  /// Making runs takes some ten times as long where nothing is optimised.
  #if DEBUG
    private static let ordinaryCount = 100
  #else
    private static let ordinaryCount = 2_000
  #endif

  /// RUNS_SCALE=100000 measures a large store.
  @Test func aLargeStoreIsListedWithoutReadingItsRuns() throws {
    let count = ProcessInfo.processInfo.environment["RUNS_SCALE"].flatMap(Int.init) ?? Self.ordinaryCount
    try makeLargeStore(count)
    let store = store()
    let clock = ContinuousClock()
    var found = 0
    let building = try clock.measure { found = try store.summaries(summarizer).count }
    #expect(looks.taken() == count && found == count)
    let listing = try clock.measure { found = try store.summaries(summarizer).count }
    #expect(looks.taken() == 0 && found == count)
    let naming = try clock.measure { found = try store.names().count }
    #expect((20...21).contains(found))
    let last = try store.ids().last!
    var meant: RunID?
    let prefix = try clock.measure { meant = try store.resolve(String(last.text.dropLast())) }
    #expect(meant == last)
    let name = try clock.measure { _ = try store.resolve("run-0") }
    print(
      "a store of \(count) runs: first look \(building), next look \(listing), all names \(naming), the start of an id"
        + " \(prefix), a name \(name); catalogue of \(try Data(contentsOf: file).count) bytes")
  }

  /// Three quarters of the runs at rest, the others as killed processes leave them.
  private func makeLargeStore(_ count: Int) throws {
    var environment = TestWorld().environment
    environment.randomBits = { UInt64.random(in: 0...UInt64.max) }
    for index in 0..<count {
      environment.secondsSince1970 = { 1e9 + Double(index) }
      let store = Store(at: path, fileSystem: UnsyncedFileSystem(), environment: environment)
      let writer = try store.create(Example.smallDescription(.none), tags: ["t\(index % 3)"])
      if index % 4 != 3 { try writer.finish(.finished) }
      // A name of its own for each of a few: making sure that nobody has it looks through all labels there are.
      if index % max(1, count / 20) == 0 { try store.editLabels(of: writer.id) { $0.name = "run-\(index)" } }
    }
  }
}

/// The system's files, not brought to the disk: for stores that are only there for their number.
private struct UnsyncedFileSystem: ForwardingFileSystem {
  let inner = SystemFileSystem()

  func syncData(_ file: Descriptor) throws(SystemFailure) {}
  func sync(_ file: Descriptor) throws(SystemFailure) {}
  func syncFolder(_ folder: Descriptor) throws(SystemFailure) {}
}
