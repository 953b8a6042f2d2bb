// Readers and one writer at the same time, on the system's own files.

import Glibc
import RunStore
import Synchronization
import Testing

@Suite struct ConcurrentReaders {
  let folder = TemporaryFolder()

  /// How often the reader has looked: the writer waits for a look at each record, whichever of the two the machine prefers.
  private final class Looks: Sendable {
    let count = Atomic<Int>(0)
    private let isOver = Atomic<Bool>(false)

    var isEnded: Bool { isOver.load(ordering: .relaxed) }

    func end() { isOver.store(true, ordering: .relaxed) }

    func wait(for looks: Int) {
      while count.load(ordering: .relaxed) < looks, !isEnded { usleep(100) }
    }
  }

  @Test func aReaderSeesAWholePrefixAtAnyMomentOfPublishing() async throws {
    let store = Store(in: folder)
    let length = 60
    let id = try store.create(Example.smallDescription(.none)).id
    let looks = Looks()
    let work = Task.detached {
      defer { looks.end() }
      let writer = try store.resume(id)
      writer.retention = Retention(last: 2)
      for iteration in 1...length {
        try writer.commit(Example.smallRecord(iteration))
        if iteration % 2 == 0 { try writer.publish() }
        if iteration % 5 == 0 { try writer.checkpointInBackground(at: iteration, Example.packedState(iteration)) }
        looks.wait(for: iteration)
      }
      try writer.finish(.finished)
    }
    do {
      defer { looks.end() }
      try look(at: id, in: store, until: length, looks)
    }
    try await work.value
    print("looks at a run being published: \(looks.count.load(ordering: .relaxed))")
    #expect(looks.count.load(ordering: .relaxed) >= length)
    #expect(try store.run(id).status == .finished)
  }

  private func look(at id: RunID, in store: Store, until length: Int, _ looks: Looks) throws {
    var seen = 0
    while seen < length, !looks.isEnded {
      let run = try store.run(id)
      #expect(run.recordCount >= seen)
      seen = run.recordCount
      if seen > 0 { #expect(try run.lastRecord() == Example.smallRecord(seen)) }
      looks.count.add(1, ordering: .relaxed)
    }
  }
}
