// Readers and one writer at the same time, on the system's own files.

import RunStore
import Testing

@Suite struct ConcurrentReaders {
  let folder = TemporaryFolder()

  @Test func aReaderSeesAWholePrefixAtAnyMomentOfPublishing() async throws {
    let store = Store(in: folder)
    let length = 60
    let id = try store.create(Example.smallDescription(.none)).id
    let work = Task.detached {
      let writer = try store.resume(id)
      writer.retention = Retention(last: 2)
      for iteration in 1...length {
        try writer.commit(Example.smallRecord(iteration))
        if iteration % 2 == 0 { try writer.publish() }
        if iteration % 5 == 0 { try writer.checkpointInBackground(at: iteration, Example.packedState(iteration)) }
      }
      try writer.finish(.finished)
    }
    var seen = 0
    var looks = 0
    while seen < length, looks < 20_000 {
      let run = try store.run(id)
      #expect(run.recordCount >= seen)
      seen = run.recordCount
      if seen > 0 { #expect(try run.lastRecord() == Example.smallRecord(seen)) }
      looks += 1
    }
    try await work.value
    print("looks at a run being published: \(looks)")
    #expect(looks > 10)
    #expect(try store.run(id).status == .finished)
  }
}
