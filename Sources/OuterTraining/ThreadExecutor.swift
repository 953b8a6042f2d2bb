import Glibc
internal import Numerics
import Synchronization

/// Runs unrolls on a fixed set of threads, each with a workspace of its own that lasts as long as the executor.
///
/// A thread takes the next unroll that nobody has taken, the longest first, and writes its result into its own place:
/// how many threads there are and who is quickest changes no bit.
package final class ThreadExecutor: UnrollExecutor {
  package let threads: Int
  private let pool: Pool
  private var handles: [pthread_t] = []

  /// `threads` counts the caller's own, so that 1 starts none.
  package init(threads: Int) {
    precondition(threads > 0, "\(threads) threads")
    self.threads = threads
    pool = Pool()
    for _ in 1..<threads { handles.append(Self.start(pool)) }
  }

  deinit {
    pool.close()
    for handle in handles { pthread_join(handle, nil) }
  }

  package func run(_ unrolls: [Unroll]) -> [UnrollResult] {
    let job = Job(unrolls)
    pool.open(job)
    job.work(in: pool.callersWorkspace)
    defer { pool.finish() }
    return job.wait()
  }

  private static func start(_ pool: Pool) -> pthread_t {
    var handle = pthread_t()
    let context = Unmanaged.passRetained(pool).toOpaque()
    let status = pthread_create(
      &handle, nil,
      { context in
        Unmanaged<Pool>.fromOpaque(context!).takeRetainedValue().serve()
        return nil
      }, context)
    precondition(status == 0, "a thread could not be started: error \(status)")
    return handle
  }
}

/// One list of unrolls in work.
private final class Job: @unchecked Sendable {
  private let unrolls: [Unroll]
  /// Indices of unrolls, those with most steps first; the order of equals is the list's.
  private let order: [Int]
  private let taken = Atomic<Int>(0)
  /// Each slot is written by the one thread that took its index, and read after `done` has counted all of them.
  private let results: UnsafeMutableBufferPointer<UnrollResult?>
  private let done = Gate()

  init(_ unrolls: [Unroll]) {
    self.unrolls = unrolls
    order = unrolls.indices.sorted { unrolls[$0].steps > unrolls[$1].steps }
    results = .allocate(capacity: unrolls.count)
    results.initialize(repeating: nil)
  }

  deinit {
    results.deinitialize()
    results.deallocate()
  }

  /// Runs unrolls until none is left to take.
  func work(in workspace: Workspace) {
    while true {
      let turn = taken.add(1, ordering: .relaxed).oldValue
      guard turn < order.count else { return }
      results[order[turn]] = unrolls[order[turn]].run(in: workspace)
      done.count()
    }
  }

  func wait() -> [UnrollResult] {
    done.wait(for: unrolls.count)
    return results.map { $0! }
  }
}

/// The threads' waiting room.
private final class Pool: @unchecked Sendable {
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

  /// Lets go of the job, and of all that its results hold.
  func finish() {
    gate.change { job = nil }
  }

  func close() {
    gate.change { isClosed = true }
  }

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
private final class Gate: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
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
    pthread_cond_broadcast(condition)
  }

  func wait(until holds: () -> Bool) {
    pthread_mutex_lock(mutex)
    while !holds() { pthread_cond_wait(condition, mutex) }
    pthread_mutex_unlock(mutex)
  }

  func count() { change { counted += 1 } }

  func wait(for total: Int) { wait(until: { counted == total }) }
}
