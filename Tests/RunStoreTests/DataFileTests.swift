// Data that runs share: whole or not there, whatever fails, and never taken for a run.

import RunStore
import Testing

@Suite struct DataFileTests {
  private static let about = NamedArrays([.text("kind", "made up")])
  private static let contents = NamedArrays([
    NamedArray("pixels", shape: [40, 3, 2], .uint8((0..<240).map { UInt8($0) }), unit: "1/255"),
    NamedArray("labels", shape: [40], .int32((0..<40).map { Int32($0 % 3) })),
  ])

  private func store(_ system: any FileSystem) -> Store {
    Store(at: "/Runs", fileSystem: system, environment: TestWorld().environment)
  }

  @Test func whatWasAddedIsReadAndListedAndRemoved() throws {
    let store = store(MemoryFileSystem())
    #expect(try store.dataNames() == [])
    let head = try store.addData("a.b_1", about: Self.about, contents: Self.contents)
    #expect(head.contentsDigest == Self.contents.digest)
    let read = try store.data("a.b_1")
    #expect(read.contents == Self.contents)
    #expect(read.head == head)
    #expect(try store.dataHead("a.b_1") == head)
    #expect(throws: StoreError.self) { try store.addData("a.b_1", about: Self.about, contents: Self.contents) }
    _ = try store.addData("0", about: Self.about, contents: Self.contents)
    #expect(try store.dataNames() == ["0", "a.b_1"])
    try store.removeData("0")
    #expect(try store.dataNames() == ["a.b_1"])
    #expect(throws: StoreError.self) { try store.data("0") }
  }

  @Test(arguments: ["", "A", ".hidden", "a/b", "..", "-x", "a b", String(repeating: "x", count: 65), "ü"])
  func aNameThatIsNoneIsRefused(_ name: String) throws {
    let store = store(MemoryFileSystem())
    let error = #expect(throws: StoreError.self) {
      try store.addData(name, about: Self.about, contents: Self.contents)
    }
    #expect(error?.code == .usage)
    #expect(throws: StoreError.self) { try store.data(name) }
    #expect(try store.dataNames() == [])
  }

  /// Also of a name that a run's file has.
  @Test func dataIsNoRun() throws {
    let store = store(MemoryFileSystem())
    for name in ["run", "lock", "labels"] { _ = try store.addData(name, about: Self.about, contents: Self.contents) }
    #expect(try store.ids() == [])
    #expect(try store.summaries().isEmpty)
    let writer = try store.create(Example.smallDescription(.each))
    try writer.finish(.finished)
    #expect(try store.ids() == [writer.id])
    #expect(try store.dataNames() == ["labels", "lock", "run"])
  }

  @Test func aTurnedBitOrAMissingEndIsDamage() throws {
    let disk = MemoryFileSystem()
    let store = store(disk)
    _ = try store.addData("set", about: Self.about, contents: Self.contents)
    let path = "/Runs/data_sets/set.h5"
    let bytes = try #require(disk.files[path])
    for place in stride(from: 0, to: bytes.count, by: 97) {
      try disk.tamper(path) { $0[place] ^= 0x20 }
      let error = #expect(throws: StoreError.self) { try store.data("set") }
      #expect(error?.code == .damaged)
      try disk.tamper(path) { $0 = bytes }
      try disk.tamper(path) { $0 = Array(bytes[..<place]) }
      let cut = #expect(throws: StoreError.self) { try store.dataHead("set") }
      #expect(cut?.code == .damaged)
      try disk.tamper(path) { $0 = bytes }
    }
    #expect(try store.data("set").contents == Self.contents)
  }

  /// Every operation of an addition fails in every way; then a power cut. Either all of it is there, or nothing, and the
  /// next addition goes through.
  @Test(arguments: Fault.allCases)
  func everyOperationOfAnAdditionMayFail(_ fault: Fault) throws {
    let counting = FaultyFileSystem(counting: MemoryFileSystem())
    _ = try store(counting).addData("set", about: Self.about, contents: Self.contents)
    var cases = 0
    for (place, kind) in counting.kinds.enumerated() where fault.fits(kind) {
      let disk = MemoryFileSystem()
      var wasAdded = false
      do {
        let system = FaultyFileSystem(disk, failing: place, fault)
        _ = try store(system).addData("set", about: Self.about, contents: Self.contents)
        wasAdded = true
      } catch is StoreError {}
      for disk in [disk.afterKill(), disk.afterPowerCut(seed: UInt64(place))] {
        let store = store(disk)
        let names = try store.dataNames()
        #expect(!wasAdded || names == ["set"], "\(fault) at \(place) (\(kind)): lost what was acknowledged")
        if names.isEmpty {
          _ = try store.addData("set", about: Self.about, contents: Self.contents)
        }
        #expect(try store.data("set").contents == Self.contents, "\(fault) at \(place) (\(kind))")
        _ = try store.addData("other", about: Self.about, contents: Self.contents)
        let later = self.store(disk.afterPowerCut(seed: UInt64(place)))
        #expect(try later.dataNames() == ["other", "set"], "\(fault) at \(place) (\(kind)), then a power cut")
        #expect(!disk.files.keys.contains { $0.hasSuffix(".tmp") }, "\(fault) at \(place) (\(kind)) left a file aside")
      }
      cases += 1
    }
    #expect(cases > 0)
  }
}
