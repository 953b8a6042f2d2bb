import Glibc
package import Numerics
import Synchronization

/// A fixed set of threads, each with a workspace of its own that lasts as long as the pool.
///
/// A thread takes the next piece of work that nobody has taken and writes its result into its own place: how many threads
/// there are and who is quickest changes no bit.
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
    order: [Int], _ body: @escaping @Sendable (Int, Workspace) -> Result
  ) -> [Result] {
    let results = UnsafeMutableBufferPointer<Result?>.allocate(capacity: order.count)
    results.initialize(repeating: nil)
    defer {
      results.deinitialize()
      results.deallocate()
    }
    // Each place is written by the one thread that took its index, and read after all are counted.
    nonisolated(unsafe) let places = results
    let job = Job(order) { index, workspace in places[index] = body(index, workspace) }
    shared.open(job)
    job.work(in: shared.callersWorkspace)
    job.wait()
    shared.finish()
    return results.map { $0! }
  }

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

/// One list of pieces of work.
private final class Job: Sendable {
  private let order: [Int]
  private let piece: @Sendable (Int, Workspace) -> Void
  private let taken = Atomic<Int>(0)
  private let done = Gate()

  init(_ order: [Int], _ piece: @escaping @Sendable (Int, Workspace) -> Void) {
    self.order = order
    self.piece = piece
  }

  /// Does pieces until none is left to take.
  func work(in workspace: Workspace) {
    while true {
      let turn = taken.add(1, ordering: .relaxed).oldValue
      guard turn < order.count else { return }
      piece(order[turn], workspace)
      done.count()
    }
  }

  func wait() { done.wait(for: order.count) }
}

/// What the threads of a pool share: the job in work. Every field is behind the gate, but for the caller's workspace.
private final class SharedWork: @unchecked Sendable {
  let callersWorkspace = Workspace()
  private let gate = Gate()
  private var job: Job?
  private var jobNumber = 0
  private var isClosed = false

  func open(_ job: Job) {
    gate.change {
      self.job = job
      jobNumber += 1
    }
  }

  /// Lets go of the job, and of all that it holds.
  func finish() { gate.change { job = nil } }

  func close() { gate.change { isClosed = true } }

  /// A thread's life: work on each job once, until the pool closes.
  func serve() {
    let workspace = Workspace()
    var last = 0
    while true {
      gate.wait(until: { isClosed || jobNumber != last })
      let (next, number, isOver) = gate.read { (job, jobNumber, isClosed) }
      if isOver { return }
      next?.work(in: workspace)
      last = number
    }
  }
}

/// A mutex with a condition and a counter.
///
/// Who waits looks out for a change a while before it sleeps: to be woken takes longer than a small iteration's serial part.
private final class Gate: @unchecked Sendable {
  /// Looks before a sleep, some tens of microseconds.
  private static let looks = 20_000

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let changes = Atomic<Int>(0)
  private var counted = 0

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

  func read<Value>(_ body: () -> Value) -> Value {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }

  func change(_ body: () -> Void) {
    read(body)
    changes.add(1, ordering: .releasing)
    pthread_cond_broadcast(condition)
  }

  func wait(until holds: () -> Bool) {
    var looks = 0
    while looks < Self.looks {
      let seen = changes.load(ordering: .acquiring)
      if read(holds) { return }
      while looks < Self.looks, changes.load(ordering: .relaxed) == seen { looks += 1 }
    }
    pthread_mutex_lock(mutex)
    while !holds() { pthread_cond_wait(condition, mutex) }
    pthread_mutex_unlock(mutex)
  }

  func count() { change { counted += 1 } }

  func wait(for total: Int) { wait(until: { counted == total }) }
}
