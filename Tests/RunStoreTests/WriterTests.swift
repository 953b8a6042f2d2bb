// What a writer takes, compares and refuses.

import Foundation
import RunStore
import Synchronization
import Testing

@Suite struct Writing {
  let disk = MemoryFileSystem()
  var store: Store { Store(at: "/Runs", fileSystem: disk, environment: TestWorld().environment) }

  private func interrupted(after records: Int, checkpoint: Int) throws -> RunID {
    let writer = try store.create(Example.description())
    for iteration in 1...records {
      try writer.commit(Example.record(iteration))
      if iteration == checkpoint { try writer.checkpoint(at: iteration, Example.state(iteration)) }
    }
    try writer.finish(.interrupted)
    return writer.id
  }

  @Test func anIterationComputedAgainIsComparedBitForBit() throws {
    let id = try interrupted(after: 8, checkpoint: 4)
    #expect(try store.run(id).status == .interrupted)
    let writer = try store.resume(id)
    #expect(writer.position == 4)
    #expect(writer.resumption.previousStatus == .interrupted)
    try writer.commit(Example.record(5))
    // Times may differ.
    try writer.commit(Example.record(6, seconds: 99))
    #expect(writer.recordCount == 8)
    var other = Example.record(7)
    other.tables[1][1] = .float32([7, -7, -0.0])
    let error = try #require(throws: StoreError.self) { try writer.commit(other) }
    #expect(error.code == .differs(.init(iteration: 7, table: "pairs", column: "positive", row: 2)))
    #expect(throws: StoreError.self) { try writer.commit(Example.record(7)) }
    let run = try store.run(id)
    #expect(try run.records(1..<9) == (1...8).map { Example.record($0) })
  }

  @Test func aCheckpointMadeAgainIsComparedBitForBit() throws {
    let id = try interrupted(after: 3, checkpoint: 3)
    let writer = try store.resume(id)
    try writer.checkpoint(at: 3, Example.state(3))
    let error = try #require(throws: StoreError.self) { try writer.checkpoint(at: 3, Example.state(2)) }
    #expect(error.code == .differs(.init(iteration: 3, table: "checkpoint", column: "iteration", row: 0)))
  }

  @Test func aRunWithoutACheckpointBeginsAnew() throws {
    let id = try interrupted(after: 3, checkpoint: 0)
    let writer = try store.resume(id)
    #expect(writer.position == 0)
    #expect(writer.resumption.state == nil)
    #expect(writer.resumption.recordsToRecompute == 3)
    for iteration in 1...4 { try writer.commit(Example.record(iteration)) }
    try writer.finish(.finished)
    #expect(try store.run(id).events.map(\.kind) == [.created, .interrupted, .resumed, .finished])
    #expect(try store.run(id).recordCount == 4)
  }

  @Test func aRunResumedThreeTimesHasTheDigestOfTheUndisturbed() throws {
    let whole = try store.create(Example.description())
    for iteration in 1...20 { try whole.commit(Example.record(iteration)) }
    let id = try interrupted(after: 5, checkpoint: 5)
    for end in [9, 13, 20] {
      let writer = try store.resume(id)
      while writer.position < end {
        try writer.commit(Example.record(writer.position + 1))
        if writer.position % 2 == 1 { try writer.checkpoint(at: writer.position, Example.state(writer.position)) }
      }
      if end != 13 { try writer.finish(.interrupted) }
    }
    #expect(try store.run(id).recordsDigest() == whole.recordsDigest)
  }

  @Test func recordsThatDoNotFitAreRefusedAndNothingIsLost() throws {
    let writer = try store.create(Example.description())
    var short = Example.record(1)
    short.tables[1][0] = .uint64([1])
    var mistyped = Example.record(1)
    mistyped.tables[0][1] = .float32([1])
    var cut = Example.record(1)
    cut.tables[0][2] = .text(["a\0b"])
    for wrong in [short, mistyped, cut, Example.record(2), Record(iteration: 1, tables: [])] {
      let error = try #require(throws: StoreError.self) { try writer.commit(wrong) }
      #expect(error.code == .usage)
    }
    #expect(throws: StoreError.self) { try writer.checkpoint(at: 1, Example.state(1)) }
    try writer.commit(Example.record(1))
    try writer.finish(.failed("out of luck"))
    #expect(try store.run(writer.id).status == .failed("out of luck"))
    #expect(throws: StoreError.self) { try writer.commit(Example.record(2)) }
  }

  @Test(arguments: [
    (Durability.each, 21...40), (.interval(seconds: 0.005), 2...6), (.none, 0...0),
  ])
  func recordsAreSyncedAsTheRunSays(_ durability: Durability, _ expected: ClosedRange<Int>) throws {
    let system = FaultyFileSystem(counting: disk)
    let store = Store(at: "/Runs", fileSystem: system, environment: TestWorld().environment)
    let writer = try store.create(Example.description(durability))
    let before = system.kinds.filter { $0 == .sync }.count
    for iteration in 1...21 { try writer.commit(Example.record(iteration)) }
    let syncs = system.kinds.filter { $0 == .sync }.count - before
    #expect(expected.contains(syncs), "\(syncs) syncs for 21 records")
    #expect(try store.run(writer.id).description.durability == durability)
  }

  @Test func aCommitDoesNothingButWriteAndSync() throws {
    let system = FaultyFileSystem(counting: disk)
    let store = Store(at: "/Runs", fileSystem: system, environment: TestWorld().environment)
    let writer = try store.create(Example.description())
    let before = system.kinds.count
    try writer.commit(Example.record(1))
    #expect(system.kinds[before...] == [.look, .write, .sync])
  }

  @Test func publicationIsDueWhenItIsWorthItsTime() throws {
    let time = Mutex(0.0)
    var environment = TestWorld().environment
    environment.monotonicSeconds = { time.withLock { $0 } }
    let store = Store(at: "/Runs", fileSystem: disk, environment: environment)
    let writer = try store.create(Example.description())
    try writer.commit(Example.record(1))
    try writer.publishIfDue()
    #expect(try store.run(writer.id).publishedRecordCount == 0)
    for iteration in 2...70 { try writer.commit(Example.record(iteration)) }
    time.withLock { $0 = 19 }
    try writer.publishIfDue()
    #expect(try store.run(writer.id).publishedRecordCount == 0)
    time.withLock { $0 = 21 }
    try writer.publishIfDue()
    #expect(try store.run(writer.id).publishedRecordCount == 70)
    try writer.commit(Example.record(71))
    try writer.publishIfDue()
    #expect(try store.run(writer.id).publishedRecordCount == 70)
    time.withLock { $0 = 82 }
    try writer.publishIfDue()
    #expect(try store.run(writer.id).publishedRecordCount == 71)
    for iteration in 72...135 { try writer.commit(Example.record(iteration)) }
    try writer.publishIfDue()
    #expect(try store.run(writer.id).publishedRecordCount == 135)
  }

  @Test func aFullDiskStopsTheWriterAndTheRunGoesOnLater() throws {
    let id: RunID
    let system = FullDisk(disk)
    do {
      let store = Store(at: "/Runs", fileSystem: system, environment: TestWorld().environment)
      let writer = try store.create(Example.description())
      id = writer.id
      try writer.commit(Example.record(1))
      system.fill()
      let error = try #require(throws: StoreError.self) { try writer.commit(Example.record(2)) }
      #expect(error.code == .diskFull)
      #expect(error.description.hasSuffix("what was committed is safe; make room and resume the run"))
      system.clear()
      let stopped = try #require(throws: StoreError.self) { try writer.commit(Example.record(2)) }
      #expect(stopped.code == .stopped)
    }
    let writer = try store.resume(id)
    #expect(writer.resumption.tornBytes == 0)
    for iteration in 1...3 { try writer.commit(Example.record(iteration)) }
    try writer.finish(.finished)
    #expect(try store.run(id).records(1..<4) == (1...3).map { Example.record($0) })
  }

  @Test func aWriterThatLockedNothingIsFencedByTheJournal() throws {
    let writer = try store.create(Example.description())
    try disk.tamper("/Runs/\(writer.id)/journal-000001") { $0.append(0) }
    let error = try #require(throws: StoreError.self) { try writer.commit(Example.record(1)) }
    #expect(error.code == .stopped)
  }

  @Test func rulesLetCheckpointsGoButNeverPinnedOrTheNewestTwo() throws {
    let writer = try store.create(Example.description())
    writer.retention = Retention(last: 1, every: 4, best: 1)
    writer.checkpointScores = [3: -1]
    try store.editLabels(of: writer.id) { $0.pinned = [5] }
    for iteration in 1...10 {
      try writer.commit(Example.record(iteration))
      try writer.checkpoint(at: iteration, Example.state(iteration))
    }
    #expect(writer.checkpoints.map(\.iteration) == [3, 4, 5, 8, 9, 10])
    try writer.finish(.finished)
    let names = disk.files.keys.filter { $0.contains("/checkpoints/") }.sorted()
    #expect(names.map { String($0.suffix(5)) } == ["03.h5", "04.h5", "05.h5", "08.h5", "09.h5", "10.h5"])
    let plan = try store.retentionPlan(of: writer.id, Retention("every=4")!)
    #expect(plan.filter(\.isKept).map(\.checkpoint.iteration) == [4, 5, 8, 9, 10])
    #expect(plan[1].reasons == ["a multiple of 4"])
    _ = try store.removeCheckpoints(of: writer.id, notKeptBy: Retention("last=2")!)
    let run = try store.run(writer.id)
    #expect(run.checkpoints.map(\.iteration) == [5, 9, 10])
    #expect(run.status == .finished)
    #expect(try store.check(writer.id).problems == [])
    #expect(Retention("lasts=2") == nil)
  }
}
