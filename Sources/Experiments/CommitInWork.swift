import Dispatch
import OuterTraining
import Synchronization

/// A record that another thread brings to the disk: a sync waits for the drive, which needs no core.
///
/// One at a time: the next begins when this one was waited for, so that the store's operations keep their order.
final class CommitInWork: Sendable {
  let record: IterationRecord
  private let group = DispatchGroup()
  private let outcome = Outcome()

  private final class Outcome: Sendable {
    let result = Mutex<Result<Bool, any Error>?>(nil)
  }

  /// Begins. `commit` says whether the record was taken.
  init(_ record: IterationRecord, _ commit: @escaping @Sendable () throws -> Bool) {
    self.record = record
    DispatchQueue.global().async(group: group) { [outcome] in
      let result = Result(catching: commit)
      outcome.result.withLock { $0 = result }
    }
  }

  /// Nothing goes on behind the back of one who lets go.
  deinit { group.wait() }

  /// Whether the record was taken, once it is on the disk.
  func wait() throws -> Bool {
    group.wait()
    return try outcome.result.withLock { $0! }.get()
  }
}
