// Checkpoints that are made while the run goes on promise what those promise that are waited for.

import RunStore
import Testing

@Suite struct BackgroundCheckpoints {
  let disk = MemoryFileSystem()
  var store: Store { Store(at: "/Runs", fileSystem: disk, environment: TestWorld().environment) }

  private func begin(_ records: Int, _ durability: Durability = .each) throws -> RunWriter {
    let writer = try store.create(Example.smallDescription(durability))
    for iteration in 1...records { try writer.commit(Example.smallRecord(iteration)) }
    return writer
  }

  private func files(_ writer: RunWriter) -> [String] {
    disk.files.keys.filter { $0.contains("/checkpoints/") }.map { String($0.suffix(12)) }.sorted()
  }

  @Test func theNextCommitBringsItToTheDiskWithTheSameBytes() throws {
    let writer = try begin(2)
    try writer.checkpoint(at: 2, Example.packedState(7))
    try writer.commit(Example.smallRecord(3))
    try writer.checkpointInBackground(at: 3, Example.packedState(7))
    #expect(files(writer) == ["000000002.h5"])
    #expect(writer.checkpoints.map(\.iteration) == [2])
    try writer.commit(Example.smallRecord(4))
    #expect(writer.checkpoints.map(\.iteration) == [2, 3])
    let bytes = disk.files.filter { $0.key.contains("/checkpoints/") }.values.map { $0 }
    #expect(bytes.count == 2 && bytes[0] == bytes[1])
    let run = try store.run(writer.id)
    #expect(run.recordCount == 4)
    #expect(try run.loadCheckpoint(run.checkpoints[1]) == Example.packedState(7))
    #expect(try store.check(writer.id).problems == [])
  }

  @Test(arguments: [RunEnd.finished, .interrupted, .failed("words")])
  func theEndOfARunBringsItToTheDisk(_ end: RunEnd) throws {
    let writer = try begin(2)
    try writer.checkpointInBackground(at: 2, Example.smallState(2))
    try writer.finish(end)
    let run = try store.run(writer.id)
    #expect(run.checkpoints.map(\.iteration) == [2])
    #expect(try run.loadCheckpoint(run.checkpoints[0]) == Example.smallState(2))
    #expect(try store.check(writer.id).problems == [])
  }

  @Test func aRunKilledBeforeGoesOnFromTheCheckpointBefore() throws {
    let id: RunID
    do {
      let writer = try begin(2)
      id = writer.id
      try writer.checkpoint(at: 2, Example.smallState(2))
      for iteration in 3...4 { try writer.commit(Example.smallRecord(iteration)) }
      try writer.checkpointInBackground(at: 4, Example.smallState(4))
    }
    let writer = try store.resume(id)
    #expect(writer.position == 2)
    #expect(writer.resumption.state == Example.smallState(2))
    for iteration in 3...4 { try writer.commit(Example.smallRecord(iteration)) }
    try writer.checkpointInBackground(at: 4, Example.smallState(4))
    // Bringing one more to the disk waits for this one, and finds that it is the same.
    try writer.checkpoint(at: 4, Example.smallState(4))
    #expect(writer.checkpoints.map(\.iteration) == [2, 4])
    #expect(throws: StoreError.self) { try writer.checkpointInBackground(at: 4, Example.smallState(3)) }
  }

  @Test func aPublicationInBetweenLeavesItForTheNextJournal() throws {
    let id: RunID
    do {
      let writer = try begin(2)
      id = writer.id
      try writer.checkpointInBackground(at: 2, Example.smallState(2))
      try writer.publish()
      #expect(try store.run(id).checkpoints.isEmpty)
      try writer.commit(Example.smallRecord(3))
    }
    let run = try store.run(id)
    #expect(run.publishedRecordCount == 2)
    #expect(run.checkpoints.map(\.iteration) == [2])
    #expect(try store.check(id).problems == [])
    let writer = try store.resume(id)
    #expect(writer.position == 2)
    try writer.commit(Example.smallRecord(3))
    try writer.finish(.finished)
    #expect(try store.run(id).checkpoints.map(\.iteration) == [2])
  }

  @Test(arguments: [Durability.each, .interval(seconds: 100), .none])
  func theNextCommitBringsRecordsThenItThenTheNextRecordToTheDisk(_ durability: Durability) throws {
    let system = FaultyFileSystem(counting: disk)
    let store = Store(at: "/Runs", fileSystem: system, environment: TestWorld().environment)
    let writer = try store.create(Example.smallDescription(durability))
    try writer.commit(Example.smallRecord(1))
    let before = system.kinds.count
    try writer.checkpointInBackground(at: 1, Example.smallState(1))
    #expect(system.kinds.count == before, "a file was touched before the next commit")
    try writer.commit(Example.smallRecord(2))
    let changes = system.kinds[before...].filter { ![.look, .read].contains($0) }
    let synced: [Operation.Kind] = durability == .each ? [] : [.sync]
    let record: [Operation.Kind] = durability == .each ? [.write, .sync] : [.write]
    // The records so far; the file aside, its rename, the folder; the frame that names it; the next record.
    #expect(changes == synced + [.create, .write, .sync, .change, .sync, .write, .sync] + record)
  }

  @Test func rulesLetOlderOnesGoWhenItIsOnTheDisk() throws {
    let writer = try begin(1)
    writer.retention = Retention(last: 2)
    for iteration in 2...6 {
      let position = writer.position
      try writer.checkpointInBackground(at: position, Example.smallState(position))
      #expect(files(writer).count == min(2, iteration - 2))
      try writer.commit(Example.smallRecord(iteration))
    }
    #expect(files(writer) == ["000000004.h5", "000000005.h5"])
  }

  @Test func aFullDiskStopsTheWriterWhereItIsBroughtToTheDisk() throws {
    let system = FullDisk(disk)
    let store = Store(at: "/Runs", fileSystem: system, environment: TestWorld().environment)
    let id: RunID
    do {
      let writer = try store.create(Example.smallDescription(.none))
      id = writer.id
      try writer.commit(Example.smallRecord(1))
      system.fill()
      try writer.checkpointInBackground(at: 1, Example.packedState(1))
      let error = try #require(throws: StoreError.self) { try writer.finish(.finished) }
      #expect(error.code == .diskFull)
      #expect(error.doing == "writing checkpoint 1")
      system.clear()
      #expect(throws: StoreError.self) { try writer.commit(Example.smallRecord(2)) }
    }
    let writer = try store.resume(id)
    #expect(writer.position == 0)
    #expect(writer.recordCount == 1)
  }

  @Test func filesMadeOnManyThreadsAtOnceHaveTheSameBytes() async throws {
    let images = try await withThrowingTaskGroup(of: [[UInt8]].self) { group in
      for worker in 0..<6 {
        group.addTask {
          let disk = MemoryFileSystem()
          let store = Store(at: "/\(worker)", fileSystem: disk, environment: TestWorld().environment)
          let writer = try store.create(Example.smallDescription(.none))
          for iteration in 1...20 {
            try writer.commit(Example.smallRecord(iteration))
            try writer.checkpointInBackground(at: iteration, Example.packedState(iteration))
            // A reader in the same library meanwhile.
            if iteration % 4 == worker % 4 { _ = try store.run(writer.id) }
          }
          try writer.finish(.finished)
          let files = disk.files.filter { $0.key.contains("/checkpoints/") }
          return files.sorted { $0.key < $1.key }.map(\.value)
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(images.count == 6 && images[0].count == 20)
    #expect(images.allSatisfy { $0 == images[0] })
  }
}
