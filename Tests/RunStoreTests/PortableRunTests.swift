// A run that goes to another store and back.

import Foundation
import Fuzzing
import RunStore
import Testing

@Suite struct PortableRuns {
  private let here = Store(at: "/Here", fileSystem: MemoryFileSystem(), environment: TestWorld().environment)
  private let disk = MemoryFileSystem()
  private var there: Store { store("/There", disk) }

  /// A store whose own runs have other ids than those of `here`.
  private func store(_ path: String, _ disk: MemoryFileSystem) -> Store {
    var environment = TestWorld().environment
    environment.randomBits = { 99 }
    return Store(at: path, fileSystem: disk, environment: environment)
  }

  /// A run of 11 records that nobody ended, the last four of them in its journal, with a start, packed checkpoints
  /// and all labels.
  private func killedRun() throws -> RunID {
    var description = Example.description(.interval(seconds: 2.5))
    description.lineage = [Lineage(run: "elsewhere-1", iteration: 3, contents: Digest.of([1]))]
    let writer = try here.create(description, name: "first", tags: ["a", "größer"], group: "g")
    try writer.checkpoint(at: 0, Example.packedState(0))
    for iteration in 1...11 {
      try writer.commit(Example.record(iteration))
      if iteration % 4 == 0 { try writer.checkpoint(at: iteration, Example.packedState(iteration)) }
      if iteration == 7 { try writer.publish() }
    }
    try here.editLabels(of: writer.id) { labels in
      labels.notes = [.init(secondsSince1970: 5, text: "a\nnote")]
      labels.pinned = [4, 8]
    }
    return writer.id
  }

  private func portable(_ id: RunID) throws -> PortableRun {
    let read = try PortableRun(file: here.run(id).portableFile(), named: "x.h5")
    let stream = read.stream
    let passed = try PortableRun(stream: stream, from: "x.h5")
    #expect(passed.stream == stream)
    return passed
  }

  @Test func aRunInAnotherStoreIsTheSameRun() throws {
    let id = try killedRun()
    try there.importRun(portable(id), remark: "imported from x.h5")
    let (old, new) = (try here.run(id), try there.run(id))
    #expect(new.description == old.description && new.description.lineage.count == 1)
    #expect(new.recordCount == 11 && new.publishedRecordCount == 11 && new.status == .died)
    #expect(new.events == old.events)
    #expect(try new.records(1..<12) == old.records(1..<12))
    #expect(try new.recordsDigest() == old.recordsDigest())
    #expect(new.identityDigest == old.identityDigest)
    // The newest, and what the run began with: the very files.
    #expect(new.checkpoints == old.checkpoints.filter { [0, 8].contains($0.iteration) })
    for entry in new.checkpoints { #expect(try new.loadCheckpoint(entry) == old.loadCheckpoint(entry)) }
    let labels = try there.labels(of: id)
    #expect(labels.name == "first" && labels.group == "g" && labels.tags == ["a", "größer"] && labels.pinned == [8])
    #expect(labels.notes.map(\.text) == ["a\nnote", "imported from x.h5"])
    #expect(try there.check(id).problems == [])
  }

  @Test func anImportedRunGoesOnAsItWouldHave() throws {
    let id = try killedRun()
    try there.importRun(portable(id), remark: "")
    var digests: [Digest] = []
    for store in [here, there] {
      let writer = try store.resume(id)
      #expect(writer.position == 8 && writer.resumption.recordsToRecompute == 3)
      for iteration in 9...20 {
        try writer.commit(Example.record(iteration))
        if iteration == 16 { try writer.checkpoint(at: 16, Example.packedState(16)) }
        if iteration == 14 { try writer.publish() }
      }
      try writer.finish(.finished)
      #expect(try store.check(id).problems == [])
      digests.append(try store.run(id).recordsDigest())
    }
    #expect(digests[0] == digests[1])
    // And on to a third.
    let third = Store(at: "/Third", fileSystem: MemoryFileSystem(), environment: TestWorld().environment)
    let file = try there.run(id).portableFile()
    try third.importRun(PortableRun(file: file, named: "y.h5"), name: "other", remark: "")
    #expect(try third.run(id).recordsDigest() == digests[0])
    #expect(try third.labels(of: id).name == "other")
    #expect(try third.run(id).status == .finished)
  }

  @Test func whatIsThereAlreadyIsNotTouched() throws {
    let id = try killedRun()
    let run = try portable(id)
    _ = try there.create(Example.smallDescription(.none), name: "first")
    try there.importRun(run, remark: "")
    #expect(try there.labels(of: id).name == nil)
    let before = disk.files
    let error = try #require(throws: StoreError.self) { try there.importRun(run, remark: "") }
    #expect(error.code == .cannotCreate(errno: 17))
    let taken = try #require(throws: StoreError.self) {
      try there.importRun(portable(here.create(Example.smallDescription(.none)).id), name: "first", remark: "")
    }
    #expect(taken.code == .usage)
    #expect(disk.files == before)
  }

  /// A child of it finds its checkpoint pinned, whichever of the two came first to the store.
  @Test func importedChildrenPinWhatTheyBeganWith() throws {
    let parent = try killedRun()
    var description = Example.smallDescription(.none)
    description.lineage = [Lineage(run: parent.text, iteration: 8, contents: Example.packedState(8).digest)]
    let child = try here.create(description).id
    try there.importRun(portable(parent), remark: "")
    try there.importRun(portable(child), remark: "")
    #expect(try there.labels(of: parent).pinned == [8])
  }

  /// What a child process that was taken over could pass on.
  @Test func harmedStreamsAreRefusedOrPassEveryCheck() throws {
    let run = try portable(killedRun())
    let original = try here.run(run.id)
    let states = original.checkpoints.map(\.contents)
    let stream = run.stream
    var mutator = Mutator(seed: 12)
    let seconds = ProcessInfo.processInfo.environment["RUNS_FUZZ_SECONDS"].flatMap(Double.init)
    var (cases, refused) = (0, 0)
    let clock = ContinuousClock()
    let start = clock.now
    while seconds.map({ (clock.now - start) / .seconds(1) < $0 }) ?? (cases < 600) {
      let mutant = mutator.mutant(of: stream)
      cases += 1
      do {
        let read = try PortableRun(stream: mutant, from: "x.h5")
        let store = Store(at: "/There", fileSystem: MemoryFileSystem(), environment: TestWorld().environment)
        try store.importRun(read, remark: "")
        // What no digest covers may differ; identity, records and states may not.
        let taken = try store.run(read.id)
        #expect(try taken.recordsDigest() == original.recordsDigest())
        #expect(taken.description.identity.digest == original.identityDigest)
        for entry in taken.checkpoints { #expect(try states.contains(taken.loadCheckpoint(entry).digest)) }
        #expect(try store.check(read.id).isWhole)
      } catch is StoreError { refused += 1 }
    }
    print("fuzz portable-stream: \(cases) mutants, \(refused) refused, crashes 0, seed 12")
    #expect(refused > 0)
  }

  @Test func aFileThatIsNotAsItWasWrittenIsRefused() throws {
    let file = try here.run(killedRun()).portableFile()
    var mutator = Mutator(seed: 13)
    for _ in 0..<40 {
      #expect(throws: StoreError.self) { try PortableRun(file: mutator.turned(file, bits: 1), named: "x.h5") }
    }
    for cut in stride(from: 0, to: file.count, by: file.count / 20) {
      #expect(throws: StoreError.self) { try PortableRun(file: Array(file[..<cut]), named: "x.h5") }
    }
  }
}
