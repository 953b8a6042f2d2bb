// What is done to runs at rest fails at every operation, in every way; then the run is the old one or the new one, and
// its neighbours are what they were.

import Glibc
import RunStore
import Synchronization
import Testing

/// A store with a finished run, its child, and one whose process was killed: each with all its checkpoints.
struct Household {
  let disk = MemoryFileSystem()
  let parent: RunID
  let child: RunID
  let killed: RunID
  /// A run of another store, on its way to this one: a child of the parent.
  let stranger: PortableRun
  static let length = 6

  init() throws {
    let world = TestWorld()
    let store = Store(at: "/Runs", fileSystem: disk, environment: world.environment)
    parent = try Self.run(in: store, Example.smallDescription(.each)).finished()
    var description = Example.smallDescription(.each)
    description.lineage = [Lineage(run: parent.text, iteration: 2, contents: Example.smallState(2).digest)]
    child = try Self.run(in: store, description).finished()
    killed = try Self.run(in: store, Example.smallDescription(.each)).id
    try store.editLabels(of: killed) { $0.tags = ["old"] }
    _ = try store.summaries()
    stranger = try Self.exported(parent)
  }

  private static func exported(_ parent: RunID) throws -> PortableRun {
    var environment = TestWorld().environment
    environment.host = "elsewhere"
    environment.randomBits = { 77 }
    let store = Store(at: "/Elsewhere", fileSystem: MemoryFileSystem(), environment: environment)
    var description = Example.smallDescription(.each)
    description.lineage = [Lineage(run: parent.text, iteration: 2, contents: Example.smallState(2).digest)]
    let id = try run(in: store, description).finished()
    try store.editLabels(of: id) { $0.name = "stranger" }
    return try PortableRun(file: store.run(id).portableFile(), named: "stranger.h5")
  }

  private static func run(in store: Store, _ description: RunDescription) throws -> RunWriter {
    let writer = try store.create(description)
    for iteration in 0...length {
      if iteration > 0 { try writer.commit(Example.smallRecord(iteration)) }
      if iteration % 2 == 0 { try writer.checkpoint(at: iteration, Example.smallState(iteration)) }
      if iteration == 3 { try writer.publish() }
    }
    return writer
  }
}

extension RunWriter {
  fileprivate func finished() throws -> RunID {
    try finish(.finished)
    return id
  }
}

/// Something that is done to a store with runs at rest.
enum Chore: String, CaseIterable {
  case collectFinished, collectKilled, remove, relabel, fork, seal, takeIn

  func target(_ house: Household) -> RunID? {
    switch self {
    case .collectFinished, .remove: house.parent
    case .collectKilled, .relabel, .seal: house.killed
    case .fork, .takeIn: nil
    }
  }

  func act(in store: Store, _ house: Household) throws {
    switch self {
    case .collectFinished: _ = try store.removeCheckpoints(of: house.parent, notKeptBy: Retention("last=2")!)
    case .collectKilled: _ = try store.removeCheckpoints(of: house.killed, notKeptBy: Retention("last=2")!)
    case .remove: try store.remove(house.parent)
    case .relabel:
      try store.editLabels(of: house.killed) { labels in
        labels.tags = ["new"]
        labels.name = "name"
      }
    case .fork:
      var description = Example.smallDescription(.each)
      description.lineage = [
        Lineage(run: house.child.text, iteration: 4, contents: Example.smallState(4).digest)
      ]
      try store.create(description, name: "fork").finish(.finished)
    case .seal: try store.resume(house.killed).finish(.interrupted)
    case .takeIn: try store.importRun(house.stranger, remark: "imported")
    }
  }

  /// What holds whatever became of it; `isDone` when it was acknowledged.
  func check(_ store: Store, _ house: Household, isDone: Bool) throws {
    let ids = try store.ids()
    // The bytes of the others are compared.
    let bystanders = Set([house.parent, house.child, house.killed].filter { $0 != target(house) })
    for id in ids where !bystanders.contains(id) { try wholeRun(id, in: store) }
    for summary in try store.summaries() {
      if let damage = summary.damage { throw Broken("\(summary.id) is listed as damaged: \(damage)") }
    }
    for id in [house.parent, house.child, house.killed] where !ids.contains(id) {
      guard self == .remove, id == house.parent else { throw Broken("\(id) is gone") }
    }
    switch self {
    case .collectFinished: try checkpoints(of: house.parent, in: store, [2, 4, 6], isDone)
    case .collectKilled: try checkpoints(of: house.killed, in: store, [4, 6], isDone)
    case .remove: if isDone, ids.contains(house.parent) { throw Broken("the removed run is there") }
    case .relabel:
      let tags = try store.labels(of: house.killed).tags
      guard tags == ["new"] || !isDone && tags == ["old"] else { throw Broken("tags \(tags)") }
    case .fork:
      let new = ids.filter { ![house.parent, house.child, house.killed].contains($0) }
      if isDone, new.count != 1 { throw Broken("\(new.count) new runs") }
      if !new.isEmpty, try store.labels(of: house.child).pinned != [4] {
        throw Broken("a fork is there and its checkpoint is not pinned")
      }
    case .seal:
      if isDone, try store.run(house.killed).status != .interrupted { throw Broken("not at rest") }
    case .takeIn:
      guard ids.contains(house.stranger.id) else {
        if isDone { throw Broken("the imported run is not there") }
        break
      }
      guard try store.labels(of: house.stranger.id).name == "stranger" else { throw Broken("lost a name") }
      try checkpoints(of: house.stranger.id, in: store, [0, 6], true)
    }
    guard try store.labels(of: house.parent, ifThereIn: ids)?.pinned ?? [2] == [2] else { throw Broken("lost a pin") }
  }

  private func wholeRun(_ id: RunID, in store: Store) throws {
    let report = try store.check(id)
    guard report.isWhole else { throw Broken("\(id): \(report.problems)") }
    let run = try store.run(id)
    let count = run.recordCount
    guard count == Household.length || self == .fork && count == 0 else { throw Broken("\(id): \(count) records") }
    guard try run.records(1..<count + 1) == (0..<count).map({ Example.smallRecord($0 + 1) }) else {
      throw Broken("\(id): a record has other bits")
    }
    for entry in run.checkpoints where try run.loadCheckpoint(entry) != Example.smallState(entry.iteration) {
      throw Broken("\(id): checkpoint \(entry.iteration) has other bits")
    }
  }

  private func checkpoints(of id: RunID, in store: Store, _ kept: [Int], _ isDone: Bool) throws {
    let found = try store.run(id).checkpoints.map(\.iteration)
    guard Set(found).isSuperset(of: kept), !isDone || found == kept else { throw Broken("checkpoints \(found)") }
  }
}

extension Store {
  fileprivate func labels(of id: RunID, ifThereIn ids: [RunID]) throws -> Labels? {
    ids.contains(id) ? try labels(of: id) : nil
  }
}

@Suite struct HousekeepingFaults {
  private func store(_ system: any FileSystem) -> Store {
    Store(at: "/Runs", fileSystem: system, environment: TestWorld().environment)
  }

  @Test(arguments: Chore.allCases)
  func whateverFailsARunIsTheOldOrTheNewOneAndTheOthersAreUntouched(_ chore: Chore) throws {
    let house = try Household()
    let counting = FaultyFileSystem(counting: house.disk.afterKill())
    try chore.act(in: store(counting), house)
    let kinds = counting.kinds
    var cases = 0
    var tried = 0
    for (number, fault) in Fault.allCases.enumerated() {
      for place in kinds.indices where fault.fits(kinds[place]) {
        tried += 1
        guard triesAll || (place + number) % 15 == 0 else { continue }
        let disk = house.disk.afterKill()
        do {
          let isDone = try act(chore, house, on: disk, failing: place, fault)
          try settle(chore, house, disk.afterKill(), isDone: isDone)
          try settle(chore, house, disk.afterPowerCut(seed: UInt64(place)), isDone: isDone)
        } catch {
          Issue.record("\(chore), \(fault.testDescription) at operation \(place) (\(kinds[place])): \(error)")
          return
        }
        cases += 2
      }
    }
    print("\(chore): \(cases) cases of \(2 * tried)")
    #expect(cases > 20)
  }

  @Test(arguments: Chore.allCases)
  func whatFailsMayFailAgainWhenItIsDoneAgain(_ chore: Chore) throws {
    let house = try Household()
    let counting = FaultyFileSystem(counting: house.disk.afterKill())
    try chore.act(in: store(counting), house)
    var cases = 0
    let places = counting.kinds.indices.filter { Fault.killedBefore.fits(counting.kinds[$0]) }
    for place in triesAll ? places : places.filter({ $0 % 5 == 0 }) {
      let disk = house.disk.afterKill()
      if try act(chore, house, on: disk, failing: place, .killedAfter) { continue }
      let again = FaultyFileSystem(counting: disk.afterKill())
      do { try chore.act(in: store(again), house) } catch is StoreError {}
      for second in again.kinds.indices where triesAll || (second + place) % 7 == 0 {
        let twice = disk.afterKill()
        do {
          let isDone = try act(chore, house, on: twice, failing: second, .killedBefore)
          try settle(chore, house, twice.afterPowerCut(seed: UInt64(second)), isDone: isDone)
        } catch {
          Issue.record("\(chore), killed at \(place), then again at \(second): \(error)")
          return
        }
        cases += 1
      }
    }
    print("\(chore) again: \(cases) cases")
    #expect(cases > 2)
  }

  /// Whether it was acknowledged.
  private func act(
    _ chore: Chore, _ house: Household, on disk: MemoryFileSystem, failing place: Int, _ fault: Fault
  ) throws -> Bool {
    do {
      try chore.act(in: store(FaultyFileSystem(disk, failing: place, fault)), house)
      return true
    } catch is StoreError {
      return false
    }
  }

  /// What two faults left alike is tried once.
  private struct Outcome: Hashable {
    var chore: Chore
    var isDone: Bool
    var files: [String: [UInt8]]
  }

  private static let settled = Mutex<Set<Outcome>>([])

  /// The promises hold, a look changes nothing, and the chore can be done after all and leaves nothing lying about.
  private func settle(_ chore: Chore, _ house: Household, _ disk: MemoryFileSystem, isDone: Bool) throws {
    let before = disk.files
    guard Self.settled.withLock({ $0.insert(Outcome(chore: chore, isDone: isDone, files: before)).inserted }) else {
      return
    }
    try chore.check(store(disk), house, isDone: isDone)
    guard disk.files == before else { throw Broken("a reader changed a byte") }
    let bystanders = [house.parent, house.child, house.killed].filter { (id: RunID) in
      id != chore.target(house) && !(chore == .fork && id == house.child)
    }
    for path in house.disk.files.keys where !path.hasSuffix("/lock") {
      guard bystanders.contains(where: { id in path.hasPrefix("/Runs/\(id)/") }) else { continue }
      guard before[path] == house.disk.files[path] else { throw Broken("\(path) is not what it was") }
    }
    if !isDone {
      do {
        try chore.act(in: store(disk), house)
      } catch let error as StoreError where chore == .remove && error.code == .notFound {
        // It was done before the fault told otherwise.
      } catch let error as StoreError where chore == .takeIn && error.code == .cannotCreate(errno: EEXIST) {
        // As above.
      } catch let error as StoreError where chore == .fork && "\(error)".contains("the name fork") {
        try store(disk).resume(store(disk).resolve("fork")).finish(.finished)
      }
    }
    // Sweeps what a removal left.
    try store(disk).remove(store(disk).create(Example.smallDescription(.none)).id)
    try chore.check(store(disk), house, isDone: true)
    let odd = disk.files.keys.filter { $0.contains(".tmp") || $0.contains("/.new") || $0.contains("/.gone") }
    guard odd.isEmpty else { throw Broken("left: \(odd)") }
  }
}
