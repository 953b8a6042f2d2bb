import Glibc
package import Numerics
import Synchronization

/// A fixed set of threads, each with a workspace of its own that lasts as long as the pool.
///
/// A thread takes the next piece of work that nobody has taken and writes its result into its own place: how many threads
/// there are and who is quickest changes no bit. Who finds none left helps inside of those that are still at work, where they
/// share their loops: a few large pieces, or one, keep all threads busy too.
package final class ThreadPool: Sendable {
  package let threads: Int
  private let shared: SharedWork
  private let handles: [pthread_t]

  /// `threads` counts the caller's own, so that 1 starts none.
  package init(threads: Int) {
    precondition(threads > 0, "\(threads) threads")
    let shared = SharedWork()
    self.threads = threads
    self.shared = shared
    handles = (1..<threads).map { _ in Self.start(shared) }
  }

  deinit {
    shared.close()
    for handle in handles { pthread_join(handle, nil) }
  }

  /// The results of `body` for each index, in the order of the indices; the work begins in the order given.
  package func map<Result: Sendable>(
    order: [Int], _ body: @Sendable (Int, Workspace) -> Result
  ) -> [Result] {
    let results = UnsafeMutableBufferPointer<Result?>.allocate(capacity: order.count)
    results.initialize(repeating: nil)
    defer {
      results.deinitialize()
      results.deallocate()
    }
    // Each place is written by the one thread that took its index, and read after all are done.
    shared.run(order.count) { turn, workspace in results[order[turn]] = body(order[turn], workspace) }
    return results.map { $0! }
  }

  /// What the caller's thread does while the others wait, who may help inside of it.
  package func alone<Result>(_ body: (Workspace) -> Result) -> Result { body(shared.callersWorkspace) }

  /// Replaces what may be done at any time or never: threads do one of these after the other, in order, while there is
  /// nothing else to do.
  package func whenIdle(_ errands: [@Sendable () -> Void]) { shared.setErrands(errands) }

  private static func start(_ shared: SharedWork) -> pthread_t {
    var handle = pthread_t()
    let context = Unmanaged.passRetained(shared).toOpaque()
    let status = pthread_create(
      &handle, nil,
      { context in
        Unmanaged<SharedWork>.fromOpaque(context!).takeRetainedValue().serve()
        return nil
      }, context)
    precondition(status == 0, "a thread could not be started: error \(status)")
    return handle
  }
}

/// A list of pieces of work, each of which one thread takes, in order.
private final class Job {
  typealias Piece = (Int, Workspace) -> Void

  private let count: Int
  private let piece: UnsafePointer<Piece>
  private let taken = Atomic<Int>(0)
  /// The threads besides its owner that are at work on it; behind the gate.
  var helpers = 0

  /// `piece` must be there as long as somebody is at work.
  init(_ count: Int, _ piece: UnsafePointer<Piece>) {
    self.count = count
    self.piece = piece
  }

  var isTaken: Bool { taken.load(ordering: .relaxed) >= count }

  /// Does pieces until none is left to take. Not inlined, so that nothing holds on to `piece` behind its end.
  @inline(never)
  func work(in workspace: Workspace) {
    while true {
      let turn = taken.add(1, ordering: .relaxed).oldValue
      guard turn < count else { return }
      piece.pointee(turn, workspace)
    }
  }
}

/// What the threads of a pool share: the jobs in work, those first that were there first, and errands for when no job has
/// anything left. Every field is behind the gate, but for the caller's workspace.
private final class SharedWork: Crew, @unchecked Sendable {
  private(set) lazy var callersWorkspace = Workspace(crew: self)
  private let gate = Gate()
  private let waiting = Atomic<Int>(0)
  private var jobs: [Job] = []
  private var errands: ArraySlice<@Sendable () -> Void> = []
  private var isClosed = false

  var isWaiting: Bool { waiting.load(ordering: .relaxed) > 0 }

  /// The pool's own job; its caller helps inside of others when nothing else is left to do.
  func run(_ count: Int, _ piece: Job.Piece) {
    open(count, in: callersWorkspace, piece) { job in attend(in: callersWorkspace) { job.helpers == 0 } }
  }

  func share(_ count: Int, in workspace: Workspace, _ piece: Job.Piece) {
    open(count, in: workspace, piece) { job in gate.wait { job.helpers == 0 ? () : nil } }
  }

  /// Works on a job with whoever comes. When it is taken down nobody comes any more, and those at work are waited for.
  private func open(_ count: Int, in workspace: Workspace, _ piece: Job.Piece, _ wait: (Job) -> Void) {
    withoutActuallyEscaping(piece) { piece in
      withUnsafePointer(to: piece) { piece in
        let job = Job(count, piece)
        gate.change { jobs.append(job) }
        job.work(in: workspace)
        gate.change { jobs.removeAll { $0 === job } }
        wait(job)
      }
    }
  }

  func setErrands(_ errands: [@Sendable () -> Void]) { gate.change { self.errands = errands[...] } }

  func close() { gate.change { isClosed = true } }

  /// A thread's life.
  func serve() { attend(in: Workspace(crew: self)) { isClosed } }

  /// Works on whatever job has pieces left, until there is no reason to be here any more.
  private func attend(in workspace: Workspace, until isOver: () -> Bool) {
    while let work = nextWork(unless: isOver) {
      switch work {
      case .job(let job):
        job.work(in: workspace)
        gate.change { job.helpers -= 1 }
      case .errand(let errand): errand()
      }
    }
  }

  private enum Work {
    case job(Job)
    case errand(() -> Void)
  }

  private func nextWork(unless isOver: () -> Bool) -> Work? {
    waiting.add(1, ordering: .relaxed)
    defer { waiting.subtract(1, ordering: .relaxed) }
    return gate.wait { () -> Work?? in
      if isOver() { return .some(nil) }
      guard let job = jobs.first(where: { !$0.isTaken }) else { return errands.popFirst().map { .errand($0) } }
      job.helpers += 1
      return .job(job)
    }
  }
}

/// A mutex with a condition.
///
/// Who waits looks out for a change a while before it sleeps: to be woken takes longer than a small iteration's serial part.
private final class Gate: @unchecked Sendable {
  /// Looks before a sleep, some hundred microseconds.
  private static let looks = 200_000

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let changes = Atomic<Int>(0)

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  private func locked<Value>(_ body: () -> Value) -> Value {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }

  func change(_ body: () -> Void) {
    locked(body)
    changes.add(1, ordering: .releasing)
    pthread_cond_broadcast(condition)
  }

  /// The first value that `find` gives, which is asked again after changes.
  func wait<Value>(_ find: () -> Value?) -> Value {
    var looks = 0
    while looks < Self.looks {
      let seen = changes.load(ordering: .acquiring)
      if let value = locked(find) { return value }
      while looks < Self.looks, changes.load(ordering: .relaxed) == seen { looks += 1 }
    }
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      if let value = find() { return value }
      pthread_cond_wait(condition, mutex)
    }
  }
}
