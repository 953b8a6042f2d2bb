internal import Dispatch
internal import RunSchema
package import RunStore
internal import Synchronization

/// A run as comparisons see it: who it is, what could make it differ, and its columns, read when asked for.
package struct ComparedRun: Sendable {
  package let run: Run
  package let labels: Labels
  /// In order of suspicion.
  package let facts: [Fact]
  /// Outer iterations done before the first record: above 0 for a fork.
  package let firstIteration: Int
  package let seed: UInt64

  /// Records that are looked at: all, or those up to the moment that was named.
  package let recordCount: Int
  private let isCut: Bool
  /// Of all records; nil where not all are looked at.
  package let recordsDigest: Digest?

  /// - Parameter iteration: the outer iteration after which nothing is looked at; nil for the run's last.
  /// - Throws: StoreError for damage, AnalysisError for a run that is not one of meta-training or has no such iteration.
  package init(_ id: RunID, in store: Store, through iteration: Int? = nil) throws {
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
    let own = (iteration ?? firstIteration + run.recordCount) - firstIteration
    guard (0...run.recordCount).contains(own) else {
      throw AnalysisError(
        .notFound, doing: "looking for \(id)@\(iteration ?? 0)",
        problem: "the run has outer iterations \(firstIteration) to \(firstIteration + run.recordCount)")
    }
    recordCount = own
    isCut = iteration != nil
    recordsDigest = isCut ? nil : try run.recordsDigest()
  }

  /// Opens runs on several threads, which share the reading and the checks of their bytes.
  package static func all(_ runs: [(id: RunID, through: Int?)], in store: Store) throws -> [ComparedRun] {
    let opened = Mutex<[Int: Result<ComparedRun, any Error>]>([:])
    DispatchQueue.concurrentPerform(iterations: runs.count) { index in
      let result = Result { try ComparedRun(runs[index].id, in: store, through: runs[index].through) }
      opened.withLock { $0[index] = result }
    }
    let results = opened.withLock { $0 }
    return try runs.indices.compactMap { try results[$0]?.get() }
  }

  package var id: RunID { run.id }
  /// Its name, or its id where it has none; with the moment up to which it is looked at, where one was named.
  package var label: String { (labels.name ?? run.id.text) + (isCut ? "@\(lastIteration)" : "") }
  /// The label where it is short enough to stand over a column, else the id.
  var heading: String { label.count <= 20 ? label : run.id.text + (isCut ? "@\(lastIteration)" : "") }
  /// Outer iterations done with the last record.
  package var lastIteration: Int { firstIteration + recordCount }
  /// States stored up to there.
  var checkpoints: [CheckpointEntry] {
    isCut ? run.checkpoints.filter { $0.iteration <= recordCount } : run.checkpoints
  }

  /// Whether the records of another are the same, bit for bit, in number too.
  func hasSameRecords(as other: ComparedRun) throws -> Bool {
    guard recordCount == other.recordCount, firstIteration == other.firstIteration else { return false }
    if let recordsDigest, let digest = other.recordsDigest { return recordsDigest == digest }
    return try RecordDifference.first(self, other) == nil
  }

  /// Whether a column is the same in another, for as long as both go; from the digests beside the columns where those say it.
  func hasSameColumn(_ table: String, _ column: String, as other: ComparedRun) throws -> Bool {
    if let mine = try run.columnDigest(table, column), mine == (try other.run.columnDigest(table, column)),
      firstIteration == other.firstIteration
    {
      return true
    }
    let common = RecordDifference.common(self, other)
    func values(_ run: ComparedRun) throws -> ArrayValues {
      let rows = run.rowsPerRecord(table)
      let start = (common.lowerBound - run.firstIteration - 1) * rows
      return try run.run.column(table, column, rows: start..<start + common.count * rows)
    }
    return try values(self) == values(other)
  }

  func rowsPerRecord(_ table: String) -> Int { run.tables.first { $0.name == table }?.rowsPerRecord ?? 1 }

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
    let rows = rows ?? 0..<recordCount * rowsPerRecord(table)
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

  /// For the comment of a table.
  package var provenance: String {
    let digest = recordsDigest.map { ", records_sha256 \($0.hex)" } ?? ""
    return "run \(id.text) (\(label)): outer iterations \(firstIteration + 1) to \(lastIteration)\(digest)"
  }
}
