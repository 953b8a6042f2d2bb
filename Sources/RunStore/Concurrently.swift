// Many small questions to the disk at once.

import Dispatch

/// Below this many a thread costs more than it saves; and tests that count operations see them in order.
private let leastConcurrentCount = 2_000

/// What `body` makes of each of 0 ..< count, in order: on all cores where they are many.
func concurrently<Value: Sendable>(_ count: Int, _ body: @Sendable (Int) -> Value) -> [Value] {
  guard count >= leastConcurrentCount else { return (0..<count).map(body) }
  let pieces = 64
  return [Value](unsafeUninitializedCapacity: count) { values, initialized in
    // Each piece fills its own places.
    nonisolated(unsafe) let places = values.baseAddress!
    DispatchQueue.concurrentPerform(iterations: pieces) { piece in
      for index in count * piece / pieces..<count * (piece + 1) / pieces {
        (places + index).initialize(to: body(index))
      }
    }
    initialized = count
  }
}
