// A run whose journal is damaged goes on when it is told to, and says what it lost.

import RunStore
import Testing

@Suite struct Salvaging {
  let disk = MemoryFileSystem()

  private func store(_ disk: MemoryFileSystem) -> Store {
    Store(at: "/Runs", fileSystem: disk, environment: TestWorld().environment)
  }

  private func killedRun() throws -> RunID {
    let writer = try store(disk).create(Example.smallDescription(.each))
    try writer.checkpoint(at: 0, Example.smallState(0))
    for iteration in 1...9 {
      try writer.commit(Example.smallRecord(iteration))
      if iteration % 3 == 0 { try writer.checkpoint(at: iteration, Example.smallState(iteration)) }
      if iteration == 4 { try writer.publish() }
    }
    return writer.id
  }

  private func journal(_ id: RunID) -> String { "/Runs/\(id)/journal-000002" }

  /// Goes on to the end and finds all as it was.
  private func goOn(_ id: RunID, _ disk: MemoryFileSystem) throws {
    let writer = try store(disk).resume(id)
    while writer.position < 9 {
      let next = writer.position + 1
      try writer.commit(Example.smallRecord(next))
      if next % 3 == 0 { try writer.checkpoint(at: next, Example.smallState(next)) }
    }
    try writer.finish(.finished)
    let run = try store(disk).run(id)
    #expect(try run.records(1..<10) == (1...9).map { Example.smallRecord($0) })
    #expect(run.checkpoints.map(\.iteration) == [0, 3, 6, 9])
    #expect(try store(disk).check(id).problems == [])
  }

  @Test func aBitTurnedAnywhereInAJournalCostsWhatLiesBehindItAndNothingElse() throws {
    let id = try killedRun()
    let whole = disk.files[journal(id)]!
    var cases = 0
    for byte in stride(from: 0, to: whole.count, by: 11) {
      let copy = disk.afterKill()
      try copy.tamper(journal(id)) { $0[byte] ^= 1 << UInt8(byte % 8) }
      let damaged = copy.files[journal(id)]!
      let error = try #require(throws: StoreError.self) { try store(copy).resume(id) }
      #expect(error.code == .damaged)
      let salvage = try #require(try store(copy).giveUpDamagedJournal(of: id))
      #expect(salvage.offset == error.offset && salvage.offset <= byte)
      #expect(salvage.recordCount >= 4 && salvage.recordCount < 10)
      #expect(salvage.setAside.first == "journal-000002.damaged")
      #expect(copy.files[journal(id) + ".damaged"] == damaged, "what was given up is not what was found")
      #expect(try store(copy).giveUpDamagedJournal(of: id) == nil)
      #expect(try store(copy).run(id).recordCount == salvage.recordCount)
      try goOn(id, copy)
      cases += 1
    }
    print("salvaged journals: \(cases)")
    #expect(cases > 50)
  }

  @Test func aJournalThatLostWhatRunH5HoldsBeginsAnewBehindIt() throws {
    let id = try killedRun()
    for bytes in [[UInt8](), [1, 2, 3]] {
      let copy = disk.afterKill()
      try copy.tamper(journal(id)) { $0 = bytes }
      let salvage = try #require(try store(copy).giveUpDamagedJournal(of: id))
      #expect(salvage.recordCount == 4 && salvage.offset == 0)
      try goOn(id, copy)
    }
    let copy = disk.afterKill()
    try copy.remove("journal-000002", in: copy.openFolder(path: "/Runs/\(id)"))
    #expect(try #require(try store(copy).giveUpDamagedJournal(of: id)).recordCount == 4)
    try goOn(id, copy)
  }

  @Test func aKillWhileGivingUpLeavesTheRunDamagedOrSalvaged() throws {
    let id = try killedRun()
    try disk.tamper(journal(id)) { $0[$0.count / 2] ^= 1 }
    let counting = FaultyFileSystem(counting: disk.afterKill())
    _ = try Store(at: "/Runs", fileSystem: counting, environment: TestWorld().environment).giveUpDamagedJournal(of: id)
    var cases = 0
    for place in counting.kinds.indices {
      for fault in [Fault.killedBefore, .killedAfter, .tornAtHalf, .refused(.ENOSPC, .fromThenOn)]
      where fault.fits(counting.kinds[place]) {
        let copy = disk.afterKill()
        let system = FaultyFileSystem(copy, failing: place, fault)
        do {
          _ = try Store(at: "/Runs", fileSystem: system, environment: TestWorld().environment)
            .giveUpDamagedJournal(of: id)
        } catch is StoreError {}
        for after in [copy.afterKill(), copy.afterPowerCut(seed: UInt64(place))] {
          _ = try store(after).giveUpDamagedJournal(of: id)
          try goOn(id, after)
          cases += 1
        }
      }
    }
    print("faults while giving up: \(cases)")
    #expect(cases > 30)
  }

  @Test func aDamagedRunH5IsNotGivenUp() throws {
    let id = try killedRun()
    try disk.tamper("/Runs/\(id)/run.h5") { $0[200] ^= 1 }
    let error = try #require(throws: StoreError.self) { try store(disk).giveUpDamagedJournal(of: id) }
    #expect(error.code == .damaged && error.file.hasSuffix("run.h5"))
  }
}
