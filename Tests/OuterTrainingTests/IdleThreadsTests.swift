import Dispatch
import Numerics
import Synchronization
import Testing

@testable import OuterTraining

/// What threads do while they have nothing else to do changes no bit and keeps nobody waiting.
@Suite struct IdleThreadsTests {
  @Test func errandsAreDoneOnceEachInTheirOrder() {
    let done = Mutex<[Int]>([])
    let all = DispatchSemaphore(value: 0)
    let pool = ThreadPool(threads: 2)
    pool.whenIdle(
      (0..<20).map { errand in
        {
          done.withLock { $0.append(errand) }
          if errand == 19 { all.signal() }
        }
      })
    all.wait()
    #expect(done.withLock { $0 } == Array(0..<20))
  }

  @Test func aJobDoesNotWaitForAnErrandAndNewErrandsTakeThePlaceOfOld() {
    let (begun, released) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let done = Mutex<[String]>([])
    do {
      let pool = ThreadPool(threads: 2)
      pool.whenIdle([
        {
          begun.signal()
          released.wait()
          done.withLock { $0.append("first") }
        }, { done.withLock { $0.append("replaced") } },
      ])
      begun.wait()
      // The pool's only other thread is busy with an errand: the caller does the whole job.
      #expect(pool.map(order: [2, 0, 1]) { index, _ in index * index } == [0, 1, 4])
      pool.whenIdle([])
      released.signal()
    }
    #expect(done.withLock { $0 } == ["first"])
  }

  @Test func aPerturbationDrawnAheadIsUsedWhereItIsTheOneWanted() {
    let ahead = PerturbationsAhead()
    let named = { (seeds: Range<UInt64>) in seeds.map { Perturbation(seed: $0, sigma: 0.1) } }
    let (first, kept) = ahead.exchange(named(0..<3), for: named(3..<6), count: 10)
    #expect(first.map(\.perturbation) == named(0..<3) && kept.map(\.perturbation) == named(3..<6))
    let (second, keptNext) = ahead.exchange(named(3..<6), for: named(6..<9), count: 10)
    #expect(zip(second, kept).allSatisfy { $0 === $1 })
    let (other, _) = ahead.exchange(named(7..<10), for: named(10..<13), count: 10)
    #expect(other.map(\.perturbation) == named(7..<10) && !zip(other, keptNext).contains { $0 === $1 })
    let (larger, _) = ahead.exchange(named(10..<13), for: named(13..<16), count: 11)
    #expect(larger.map(\.values.count) == [11, 11, 11])
  }

  @Test func anExecutorThatServesRunsInTurnChangesNoBitOfAny() {
    let executor = ThreadExecutor(threads: 3)
    var problems = [toyProblem(estimators[0]), toyProblem(estimators[1])]
    problems[1].randomness = Randomness(key: 77)
    problems[1].sigma *= 2
    var (alone, inTurn) = (problems.map { $0.initialState() }, problems.map { $0.initialState() })
    for _ in 0..<6 {
      for (i, problem) in problems.enumerated() {
        let plain = problem.step(alone[i], on: SerialExecutor())
        let shared = problem.step(inTurn[i], on: executor)
        #expect(plain.0 == shared.0 && plain.1 == shared.1)
        (alone[i], inTurn[i]) = (plain.0, shared.0)
      }
    }
  }
}
