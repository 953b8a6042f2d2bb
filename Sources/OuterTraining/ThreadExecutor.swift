/// Runs unrolls on the threads of a pool, the longest first.
package struct ThreadExecutor: UnrollExecutor {
  private let pool: ThreadPool

  package init(_ pool: ThreadPool) { self.pool = pool }

  package init(threads: Int) { self.init(ThreadPool(threads: threads)) }

  package func run(_ unrolls: [Unroll]) -> [UnrollResult] {
    // Swift's sort is stable: equals begin in the list's order.
    let order = unrolls.indices.sorted { unrolls[$0].steps > unrolls[$1].steps }
    return pool.map(order: order) { index, workspace in unrolls[index].run(in: workspace) }
  }
}
