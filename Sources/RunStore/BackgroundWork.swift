// A value that is computed on another thread.

import Dispatch
import Synchronization

/// A value being made on another thread, which has nothing but what it was given.
package final class BackgroundWork<Value: Sendable>: Sendable {
  private let group = DispatchGroup()
  private let outcome = Outcome()

  private final class Outcome: Sendable {
    let result = Mutex<Result<Value, any Error>?>(nil)
  }

  /// Begins.
  package init(_ body: @escaping @Sendable () throws -> Value) {
    DispatchQueue.global().async(group: group) { [outcome] in
      let result = Result(catching: body)
      outcome.result.withLock { $0 = result }
    }
  }

  /// Nothing goes on behind the back of one who lets go.
  deinit { group.wait() }

  /// The value, once it is there.
  package func value() throws -> Value {
    group.wait()
    return try outcome.result.withLock { $0! }.get()
  }
}
