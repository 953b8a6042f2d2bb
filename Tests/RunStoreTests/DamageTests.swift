// Bytes that are no longer what was written are named, and never taken for data.

import Foundation
import RunStore
import Testing

@Suite struct Damage {
  let disk = MemoryFileSystem()
  var store: Store { Store(at: "/Runs", fileSystem: disk, environment: TestWorld().environment) }

  /// A run whose process was killed after some records: four published, the rest in the journal.
  private func killedRun(_ records: Int = 9) throws -> RunID {
    let writer = try store.create(Example.smallDescription(.each))
    try writer.checkpoint(at: 0, Example.smallState(0))
    for iteration in 1...records {
      try writer.commit(Example.smallRecord(iteration))
      if iteration % 3 == 0 { try writer.checkpoint(at: iteration, Example.smallState(iteration)) }
      if iteration == 4 { try writer.publish() }
    }
    return writer.id
  }

  private func journal(_ id: RunID) -> String { "/Runs/\(id)/journal-000002" }

  /// Where the frames of a journal start, read by what the format says and not by the store.
  private func frames(_ bytes: [UInt8]) -> [Int] {
    var starts: [Int] = []
    var offset = 0
    while offset + 24 <= bytes.count {
      starts.append(offset)
      offset += 24 + (0..<4).reduce(0) { $0 | Int(bytes[offset + 4 + $1]) << (8 * $1) }
    }
    return starts
  }

  @Test func aJournalCutAtAnyByteOfItsLastFramesShowsWhatIsWholeAndGoesOn() throws {
    let id = try killedRun(8)
    let whole = disk.files[journal(id)]!
    let starts = frames(whole)
    var cases = 0
    for cut in starts[starts.count - 2]..<whole.count {
      let copy = disk.afterKill()
      try copy.tamper(journal(id)) { $0 = Array($0[..<cut]) }
      let store = Store(at: "/Runs", fileSystem: copy, environment: TestWorld().environment)
      let shown = try store.run(id).recordCount
      #expect(shown == (cut < starts.last! ? 6 : 7))
      if cut % 16 == 0 {
        let writer = try store.resume(id)
        #expect(writer.resumption.tornBytes == cut - (shown == 6 ? starts[starts.count - 2] : starts.last!))
        #expect(writer.position == 6)
        for iteration in 7...9 { try writer.commit(Example.smallRecord(iteration)) }
        try writer.finish(.finished)
        #expect(try store.check(id).problems == [])
      }
      cases += 1
    }
    print("torn tails: \(cases)")
    #expect(cases > 50)
  }

  @Test func aTurnedBitInAnyFrameIsRefusedWithItsPlaceAndNothingIsRepaired() throws {
    let id = try killedRun()
    let whole = disk.files[journal(id)]!
    let starts = frames(whole)
    var cases = 0
    for byte in stride(from: 0, to: whole.count, by: 3) {
      let copy = disk.afterKill()
      try copy.tamper(journal(id)) { $0[byte] ^= 1 << UInt8(byte % 8) }
      let before = copy.files
      let start = starts.last { $0 <= byte }!
      let store = Store(at: "/Runs", fileSystem: copy, environment: TestWorld().environment)
      for operation in [{ _ = try store.run(id) }, { _ = try store.resume(id) }] {
        let error = try #require(throws: StoreError.self) { try operation() }
        #expect(error.code == .damaged)
        #expect(error.offset == start, "byte \(byte)")
        #expect(error.file == journal(id))
      }
      #expect(copy.files.filter { !$0.key.hasSuffix("lock") } == before.filter { !$0.key.hasSuffix("lock") })
      cases += 1
    }
    print("turned bits in a journal: \(cases)")
    #expect(cases > 100)
  }

  @Test func aTurnedBitInAnyFileIsNamedByACheck() throws {
    let id = try killedRun()
    let writer = try store.resume(id)
    for iteration in writer.position + 1...10 { try writer.commit(Example.smallRecord(iteration)) }
    try writer.finish(.finished)
    try store.editLabels(of: id) { $0.tags = ["tag"] }
    var cases = 0
    for (path, bytes) in disk.files where !path.hasSuffix("/lock") {
      for byte in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 30)) {
        let copy = disk.afterKill()
        try copy.tamper(path) { $0[byte] ^= 1 << UInt8(byte % 8) }
        let report = try Store(at: "/Runs", fileSystem: copy, environment: TestWorld().environment).check(id)
        if path.hasSuffix("labels.json"), report.isWhole { continue }  // White space.
        #expect(report.problems.contains { $0.code == .damaged && $0.file == path }, "\(path), byte \(byte)")
        cases += 1
      }
    }
    print("turned bits in files: \(cases)")
    #expect(cases > 100)
  }

  /// The digests notice it, before libhdf5 gets a byte.
  @Test func everyByteOfRunH5AndOfACheckpointCounts() throws {
    let id = try killedRun()
    let entry = try #require(try store.run(id).checkpoints.last)
    let (run, checkpoint) = ("/Runs/\(id)/run.h5", "/Runs/\(id)/checkpoints/\(entry.name)")
    for (path, sealCount) in [(run, 48), (checkpoint, 0)] {
      let whole = disk.files[path]!
      let image = whole.count - sealCount
      for byte in Array(stride(from: 0, to: image, by: 11)) + [image - 1] + Array(image..<whole.count) {
        let copy = disk.afterKill()
        try copy.tamper(path) { $0[byte] ^= 1 << UInt8(byte % 8) }
        let store = Store(at: "/Runs", fileSystem: copy, environment: TestWorld().environment)
        let error = try #require(throws: StoreError.self, "\(path), byte \(byte)") {
          _ = try store.run(id).loadCheckpoint(entry)
        }
        #expect(error.code == .damaged && error.file == path, "byte \(byte): \(error)")
        // Before the digest in a seal, its magic and its count.
        if !(image..<image + 16).contains(byte) {
          #expect(error.expected?.hasPrefix("SHA-256") == true, "\(path), byte \(byte): \(error)")
        }
      }
    }
    let copy = disk.afterKill()
    try copy.tamper(checkpoint) { $0.removeLast() }
    let cut = Store(at: "/Runs", fileSystem: copy, environment: TestWorld().environment)
    let error = try #require(throws: StoreError.self) { try cut.run(id).loadCheckpoint(entry) }
    #expect(error.expected == "\(entry.bytes) bytes", "\(error)")
  }

  @Test func anotherLetterInALabelIsNamed() throws {
    let id = try killedRun()
    try store.editLabels(of: id) { labels in
      labels.name = "name"
      labels.tags = ["tag"]
    }
    let path = "/Runs/\(id)/labels.json"
    let whole = String(decoding: disk.files[path]!, as: UTF8.self)
    for (word, other) in [("\"name\"", "\"nane\""), ("\"tag\"", "\"tab\"")] {
      // The last of the two is the value where the first is a key of the same letters.
      let place = try #require(whole.range(of: word, options: .backwards))
      let copy = disk.afterKill()
      try copy.tamper(path) { $0 = Array(whole.replacingCharacters(in: place, with: other).utf8) }
      let error = try #require(throws: StoreError.self) {
        try Store(at: "/Runs", fileSystem: copy, environment: TestWorld().environment).labels(of: id)
      }
      #expect(error.code == .damaged && error.expected?.hasPrefix("labels with the digest") == true, "\(error)")
    }
  }

  @Test func aCheckNamesTheDatasetThatIsDamaged() throws {
    let writer = try store.create(Example.description())
    for iteration in 1...600 { try writer.commit(Example.record(iteration)) }
    try writer.finish(.finished)
    let path = "/Runs/\(writer.id)/run.h5"
    // The seeds of the pairs do not compress: their chunk is the largest piece of the file.
    try disk.tamper(path) { $0[$0.count / 2] ^= 1 }
    let report = try store.check(writer.id)
    #expect(report.problems.contains { $0.dataset?.hasPrefix("/run/") == true }, "\(report.problems)")
  }

  @Test func aCutOrMissingFileOfARunIsDamage() throws {
    let id = try killedRun()
    func code(_ change: (MemoryFileSystem) throws -> Void) throws -> StoreError.Code? {
      let copy = disk.afterKill()
      try change(copy)
      do {
        _ = try Store(at: "/Runs", fileSystem: copy, environment: TestWorld().environment).resume(id)
        return nil
      } catch let error as StoreError { return error.code }
    }
    func remove(_ name: String, _ disk: MemoryFileSystem) throws {
      try disk.remove(name, in: disk.openFolder(path: "/Runs/\(id)"))
    }
    #expect(try code { _ in } == nil)
    #expect(try code { try remove("journal-000002", $0) } == .damaged)
    #expect(try code { try remove("run.h5", $0) } == .damaged)
    #expect(try code { try $0.tamper("/Runs/\(id)/run.h5") { $0.removeLast() } } == .damaged)
    #expect(try code { try $0.tamper("/Runs/\(id)/run.h5") { $0 = [] } } == .damaged)
    #expect(try code { try $0.tamper(journal(id)) { $0 = [] } } == .damaged)
    // Cut at a frame's end, so that it looks like a torn tail: the checkpoint after 9 tells.
    let bytes = disk.files[journal(id)]!
    let starts = frames(bytes)
    #expect(try code { try $0.tamper(journal(id)) { $0 = Array($0[..<starts[2]]) } } == .damaged)
  }

  @Test func aDamagedCheckpointIsPassedOverAndMadeAgain() throws {
    let id = try killedRun()
    let newest = "/Runs/\(id)/checkpoints/000000009.h5"
    let bytes = disk.files[newest]!
    try disk.tamper(newest) { $0[$0.count / 2] ^= 4 }
    let writer = try store.resume(id)
    #expect(writer.position == 6)
    #expect(writer.resumption.recordsToRecompute == 3)
    #expect(writer.resumption.state == Example.smallState(6))
    #expect(writer.resumption.damagedCheckpoints.map(\.checkpoint.iteration) == [9])
    for iteration in 7...9 { try writer.commit(Example.smallRecord(iteration)) }
    try writer.checkpoint(at: 9, Example.smallState(9))
    try writer.finish(.finished)
    #expect(disk.files[newest] == bytes)
    #expect(try store.check(id).problems == [])
  }

  @Test func aDamagedRunDisturbsNoOther() throws {
    let damaged = try killedRun()
    let world = TestWorld()
    for _ in 0..<5 { _ = world.environment.randomBits() }
    let other = Store(at: "/Runs", fileSystem: disk, environment: world.environment)
    let writer = try other.create(Example.smallDescription(.each))
    try disk.tamper("/Runs/\(damaged)/run.h5") { $0[100] ^= 1 }
    let summaries = try store.summaries()
    #expect(summaries.map(\.id).sorted() == [damaged, writer.id].sorted())
    #expect(summaries.first { $0.id == damaged }?.damage?.code == .damaged)
    #expect(summaries.first { $0.id == writer.id }?.damage == nil)
  }

  @Test func theSameStateIsTheSameBytesInAnyRun() throws {
    let first = try killedRun()
    let world = TestWorld()
    for _ in 0..<5 { _ = world.environment.randomBits() }
    let other = Store(at: "/Elsewhere", fileSystem: disk, environment: world.environment)
    let writer = try other.create(Example.description())
    try writer.checkpoint(at: 0, Example.smallState(0))
    #expect(
      disk.files["/Runs/\(first)/checkpoints/000000000.h5"]
        == disk.files["/Elsewhere/\(writer.id)/checkpoints/000000000.h5"])
  }
}
