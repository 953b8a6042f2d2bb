// Finding, naming, removing runs, on the system's own files.

import Foundation
import RunStore
import Testing

@Suite struct Storing {
  let folder = TemporaryFolder()
  var store: Store { Store(in: folder) }

  @Test func aStoreThatIsNotThereHasNoRunsAndReadingMakesNone() throws {
    #expect(try store.ids() == [])
    #expect(try store.summaries().isEmpty)
    let error = try #require(throws: StoreError.self) { try store.resolve("latest") }
    #expect(error.code == .notFound)
    #expect(!FileManager.default.fileExists(atPath: store.path))
  }

  @Test func idsSortByTimeAndFitThePattern() throws {
    let world = TestWorld()
    var environment = world.environment
    let early = RunID.make(in: environment)
    environment.secondsSince1970 = { 1.9e9 }
    let late = RunID.make(in: environment)
    #expect(early < late)
    #expect(early.text.count == 12)
    #expect(RunID(early.text) == early)
    for wrong in ["", "-a", "A", "a/b", "..", "a.b", String(repeating: "a", count: 65)] { #expect(RunID(wrong) == nil) }
  }

  @Test func aReferenceIsAnIdANameAPrefixOrLatest() throws {
    let store = store
    let first = try store.create(Example.description(), name: "alpha").id
    let second = try store.create(Example.description(), name: "beta").id
    #expect(try store.ids() == [first, second].sorted())
    #expect(try store.resolve("latest") == max(first, second))
    #expect(try store.resolve("alpha") == first)
    #expect(try store.resolve(second.text) == second)
    let common = String(zip(first.text, second.text).prefix { $0 == $1 }.map { $0.0 })
    #expect(try store.resolve(String(first.text.prefix(common.count + 1))) == first)
    let error = try #require(throws: StoreError.self) { try store.resolve(common) }
    #expect(error.code == .ambiguous([first, second].sorted().map(\.text)))
    for unknown in ["", "../x", "zzz", "gamma"] {
      let error = try #require(throws: StoreError.self) { try store.resolve(unknown) }
      #expect(error.code == .notFound)
    }
  }

  @Test func aNameBelongsToOneRun() throws {
    let store = store
    let first = try store.create(Example.description(), name: "alpha").id
    let second = try store.create(Example.description()).id
    for attempt in [
      { _ = try store.create(Example.description(), name: "alpha") },
      { try store.editLabels(of: second) { $0.name = "alpha" } },
      { try store.editLabels(of: second) { $0.name = "../alpha" } },
      { try store.editLabels(of: second) { $0.name = "latest" } },
    ] {
      let error = try #require(throws: StoreError.self) { try attempt() }
      #expect(error.code == .usage)
    }
    try store.editLabels(of: first) { $0.name = nil }
    try store.editLabels(of: second) {
      $0.name = "alpha"
      $0.notes.append(.init(secondsSince1970: 12.5, text: "a \"note\"\n\u{202e}"))
    }
    #expect(try store.resolve("alpha") == second)
    #expect(try store.labels(of: second).notes.map(\.text) == ["a \"note\"\n\u{202e}"])
    #expect(try store.ids().count == 2)
  }

  @Test func oneRunHasOneWriterAndReadersTakeNothing() throws {
    let store = store
    var writer: RunWriter? = try store.create(Example.description())
    let id = writer!.id
    try writer!.commit(Example.record(1))
    for operation in [{ _ = try store.resume(id) }, { try store.remove(id) }] {
      let error = try #require(throws: StoreError.self) { try operation() }
      #expect(error.code == .busy(pid: 4711, host: "testhost"))
    }
    let before = try folder.files()
    #expect(try store.run(id).status == .running(pid: 4711, host: "testhost"))
    #expect(try store.summaries().count == 1)
    #expect(try store.check(id).isWhole)
    #expect(try folder.files() == before)
    writer = nil
    #expect(try store.run(id).status == .died)
    _ = try store.resume(id)
  }

  @Test func aRemovedRunLeavesNothing() throws {
    let store = store
    let writer = try store.create(Example.description())
    try writer.checkpoint(at: 0, Example.state(0))
    try writer.finish(.finished)
    let id = writer.id
    let other = try store.create(Example.description()).id
    try store.remove(id)
    #expect(try store.ids() == [other])
    #expect(try FileManager.default.contentsOfDirectory(atPath: store.path) == [other.text])
    let error = try #require(throws: StoreError.self) { try store.run(id) }
    #expect(error.code == .notFound)
  }

  @Test func aForkPinsTheCheckpointItStartsFrom() throws {
    let store = store
    let parent = try store.create(Example.description())
    try parent.checkpoint(at: 0, Example.state(0))
    var description = Example.description()
    description.lineage = [Lineage(run: parent.id.text, iteration: 0, contents: Example.state(0).digest)]
    let child = try store.create(description)
    #expect(try store.labels(of: parent.id).pinned == [0])
    #expect(try store.run(child.id).description.lineage == description.lineage)
  }

  @Test func linksAreNotFollowedBelowTheStore() throws {
    let store = store
    let id = try store.create(Example.description()).id
    let fileManager = FileManager.default
    try fileManager.createSymbolicLink(atPath: store.path + "/zzz", withDestinationPath: store.path + "/" + id.text)
    #expect(try store.ids() == [id])
    #expect(throws: StoreError.self) { try store.run(RunID("zzz")!) }
    let run = store.path + "/" + id.text + "/run.h5"
    try fileManager.moveItem(atPath: run, toPath: folder.path + "/elsewhere.h5")
    try fileManager.createSymbolicLink(atPath: run, withDestinationPath: folder.path + "/elsewhere.h5")
    let error = try #require(throws: StoreError.self) { try store.run(id) }
    #expect(error.code == .damaged)
  }

  @Test func descriptionsThatCannotBeStoredAreRefused() throws {
    var reserved = Example.description()
    reserved.tables[0].name = "identity"
    var twice = Example.description()
    twice.tables[0].columns.append(twice.tables[0].columns[0])
    var path = Example.description()
    path.tables[0].columns[0].name = "a/b"
    var signal = Example.description()
    signal.tables[0].signal = "nothing"
    for wrong in [reserved, twice, path, signal] {
      let error = try #require(throws: StoreError.self) { try store.create(wrong) }
      #expect(error.code == .usage)
    }
    #expect(try store.ids() == [])
  }

  @Test func aNewerFormatIsRefusedWithBothNumbers() throws {
    let error = StoreError(
      .newerSchema(found: 2, known: 1), doing: "reading run x", file: "Runs/x/run.h5", advice: "update this program")
    #expect(
      error.description
        == "reading run x: Runs/x/run.h5: written by version 2 of the format, this is version 1; update this program")
  }
}
