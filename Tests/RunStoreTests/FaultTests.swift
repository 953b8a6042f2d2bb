// Every operation fails, in every way; then the promises are checked.

import Foundation
import Fuzzing
import RunStore
import Synchronization
import Testing

/// A run's life as a client leads it, and what it was promised on the way.
struct Life: Hashable {
  static let length = 9

  var id: RunID?
  var attempted = 0
  var acknowledged = 0
  /// Acknowledged checkpoints that the rules keep.
  var checkpoints: [Int] = []

  /// Makes the run, or goes on with it, up to an iteration; ends it when that is the last.
  mutating func lead(in store: Store, to last: Int = Life.length, durability: Durability = .each) throws {
    let writer: RunWriter
    if let known = try id ?? store.ids().first {
      id = known
      writer = try store.resume(known)
    } else {
      writer = try store.create(Example.smallDescription(durability))
      id = writer.id
    }
    writer.retention = Retention(last: 2)
    if let state = writer.resumption.state, state != Example.smallState(writer.position) {
      throw Broken("the state after \(writer.position) is another")
    }
    if writer.position == 0 {
      try writer.checkpoint(at: 0, Example.smallState(0))
      checkpoints = writer.checkpoints.map(\.iteration)
    }
    while writer.position < last {
      let next = writer.position + 1
      attempted = max(attempted, next)
      try writer.commit(Example.smallRecord(next))
      acknowledged = max(acknowledged, next)
      checkpoints = writer.checkpoints.map(\.iteration)
      if next % 2 == 0 { try writer.checkpointInBackground(at: next, Example.smallState(next)) }
      // With a checkpoint in work.
      if next == 4 { try writer.publish() }
    }
    try writer.finish(last == Life.length ? .finished : .interrupted)
  }

  /// Goes on by one record and is left there, as a killed process leaves it.
  mutating func goOnByOne(in store: Store) throws {
    let writer: RunWriter
    if let known = try id ?? store.ids().first {
      id = known
      writer = try store.resume(known)
    } else {
      writer = try store.create(Example.smallDescription(.each))
      id = writer.id
    }
    let last = min(writer.recordCount + 1, Life.length)
    while writer.position < last {
      let next = writer.position + 1
      attempted = max(attempted, next)
      try writer.commit(Example.smallRecord(next))
      acknowledged = max(acknowledged, next)
    }
  }
}

struct Broken: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// The promises that must hold after any fault.
struct Promises {
  let life: Life
  let disk: MemoryFileSystem
  /// How many acknowledged records a power cut may take.
  var slack = 0

  func check() throws {
    let store = Store(at: "/Runs", fileSystem: disk, environment: TestWorld().environment)
    try checkReader(store)
    var after = life
    try after.lead(in: store)
    try checkEnd(store, after)
  }

  /// A reader sees what was acknowledged and nothing that was not written, and changes no byte.
  private func checkReader(_ store: Store) throws {
    let before = disk.files
    let summaries = try store.summaries()
    guard let id = life.id else {
      guard summaries.count <= 1, summaries.allSatisfy({ $0.damage == nil && $0.recordCount == 0 }) else {
        throw Broken("a run that was never acknowledged is \(summaries)")
      }
      return
    }
    guard summaries.count == 1, summaries[0].id == id, summaries[0].damage == nil else {
      throw Broken("the run is not there: \(summaries.map { "\($0.id): \($0.damage.map(\.description) ?? "")" })")
    }
    let run = try store.run(id)
    guard run.recordCount >= life.acknowledged - slack, run.recordCount <= life.attempted else {
      throw Broken("\(run.recordCount) records of \(life.acknowledged) acknowledged, \(life.attempted) attempted")
    }
    guard try run.records(1..<run.recordCount + 1) == (0..<run.recordCount).map({ Example.smallRecord($0 + 1) }) else {
      throw Broken("a record has other bits")
    }
    // Rules may have let older ones go behind an acknowledged one, but never all.
    if let last = life.checkpoints.last, (run.checkpoints.last?.iteration ?? -1) < last - slack {
      throw Broken("no checkpoint as new as \(last)")
    }
    for entry in run.checkpoints where try run.loadCheckpoint(entry) != Example.smallState(entry.iteration) {
      throw Broken("checkpoint \(entry.iteration) has other bits")
    }
    guard disk.files == before else { throw Broken("a reader changed a byte") }
  }

  /// After going on to the end, the run is the one that was never disturbed, and nothing else lies about.
  private func checkEnd(_ store: Store, _ life: Life) throws {
    guard let id = life.id else { throw Broken("no run at the end") }
    let run = try store.run(id)
    guard run.status == .finished, run.recordCount == Life.length else {
      throw Broken("at the end: \(run.status), \(run.recordCount) records")
    }
    guard try run.records(1..<Life.length + 1) == (1...Life.length).map({ Example.smallRecord($0) }) else {
      throw Broken("a record at the end has other bits")
    }
    let digest = try run.recordsDigest()
    guard digest == Self.undisturbed else { throw Broken("the records' digest at the end is \(digest)") }
    let report = try store.check(id)
    guard report.isWhole else { throw Broken("at the end: \(report.problems)") }
    let kept = run.checkpoints.map { "checkpoints/\($0.name)" }
    guard run.checkpoints.map(\.iteration) == [6, 8] else { throw Broken("kept: \(kept)") }
    let expected = Set((kept + ["labels.json", "lock", "run.h5"]).map { "/Runs/\(id)/" + $0 })
    guard Set(disk.files.keys) == expected else { throw Broken("files at the end: \(disk.files.keys.sorted())") }
  }

  /// Checks unless the same promises were checked on the same files before, as two faults often leave.
  func checkOnce() throws {
    let key = Case(life: life, slack: slack, files: disk.files)
    guard Self.held.withLock({ $0.contains(key) }) == false else { return }
    try check()
    Self.held.withLock { _ = $0.insert(key) }
  }

  private struct Case: Hashable {
    var life: Life
    var slack: Int
    var files: [String: [UInt8]]
  }

  private static let held = Mutex<Set<Case>>([])

  /// The records' digest of the run that nothing befell.
  static let undisturbed: Digest? = {
    let store = Store(at: "/Runs", fileSystem: MemoryFileSystem(), environment: TestWorld().environment)
    var life = Life()
    do {
      try life.lead(in: store)
      return try life.id.map { try store.run($0).recordsDigest() }
    } catch { return nil }
  }()
}

/// How much of it is tried: a sample, other cases for each fault, or all with RUNS_TORTURE=1 (Tools/torture --faults).
let triesAll = ProcessInfo.processInfo.environment["RUNS_TORTURE"] != nil
private let thinning = triesAll ? 1 : 12

@Suite struct Faults {
  /// A life in two parts, so that creation, commits, checkpoints, publication, retention, end and resumption all fail in
  /// turn.
  private func lead(_ life: inout Life, on system: any FileSystem, _ durability: Durability = .each) throws {
    let store = Store(at: "/Runs", fileSystem: system, environment: TestWorld().environment)
    try life.lead(in: store, to: 5, durability: durability)
    try life.lead(in: store, durability: durability)
  }

  private func operations() throws -> [Operation] {
    let counting = FaultyFileSystem(counting: MemoryFileSystem())
    var life = Life()
    try lead(&life, on: counting)
    return counting.operations
  }

  @Test(arguments: Fault.allCases)
  func everyOperationMayFail(_ fault: Fault) throws {
    var cases = 0
    let offset = Fault.allCases.firstIndex(of: fault)!
    let places = try operations().map(\.kind).enumerated().filter { fault.fits($0.element) }
    for (index, (place, kind)) in places.enumerated() where (index + offset) % min(thinning, places.count / 4) == 0 {
      let disk = MemoryFileSystem()
      var life = Life()
      var failure: (any Error)?
      do {
        try lead(&life, on: FaultyFileSystem(disk, failing: place, fault))
      } catch { failure = error }
      do {
        if let failure, !(failure is StoreError) { throw Broken("not an error of the store: \(failure)") }
        let isInterrupted = fault == .refused(.EINTR, .once)
        let mayGoOn = fault == .short || (isInterrupted && kind != .sync)
        if mayGoOn, let failure { throw Broken("stopped for nothing: \(failure)") }
        if isInterrupted || fault == .syncForgets, kind == .sync, failure == nil {
          throw Broken("a failed sync was tried again")
        }
        try Promises(life: life, disk: disk.afterKill()).checkOnce()
        try checkThatMoreIsNotLost(life, disk.afterKill(), seed: UInt64(place))
      } catch {
        Issue.record(
          "\(fault) at operation \(place) (\(kind)): \(error); first: \(failure.map { "\($0)" } ?? "none")")
        return
      }
      cases += 1
    }
    print("\(fault.testDescription): \(cases) of \(places.count) places")
    #expect(cases > 3)
  }

  /// What is acknowledged after a fault survives a power cut as well: nothing that the fault left behind is in its way.
  private func checkThatMoreIsNotLost(_ life: Life, _ disk: MemoryFileSystem, seed: UInt64) throws {
    var more = life
    try more.goOnByOne(in: Store(at: "/Runs", fileSystem: disk, environment: TestWorld().environment))
    try Promises(life: more, disk: disk.afterPowerCut(seed: seed)).checkOnce()
  }

  /// RUNS_POWER_CUTS says how many states are tried where every record is synced.
  @Test(arguments: [Durability.each, .interval(seconds: 0.01), .none])
  func aPowerCutAtEveryOperationLosesNothingThatWasSynced(_ durability: Durability) throws {
    let places = try operations().enumerated().filter { ![.look, .read].contains($0.element.kind) }
    let wanted = ProcessInfo.processInfo.environment["RUNS_POWER_CUTS"].flatMap(Int.init) ?? (triesAll ? 800 : 200)
    let share = durability == .each ? wanted : wanted / 4
    var cases = 0
    for (index, (place, operation)) in places.enumerated() {
      let disk = MemoryFileSystem()
      var life = Life()
      do { try lead(&life, on: FaultyFileSystem(disk, failing: place, .killedAfter), durability) } catch {}
      for seed in 0..<(share * (index + 1) / places.count - share * index / places.count) {
        do {
          let promises = Promises(
            life: life, disk: disk.afterPowerCut(seed: UInt64(100_000 * place + seed)),
            slack: durability == .each ? 0 : Life.length)
          try promises.checkOnce()
        } catch {
          Issue.record("power cut after operation \(place) (\(operation)), seed \(seed), \(durability): \(error)")
          return
        }
        cases += 1
      }
    }
    print("power cuts, \(durability): \(cases)")
    #expect(cases == share && cases > 30)
  }

  @Test func operationsOfARecoveryMayFailToo() throws {
    let kinds = try operations().map(\.kind)
    var cases = 0
    for place in stride(from: 0, to: kinds.count, by: triesAll ? 2 : 42) {
      let disk = MemoryFileSystem()
      var life = Life()
      do {
        try lead(
          &life,
          on: FaultyFileSystem(disk, failing: place, Fault.tornAtHalf.fits(kinds[place]) ? .tornAtHalf : .killedBefore))
      } catch {}
      let recovery = FaultyFileSystem(counting: disk.afterKill())
      var probe = life
      try lead(&probe, on: recovery)
      let step = triesAll ? 2 : 3
      let seconds = stride(from: place % step, to: triesAll ? recovery.operations.count : 40, by: step)
      for second in seconds where second < recovery.operations.count {
        let again = disk.afterKill()
        var twice = life
        do { try lead(&twice, on: FaultyFileSystem(again, failing: second, .killedBefore)) } catch {}
        do {
          try Promises(life: twice, disk: again.afterPowerCut(seed: UInt64(second))).checkOnce()
        } catch {
          Issue.record("killed at \(place), then again at \(second): \(error)")
          return
        }
        cases += 1
      }
    }
    print("faults in recoveries: \(cases)")
    #expect(cases > 30)
  }

  @Test func oneRunSurvivesKillsWithoutEnd() throws {
    var disk = MemoryFileSystem()
    var life = Life()
    var chance = SplitMix(state: 20_261_124)
    var cycles = 0
    while cycles < (triesAll ? 1_000 : 33) {
      let place = Int(chance.next() % 60)
      let fault: Fault = chance.next() & 1 == 0 ? .killedBefore : .killedAfter
      do {
        let system = FaultyFileSystem(disk, failing: place, fault)
        try life.lead(in: Store(at: "/Runs", fileSystem: system, environment: TestWorld().environment))
      } catch let error as Broken { throw error } catch {}
      disk = chance.next() & 1 == 0 ? disk.afterKill() : disk.afterPowerCut(seed: chance.next())
      cycles += 1
    }
    print("kills of one run: \(cycles)")
    try Promises(life: life, disk: disk).check()
  }
}
