/// Runs unrolls on the threads of a pool, the longest first.
package struct ThreadExecutor: UnrollExecutor {
  private let pool: ThreadPool

  package init(_ pool: ThreadPool) { self.pool = pool }

  package init(threads: Int) { self.init(ThreadPool(threads: threads)) }

  package func run(_ unrolls: [Unroll]) -> [UnrollResult] {
    // Of equals first the one member of every pair, then the other, so that few wait for a perturbation that the other
    // member draws. Swift's sort is stable.
    let signs = [AntitheticSign.positive, .negative]
    let order = signs.flatMap { sign in unrolls.indices.filter { unrolls[$0].sign == sign } }
      .sorted { unrolls[$0].steps > unrolls[$1].steps }
    return pool.map(order: order) { index, workspace in unrolls[index].run(in: workspace) }
  }
}
