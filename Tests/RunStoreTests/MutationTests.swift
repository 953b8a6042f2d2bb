// A store that leaves out one step of its protocol: the tests of the promises must notice each.

import RunStore
import Testing

/// A step that is left out.
enum Omission: String, CaseIterable {
  case nothing, syncOfRecords, syncOfFiles, syncOfFolders, cutOfTails, rename, lock

  /// Those that a power cut or a kill brings to light.
  static let ofOneWriter = allCases.filter { $0 != .lock }
}

/// Passes everything on but one kind of step, as a store does whose code lacks it.
private struct Careless: ForwardingFileSystem {
  let inner: FaultyFileSystem
  let omission: Omission

  func syncData(_ file: Descriptor) throws(SystemFailure) {
    if omission != .syncOfRecords { try inner.syncData(file) }
  }

  func sync(_ file: Descriptor) throws(SystemFailure) {
    if omission != .syncOfFiles { try inner.sync(file) }
  }

  func syncFolder(_ folder: Descriptor) throws(SystemFailure) {
    if omission != .syncOfFolders { try inner.syncFolder(folder) }
  }

  func truncate(_ file: Descriptor, to size: Int) throws(SystemFailure) {
    if omission != .cutOfTails { try inner.truncate(file, to: size) }
  }

  func lock(_ file: Descriptor) throws(SystemFailure) -> Bool {
    omission == .lock ? true : try inner.lock(file)
  }

  /// Without the rename a file is written in the place of the old one.
  func rename(_ name: String, to newName: String, in folder: Descriptor) throws(SystemFailure) {
    guard omission == .rename, name.hasSuffix(".tmp") else { return try inner.rename(name, to: newName, in: folder) }
    let old = try inner.open(name, in: folder, .read)
    let size = try inner.status(old).size
    var bytes = [UInt8](repeating: 0, count: size)
    let read = bytes.withUnsafeMutableBytes { buffer in
      Result { () throws(SystemFailure) in try inner.read(old, at: 0, into: buffer) }
    }
    _ = try read.get()
    let new = try inner.open(newName, in: folder, .createIfMissing)
    try inner.truncate(new, to: 0)
    let written = bytes.withUnsafeBytes { buffer in
      Result { () throws(SystemFailure) in try inner.write(buffer, to: new, at: 0) }
    }
    _ = try written.get()
    try inner.sync(new)
    try inner.remove(name, in: folder)
  }
}

@Suite struct Mutants {
  private func lead(_ life: inout Life, _ system: FaultyFileSystem, _ omission: Omission) throws {
    let careless = Careless(inner: system, omission: omission)
    let store = Store(at: "/Runs", fileSystem: careless, environment: TestWorld().environment)
    try life.lead(in: store, to: 5)
    try life.lead(in: store)
  }

  /// What the first broken promise is, and after how many cases; nil when none is broken.
  private func firstBroken(_ omission: Omission, step: Int) throws -> (cases: Int, words: String)? {
    let counting = FaultyFileSystem(counting: MemoryFileSystem())
    var probe = Life()
    try lead(&probe, counting, omission)
    var cases = 0
    for place in stride(from: 0, to: counting.kinds.count, by: step) {
      for fault in [Fault.killedAfter, .tornAtHalf] where fault.fits(counting.kinds[place]) {
        let disk = MemoryFileSystem()
        var life = Life()
        do { try lead(&life, FaultyFileSystem(disk, failing: place, fault), omission) } catch is StoreError {}
        for after in [disk.afterKill(), disk.afterPowerCut(seed: UInt64(place)), disk.afterPowerCut(seed: 7)] {
          cases += 1
          do {
            // The next process lacks the step as well.
            var next = life
            let other = after.afterKill()
            try lead(&next, FaultyFileSystem(counting: other), omission)
            try Promises(life: life, disk: after).check()
          } catch {
            return (cases, "\(fault) at operation \(place): \(error)")
          }
        }
      }
    }
    return nil
  }

  @Test(arguments: Omission.ofOneWriter)
  func aStepThatIsLeftOutIsNoticed(_ omission: Omission) throws {
    let found = try firstBroken(omission, step: omission == .nothing ? 9 : 1)
    print("mutant, \(omission): \(found.map { "noticed after \($0.cases) cases, \($0.words)" } ?? "nothing broken")")
    #expect((found == nil) == (omission == .nothing))
  }

  /// Imports a run while a step is left out, cuts the power at each operation, and looks whether what was acknowledged
  /// or seen is there as a whole.
  private func firstBrokenImport(_ omission: Omission) throws -> (cases: Int, words: String)? {
    let house = try Household()
    func store(_ system: FaultyFileSystem) -> Store {
      Store(at: "/Runs", fileSystem: Careless(inner: system, omission: omission), environment: TestWorld().environment)
    }
    let counting = FaultyFileSystem(counting: house.disk.afterKill())
    try Chore.takeIn.act(in: store(counting), house)
    var cases = 0
    for place in counting.kinds.indices {
      let disk = house.disk.afterKill()
      var isDone = true
      do {
        try Chore.takeIn.act(in: store(FaultyFileSystem(disk, failing: place, .killedAfter)), house)
      } catch is StoreError { isDone = false }
      for seed in 0..<4 {
        cases += 1
        let after = Store(
          at: "/Runs", fileSystem: disk.afterPowerCut(seed: UInt64(seed)), environment: TestWorld().environment)
        do { try Chore.takeIn.check(after, house, isDone: isDone) } catch { return (cases, "\(error)") }
      }
    }
    return nil
  }

  @Test(arguments: [Omission.nothing, .syncOfFiles, .syncOfFolders])
  func aStepThatAnImportLeavesOutIsNoticed(_ omission: Omission) throws {
    let found = try firstBrokenImport(omission)
    print("import, \(omission): \(found.map { "noticed after \($0.cases) cases, \($0.words)" } ?? "nothing broken")")
    #expect((found == nil) == (omission == .nothing))
  }

  /// One process goes on with a run while another does; nil where the second is kept away.
  private func secondWriter(_ omission: Omission) throws -> String? {
    let system = Careless(inner: FaultyFileSystem(counting: MemoryFileSystem()), omission: omission)
    let store = Store(at: "/Runs", fileSystem: system, environment: TestWorld().environment)
    let first = try store.create(Example.smallDescription(.each))
    try first.commit(Example.smallRecord(1))
    do {
      let second = try store.resume(first.id)
      return "two writers, at \(first.position) and \(second.position)"
    } catch let error as StoreError {
      guard case .busy = error.code else { throw error }
      try first.commit(Example.smallRecord(2))
      return nil
    }
  }

  @Test(arguments: [Omission.nothing, .lock]) func aLockThatIsLeftOutIsNoticed(_ omission: Omission) throws {
    let found = try secondWriter(omission)
    print("lock, \(omission): \(found ?? "the second is kept away")")
    #expect((found == nil) == (omission == .nothing))
  }
}
