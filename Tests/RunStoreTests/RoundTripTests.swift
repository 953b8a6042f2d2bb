// What is written comes back.

import Foundation
import RunStore
import Testing

@Suite struct RoundTrip {
  let folder = TemporaryFolder()

  @Test func aFinishedRunReadsBackWithAllItsBits() throws {
    let store = Store(in: folder)
    let writer = try store.create(Example.description(), name: "first", tags: ["a", "b"], group: "g")
    try writer.checkpoint(at: 0, Example.state(0))
    for iteration in 1...10 {
      try writer.commit(Example.record(iteration))
      if iteration == 5 {
        try writer.checkpoint(at: 5, Example.state(5))
        try writer.publish()
      }
    }
    let live = try store.run(writer.id)
    #expect(live.status == .running(pid: 4711, host: "testhost"))
    #expect(live.recordCount == 10)
    #expect(live.publishedRecordCount == 5)
    try expectExample(live, records: 10)
    let digest = writer.recordsDigest
    #expect(try live.recordsDigest() == digest)
    try writer.finish(.finished)

    let run = try store.run(writer.id)
    #expect(run.publishedRecordCount == 10)
    try expectExample(run, records: 10)
    #expect(try run.recordsDigest() == digest)
    #expect(run.events.map(\.kind) == [.created, .finished])
    #expect(run.checkpoints.map(\.iteration) == [0, 5])
    #expect(try run.loadCheckpoint(run.checkpoints[1]) == Example.state(5))
    #expect(try run.labels() == Labels(name: "first", group: "g", tags: ["a", "b"]))
    #expect(try store.check(writer.id).problems == [])
    let names = try folder.files(below: "Runs/" + writer.id.text).keys.sorted()
    #expect(names == ["checkpoints/000000000.h5", "checkpoints/000000005.h5", "labels.json", "lock", "run.h5"])
  }

  private func expectExample(_ run: Run, records: Int) throws {
    #expect(run.description == Example.description())
    #expect(run.identity["theta/w"] == Example.identity["theta/w"])
    #expect(try run.records(1..<records + 1) == (1...records).map { Example.record($0) })
    #expect(
      try run.column("pairs", "seed", rows: 4..<17) == .uint64((4..<17).map { UInt64($0 + 3) &* 0x9e37_79b9_7f4a_7c15 })
    )
    #expect(try run.column("records", "name").count == records)
    #expect(try run.lastRecord() == Example.record(records))
  }
}
