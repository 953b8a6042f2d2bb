#if os(Linux)
  import Glibc
  import Numerics
  import Tasks
  import Testing

  /// A loss call allocates nothing once its workspace has grown.
  @Suite(.serialized)
  struct AllocationTests {
    @Test(arguments: TaskLawsTests.families.indices)
    func aLossCallAllocatesNothing(_ index: Int) {
      let task = TaskLawsTests.families[index].task(seed: 2)
      let workspace = Workspace()
      let at = task.initialParameters()
      var gradient = Tensors(zeros: task.parameters)
      func run(_ batches: Range<Int>) {
        for k in batches {
          _ = task.loss(at, on: Batch(.train, k), gradient: &gradient, in: workspace)
          _ = task.loss(at, on: Batch(.outerValid, k), in: workspace)
        }
      }
      run(0..<2)
      #expect(Allocations.count { run(2..<50) } == 0)
    }

    @Test func theCountIsRight() {
      var kept: [[Float]] = []
      kept.reserveCapacity(10)
      let count = Allocations.count {
        for i in 1...10 { kept.append([Float](repeating: Float(i), count: i)) }
      }
      #expect(count == 10)
      #expect(kept.count == 10)
    }
  }

  /// Counts Swift's heap objects (arrays, boxes, closures' contexts, class instances) through the hook that the runtime has
  /// for measuring tools.
  enum Allocations {
    /// The objects that this thread allocates while `body` runs. One count at a time.
    static func count(_ body: () -> Void) -> Int {
      let library = dlopen(nil, RTLD_NOW)
      let hook = dlsym(library, "_swift_allocObject")!.assumingMemoryBound(to: Allocate.self)
      let flag = dlsym(library, "_swift_enableSwizzlingOfAllocationAndRefCountingFunctions_forInstrumentsOnly")!
        .assumingMemoryBound(to: Bool.self)
      original = hook.pointee
      counted = 0
      thread = pthread_self()
      hook.pointee = { metadata, size, alignment in
        if pthread_self() == Allocations.thread { Allocations.counted += 1 }
        return Allocations.original!(metadata, size, alignment)
      }
      flag.pointee = true
      body()
      flag.pointee = false
      hook.pointee = original!
      return counted
    }

    private typealias Allocate =
      @convention(c) (UnsafeRawPointer?, Int, Int) -> UnsafeMutableRawPointer?

    // Other threads only read them, and `thread` never names one of those.
    nonisolated(unsafe) private static var original: Allocate?
    nonisolated(unsafe) private static var counted = 0
    nonisolated(unsafe) private static var thread: pthread_t = 0
  }
#endif
