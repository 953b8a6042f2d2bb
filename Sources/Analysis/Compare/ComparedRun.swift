internal import RunSchema
package import RunStore

/// A run as comparisons see it: who it is, what could make it differ, and its columns, read when asked for.
package struct ComparedRun: Sendable {
  package let run: Run
  package let labels: Labels
  /// In order of suspicion.
  package let facts: [Fact]
  /// Outer iterations done before the first record: above 0 for a fork.
  package let firstIteration: Int
  package let seed: UInt64

  /// - Throws: StoreError for damage, AnalysisError for a run that is not one of meta-training.
  package init(_ id: RunID, in store: Store) throws {
    run = try store.run(id)
    labels = try run.labels()
    facts = try Fact.all(of: run)
    guard case .int64(let first)? = run.identity[IdentityNames.firstIteration]?.values, first.count == 1,
      case .uint64(let seeds)? = run.identity[IdentityNames.seed]?.values, seeds.count == 1
    else {
      throw AnalysisError(
        .malformed, doing: "reading run \(id)", problem: "its identity has no seed or first iteration")
    }
    firstIteration = Int(first[0])
    seed = seeds[0]
  }

  package var id: RunID { run.id }
  /// Its name, or its id where it has none.
  package var label: String { labels.name ?? run.id.text }
  /// The label where it is short enough to stand over a column, else the id.
  var heading: String { label.count <= 20 ? label : run.id.text }
  /// Outer iterations done with the last record.
  package var lastIteration: Int { firstIteration + run.recordCount }

  package func fact(_ key: String) -> Fact? { facts.first { $0.key == key } }

  /// The names of the task families, by index.
  var taskFamilies: [String] {
    guard case .text(let names)? = run.identity[IdentityNames.taskFamilies]?.values else { return [] }
    return names
  }

  /// One word.
  package var status: String { run.status.word }

  /// Rows of a column as numbers; integers beyond 2^53 are rounded.
  func numbers(_ table: String, _ column: String, rows: Range<Int>? = nil) throws -> [Double] {
    guard let numbers = try run.column(table, column, rows: rows).doubles else {
      throw AnalysisError(
        .usage, doing: "comparing \(table)/\(column)", problem: "it holds texts, not numbers")
    }
    return numbers
  }

  /// What decides the run's bits but the seed: runs with the same are repetitions of one experiment.
  var settingKey: String {
    facts.filter { $0.section != .seed && !$0.changesNoBit && !["theta_0", "parent", "best_losses"].contains($0.key) }
      .map { "\($0.key)=\($0.cell.json.compact)" }.joined(separator: "\n")
  }
}
