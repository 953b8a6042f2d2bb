package import Numerics

/// Runs unrolls on the threads of a pool, those first that will probably take longest.
package struct ThreadExecutor: UnrollExecutor {
  private let pool: ThreadPool
  private let paces = UnrollPaces()
  private let ahead = PerturbationsAhead()

  package init(_ pool: ThreadPool) { self.pool = pool }

  package init(threads: Int) { self.init(ThreadPool(threads: threads)) }

  package func run(_ unrolls: [Unroll]) -> [UnrollResult] {
    let timed = pool.map(order: paces.order(of: unrolls)) { index, workspace in
      let start = ContinuousClock.now
      return (result: unrolls[index].run(in: workspace), time: ContinuousClock.now - start)
    }
    paces.learn(from: unrolls, timed)
    return timed.map(\.result)
  }

  package func perturbations(_ wanted: [Perturbation], next: [Perturbation], count: Int) -> [PairPerturbation] {
    let (perturbations, kept) = ahead.exchange(wanted, for: next, count: count)
    pool.whenIdle(kept.map { perturbation in { _ = perturbation.values } })
    return perturbations
  }

  package func alone<Result>(_ work: (Workspace) -> Result) -> Result { pool.alone(work) }
}
