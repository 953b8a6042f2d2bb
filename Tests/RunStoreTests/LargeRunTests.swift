// A run whose file is too large to be read as a whole whenever somebody looks at it.

import Fuzzing
import RunStore
import Synchronization
import Testing

/// Counts the bytes that are read.
private final class ReadCounter: ForwardingFileSystem {
  let inner: MemoryFileSystem
  private let total = Mutex(0)

  init(_ inner: MemoryFileSystem) { self.inner = inner }

  var bytes: Int { total.withLock { $0 } }

  func read(
    _ file: Descriptor, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(SystemFailure) -> Int {
    let count = try inner.read(file, at: offset, into: buffer)
    total.withLock { $0 += count }
    return count
  }
}

@Suite struct LargeRuns {
  private static let records = 180
  private static let rows = 2_048

  private static let tables = [
    TableSchema("records", columns: [Column("loss", .float64)], signal: "loss"),
    TableSchema("pairs", columns: [Column("seed", .uint64), Column("key", .uint64)], rowsPerRecord: rows),
  ]

  /// Of noise, which deflate leaves as long as it is: 32 KiB each.
  private static func record(_ iteration: Int) -> Record {
    var chance = SplitMix(state: UInt64(iteration))
    let noise = (0..<2).map { _ in ArrayValues.uint64((0..<rows).map { _ in chance.next() }) }
    return Record(iteration: iteration, tables: [[.float64([1 / Double(iteration)])], noise])
  }

  private let disk = MemoryFileSystem()
  private let id: RunID
  private var path: String { "/Runs/\(id)/run.h5" }

  init() throws {
    let store = Store(at: "/Runs", fileSystem: disk, environment: TestWorld().environment)
    let writer = try store.create(
      RunDescription(format: "tests/large", formatVersion: 1, identity: NamedArrays(), tables: Self.tables))
    for iteration in 1...Self.records { try writer.commit(Self.record(iteration)) }
    try writer.finish(.interrupted)
    id = writer.id
  }

  private func store(_ system: any FileSystem) -> Store {
    Store(at: "/Runs", fileSystem: system, environment: TestWorld().environment)
  }

  @Test func itsTailAndItsCurvesAreReadWithoutTheRest() throws {
    let size = try #require(disk.files[path]).count
    let counter = ReadCounter(disk)
    let run = try store(counter).run(id)
    let opening = counter.bytes
    #expect(try run.lastRecord() == Self.record(Self.records))
    let tail = counter.bytes - opening
    #expect(try run.column("records", "loss") == .float64((1...Self.records).map { 1 / Double($0) }))
    let curve = counter.bytes - opening - tail
    print("run.h5 of \(size) bytes: \(opening) read to open it, \(tail) for the last record, \(curve) for a curve")
    #expect(size > 4 << 20 && opening < size / 10 && tail < size / 10 && curve < size / 10)
    #expect(try run.records(1..<Self.records + 1) == (1...Self.records).map(Self.record))
    #expect(try store(disk).check(id).problems == [])
  }

  /// Whatever is shown of a harmed file is what was written, and a full check misses nothing.
  @Test func aTurnedBitAnywhereIsRefusedOrTouchesNothingThatIsShown() throws {
    let whole = try #require(disk.files[path])
    var mutator = Mutator(seed: 21)
    var (refused, shown) = (0, 0)
    for number in 0..<60 {
      // Every third in the last 8 KiB, where the table of parts and the seal are.
      let first = number % 3 == 0 ? whole.count - 8_192 : 0
      let place = first + mutator.below(whole.count - first)
      let harmed = disk.afterKill()
      try harmed.tamper(path) { $0[place] ^= 1 << UInt8(number % 8) }
      do {
        let run = try store(harmed).run(id)
        let last = try run.lastRecord()
        #expect(last == Self.record(Self.records), "byte \(place)")
        let losses = try run.column("records", "loss")
        #expect(losses == .float64((1...Self.records).map { 1 / Double($0) }), "byte \(place)")
        shown += 1
      } catch let error as StoreError {
        #expect(error.code == .damaged && error.file == path, "\(error)")
        refused += 1
      }
      #expect(try !store(harmed).check(id).isWhole, "byte \(place)")
    }
    print("large run.h5, 60 turned bits: \(refused) refused at once, \(shown) not in what was shown; check found all")
    #expect(refused > 5 && shown > 5)
  }

  /// Of the seal only its digest needs the whole file: that is left to a full check.
  @Test func everyByteOfTheTableOfPartsAndOfTheSealCounts() throws {
    let whole = try #require(disk.files[path])
    let seal = whole.count - 48
    let end = "RUNPARTS".utf8.count + 16 + 32
    // The digests of the last two parts, the table's end, the seal.
    for byte in seal - end - 64..<whole.count {
      let harmed = disk.afterKill()
      try harmed.tamper(path) { $0[byte] ^= 1 << UInt8(byte % 8) }
      if byte < seal + 16 {
        let error = try #require(throws: StoreError.self, "byte \(byte)") { try store(harmed).run(id) }
        #expect(error.code == .damaged && error.file == path, "byte \(byte): \(error)")
      }
      if byte >= seal + 16 { #expect(try !store(harmed).check(id).isWhole, "byte \(byte)") }
    }
  }

  @Test func theTableOfPartsIsAsTheFormatSays() throws {
    let whole = try #require(disk.files[path])
    let trailer = whole.count - 48 - 56
    let covered = (0..<8).reduce(0) { $0 | Int(whole[trailer + 8 + $1]) << (8 * $1) }
    let digests = stride(from: 0, to: covered, by: 65_536).flatMap { start in
      Digest.of(whole[start..<min(start + 65_536, covered)]).bytes
    }
    #expect(whole[covered..<trailer].elementsEqual(digests))
    let own = Digest.of(digests + whole[trailer..<trailer + 24])
    #expect(whole[(trailer + 24)..<(trailer + 56)].elementsEqual(own.bytes))
  }

  /// One that tells another number of bytes, or other parts, and whose own digest fits.
  @Test func aTableOfPartsThatLiesIsRefused() throws {
    let whole = try #require(disk.files[path])
    let trailer = whole.count - 48 - 56
    func number(_ place: Int) -> Int { (0..<8).reduce(0) { $0 | Int(whole[place + $1]) << (8 * $1) } }
    let (covered, size) = (number(trailer + 8), number(trailer + 16))
    #expect(size == 65_536 && covered < trailer)
    let lies = [(covered - 65_536, size), (covered + 1, size), (0, size), (1 << 60, size), (covered, 32_768)]
    for (covered, size) in lies {
      let harmed = disk.afterKill()
      try harmed.tamper(path) { bytes in
        var head = Array(bytes[trailer..<trailer + 8])
        for number in [covered, size] { withUnsafeBytes(of: UInt64(number).littleEndian) { head += $0 } }
        let digests = min(covered, trailer)..<min(trailer, covered + (covered + 65_535) / 65_536 * 32)
        bytes.replaceSubrange(trailer..<trailer + 56, with: head + Digest.of(Array(bytes[digests]) + head).bytes)
      }
      let error = try #require(throws: StoreError.self, "\(covered), \(size)") { try store(harmed).run(id) }
      #expect(error.code == .damaged && error.offset == trailer, "\(covered), \(size): \(error)")
    }
  }

  @Test func aDamagedPartIsNamedByItsFirstByte() throws {
    let whole = try #require(disk.files[path])
    let part = whole.count / 2 / 65_536 * 65_536
    for place in [part, part + 1, part + 32_768, part + 65_535] {
      let harmed = disk.afterKill()
      try harmed.tamper(path) { $0[place] ^= 1 }
      // And again, whoever asks.
      for _ in 0..<2 {
        let error = try #require(throws: StoreError.self, "byte \(place)") {
          try store(harmed).run(id).records(1..<Self.records + 1)
        }
        #expect(error.code == .damaged && error.offset == part, "byte \(place): \(error)")
      }
    }
  }

  /// As programs write it that know no parts, and as they read it that know none: all behind the HDF5 bytes is passed over.
  @Test func aLargeFileWithoutATableIsReadAsAWhole() throws {
    let whole = try #require(disk.files[path])
    let old = disk.afterKill()
    // Its length stands 40 bytes before the seal: "RUNPARTS", then the bytes covered.
    let place = whole.count - 48 - 48
    let covered = (0..<8).reduce(0) { $0 | Int(whole[place + $1]) << (8 * $1) }
    try old.tamper(path) { $0 = Reseal.snapshot(Array($0[..<covered]) + [UInt8](repeating: 0, count: 48)) }
    let counter = ReadCounter(old)
    let run = try store(counter).run(id)
    #expect(counter.bytes > covered)
    #expect(try run.records(1..<Self.records + 1) == (1...Self.records).map(Self.record))
    #expect(try store(old).check(id).problems == [])
    // The next writer gives it one.
    let writer = try store(old).resume(id)
    for iteration in 1...Self.records { try writer.commit(Self.record(iteration)) }
    try writer.finish(.finished)
    let again = ReadCounter(old)
    #expect(try store(again).run(id).lastRecord() == Self.record(Self.records))
    #expect(again.bytes < covered / 5)
  }

  @Test func aRunThatIsPublishedAnewWhileSomebodyReadsItStaysReadable() throws {
    let reader = try store(disk).run(id)
    let writer = try store(disk).resume(id)
    for iteration in 1...Self.records + 1 { try writer.commit(Self.record(iteration)) }
    try writer.finish(.finished)
    #expect(try reader.lastRecord() == Self.record(Self.records))
    #expect(try store(disk).run(id).lastRecord() == Self.record(Self.records + 1))
  }
}
