import Glibc
internal import Synchronization

/// Threads that take pieces of another's work while they have none of their own.
///
/// A piece must write to places that no other piece reads or writes, so that who does which, and whether anybody helps,
/// changes no bit.
package protocol Crew: AnyObject, Sendable {
  /// Whether somebody waits for work just now: a hint that is out of date at once.
  var isWaiting: Bool { get }

  /// Calls `piece` once for each of 0 ..< count, on this thread and on those that wait, each with a workspace of its own, and
  /// returns when all are done. Pieces begin in order.
  func share(_ count: Int, in workspace: Workspace, _ piece: (Int, Workspace) -> Void)
}

extension Workspace {
  /// Calls `body` for parts of `range` that together are all of it: once for the whole, or, while others wait for work, once
  /// each for several parts of at least `grain` elements (the last may be shorter), on several threads at a time.
  @inlinable
  package func share(_ range: Range<Int>, grain: Int, _ body: (Range<Int>, Workspace) -> Void) {
    let pieces = range.count / grain
    guard pieces > 1, let crew, crew.isWaiting else { return body(range, self) }
    crew.share(pieces, in: self) { piece, workspace in
      let first = range.lowerBound + piece * grain
      body(first..<(piece == pieces - 1 ? range.upperBound : first + grain), workspace)
    }
  }
}

/// Lets the pieces of a shared range do something one after the other, in the range's order: sums that have one.
package struct Turns: ~Copyable {
  private let next: Atomic<Int>

  package init(from first: Int) { next = Atomic(first) }

  /// Calls `body` when all that lies before `range` has had its turn. No piece waits for long: those before it began before it.
  package func take(_ range: Range<Int>, _ body: () -> Void) {
    var looks = 0
    while next.load(ordering: .acquiring) != range.lowerBound {
      looks += 1
      if looks % 1_000 == 0 { sched_yield() }
    }
    body()
    next.store(range.upperBound, ordering: .releasing)
  }
}
