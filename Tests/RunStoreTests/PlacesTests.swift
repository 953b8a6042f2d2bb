// A store is where it is: other machines, other clocks, other places, places that may not be written.

import Foundation
import Glibc
import RunStore
import Testing

@Suite struct Places {
  let folder = TemporaryFolder()

  private func environment(host: String = "testhost", at seconds: Double = 1.8e9) -> StoreEnvironment {
    var environment = TestWorld().environment
    environment.host = host
    environment.secondsSince1970 = { seconds }
    return environment
  }

  /// A killed run with five records and a checkpoint after four.
  private func killedRun(in store: Store) throws -> RunID {
    let writer = try store.create(Example.smallDescription(.each), name: "name")
    for iteration in 1...5 {
      try writer.commit(Example.smallRecord(iteration))
      if iteration == 4 { try writer.checkpoint(at: 4, Example.smallState(4)) }
    }
    return writer.id
  }

  private func finish(_ id: RunID, in store: Store) throws -> Digest {
    let writer = try store.resume(id)
    #expect(writer.position == 4 && writer.resumption.state == Example.smallState(4))
    for iteration in 5...8 { try writer.commit(Example.smallRecord(iteration)) }
    try writer.finish(.finished)
    #expect(try store.check(id).problems == [])
    return try store.run(id).recordsDigest()
  }

  @Test func aRunGoesOnUnderAnotherHostNameAndAClockThatWasSetBack() throws {
    let path = folder.path + "/Runs"
    let id = try killedRun(in: Store(at: path, environment: environment()))
    let store = Store(at: path, environment: environment(host: "renamed", at: 1e9))
    _ = try finish(id, in: store)
    let run = try store.run(id)
    #expect(run.events.map(\.host) == ["testhost", "renamed", "renamed"])
    #expect(run.events.map(\.secondsSince1970) == [1.8e9, 1e9, 1e9])
    #expect(run.status == .finished)
    // Ids sort by the clock that made them: the younger run has the older id, and each is found.
    let young = try store.create(Example.smallDescription(.none)).id
    #expect(try store.ids() == [young, id] && store.resolve("name") == id)
  }

  @Test func aStoreThatIsMovedOrCopiedWhileIdleIsTheSameStore() throws {
    let first = folder.path + "/Runs"
    let store = Store(at: first, environment: environment(at: 4e9))
    let id = try killedRun(in: store)
    let summarizer = Summarizer(name: "places") { RunFacts(texts: [], numbers: [Double($0.recordCount)]) }
    let listed = "\(try store.summaries(summarizer))"
    let (moved, copied) = (folder.path + "/Moved", folder.path + "/Copied")
    try FileManager.default.copyItem(atPath: first, toPath: copied)
    try FileManager.default.moveItem(atPath: first, toPath: moved)
    var digests: [Digest] = []
    for path in [moved, copied] {
      let store = Store(at: path, environment: environment(at: 4e9))
      #expect(try "\(store.summaries(summarizer))" == listed)
      digests.append(try finish(id, in: store))
      #expect(try store.summaries(summarizer)[0].facts?.numbers == [8])
    }
    #expect(digests[0] == digests[1])
  }

  @Test func aRunCopiedToAnotherMachineGoesOnThereWithTheSameBits() throws {
    let here = Store(at: folder.path + "/Here", environment: environment())
    let id = try killedRun(in: here)
    let there = Store(at: folder.path + "/There", environment: environment(host: "elsewhere", at: 1.7e9))
    let other = try there.create(Example.smallDescription(.none)).id
    try FileManager.default.copyItem(atPath: here.path + "/\(id)", toPath: there.path + "/\(id)")
    #expect(try finish(id, in: there) == finish(id, in: here))
    #expect(Set(try there.ids()) == [id, other])
  }

  /// Root may write what its rights forbid: the system says no here as a mount that is read-only does.
  @Test func aStoreThatMayNotBeWrittenIsReadAndListedAndRefusesTheRest() throws {
    let disk = MemoryFileSystem()
    let maker = Store(at: "/Runs", fileSystem: disk, environment: environment())
    let id = try killedRun(in: maker)
    let before = disk.files
    let store = Store(
      at: "/Runs", fileSystem: FaultyFileSystem(disk, failing: 0, .refused(.EROFS, .fromThenOn)),
      environment: environment(at: 4e9))
    #expect(try store.run(id).recordCount == 5)
    #expect(try store.summaries(Summarizer(name: "x") { _ in RunFacts(texts: [], numbers: []) }).count == 1)
    #expect(try store.resolve("name") == id)
    #expect(try store.check(id).isWhole)
    for operation in [
      { _ = try store.resume(id) }, { _ = try store.create(Example.smallDescription(.none)) },
      { try store.remove(id) }, { try store.editLabels(of: id) { $0.tags = ["x"] } },
      { _ = try store.removeCheckpoints(of: id, notKeptBy: Retention("last=2")!) },
    ] {
      let error = try #require(throws: StoreError.self) { try operation() }
      #expect(error.code == .readOnly, "\(error)")
    }
    #expect(disk.files == before)
  }

  /// As network file systems without a lock service do.
  private struct Lockless: ForwardingFileSystem {
    let inner: MemoryFileSystem
    func lock(_ file: Descriptor) throws(SystemFailure) -> Bool { throw SystemFailure(errno: ENOLCK) }
  }

  @Test func aLockThatCannotBeTakenIsSaidAndNothingIsWritten() throws {
    let disk = MemoryFileSystem()
    let id = try killedRun(in: Store(at: "/Runs", fileSystem: disk, environment: environment()))
    let before = disk.files
    let store = Store(at: "/Runs", fileSystem: Lockless(inner: disk), environment: environment())
    let error = try #require(throws: StoreError.self) { try store.resume(id) }
    #expect(error.code == .io(errno: ENOLCK))
    #expect("\(error)".contains("this file system may keep no locks"))
    #expect(throws: StoreError.self) { try store.create(Example.smallDescription(.none)) }
    #expect(disk.files == before)
    #expect(try store.run(id).recordCount == 5)
  }

  /// As network file systems do that keep locks on one machine only: the journal itself tells.
  private struct LocksNothing: ForwardingFileSystem {
    let inner: MemoryFileSystem
    func lock(_ file: Descriptor) throws(SystemFailure) -> Bool { true }
    func isLocked(_ file: Descriptor) throws(SystemFailure) -> Bool { false }
  }

  @Test func ofTwoWritersWhoseLocksDoNotHoldTheFirstStopsAtItsNextRecord() throws {
    let system = LocksNothing(inner: MemoryFileSystem())
    let store = Store(at: "/Runs", fileSystem: system, environment: environment())
    let id = try killedRun(in: store)
    let first = try store.resume(id)
    let second = try store.resume(id)
    try first.commit(Example.smallRecord(5))
    let error = try #require(throws: StoreError.self) { try first.commit(Example.smallRecord(6)) }
    #expect(error.code == .stopped && "\(error)".contains("another process has taken over this run"))
    for iteration in 5...8 { try second.commit(Example.smallRecord(iteration)) }
    try second.finish(.finished)
    #expect(try store.run(id).records(1..<9) == (1...8).map { Example.smallRecord($0) })
  }
}
