package import RunSchema
package import RunStore

/// What is whole in a run's files, what is not, and what `resume` would do with them.
package struct RunHealth: Sendable {
  package let id: RunID
  package let report: IntegrityReport
  /// In words.
  package let status: String
  /// What `resume` would do, in words.
  package let resumption: String
  /// The outer iteration of the newest checkpoint that is what was written; nil without one.
  package let newestIntact: Int?
  /// For the comment of a table.
  package let provenance: String

  /// Reads every byte of the run and writes nothing.
  package init(of id: RunID, in store: Store) throws {
    self.id = id
    report = try store.check(id)
    do {
      let run = try store.run(id)
      let first = run.identity.integer(IdentityNames.firstIteration) ?? 0
      let intact = try Self.newestIntact(of: run)
      status = run.status.words
      newestIntact = intact.map { first + $0 }
      resumption = Self.resumption(of: run, from: intact ?? 0, first)
      provenance = RunOverview(run, Labels()).provenance
    } catch let error as StoreError {
      status = "damaged"
      newestIntact = nil
      resumption = "would refuse: \(error)"
      provenance = "run \(id): damaged"
    }
  }

  private static func newestIntact(of run: Run) throws -> Int? {
    for entry in run.checkpoints.reversed() {
      do {
        _ = try run.loadCheckpoint(entry)
        return entry.iteration
      } catch let error as StoreError where error.code == .damaged {
        continue
      } catch let error as StoreError where error.code == .notFound {
        continue
      }
    }
    return nil
  }

  private static func resumption(of run: Run, from position: Int, _ first: Int) -> String {
    if case .running = run.status { return "would refuse while that process writes it" }
    let again = run.recordCount - position
    let start = position == 0 && first == 0 ? "from its start" : "from outer iteration \(first + position)"
    if again == 0 {
      return run.status == .finished
        ? "would go on \(start) when --iterations says how far" : "would go on \(start)"
    }
    return "would go on \(start), compute \(again) recorded iterations again and compare every bit"
  }

  package var card: Card {
    return Card(
      schema: "runs/doctor/1",
      [
        .init(
          "Run \(id)", key: "run",
          .fields([
            .init("id", .text(id.text)), .init("whole", .flag(report.isWhole)), .init("status", .text(status)),
            .init("newest intact checkpoint", Cell(newestIntact), key: "newest_intact_checkpoint"),
            .init("resume", .text(resumption)),
          ])),
        .init(
          "Whole", .lines(report.checked.joined(separator: "\n")),
          json: .array(report.checked.map { .text($0) })),
        .init(
          "Damaged", .lines(report.problems.map(\.description.shown).joined(separator: "\n")),
          json: .array(report.problems.map(\.json))),
      ])
  }
}

extension StoreError {
  /// For programs: what is damaged, where, what was expected.
  package var json: JSONValue {
    [
      "file": .text(file), "dataset": dataset.map { .text($0) } ?? .null,
      "offset": offset.map { .integer($0) } ?? .null,
      "expected": expected.map { .text($0) } ?? .null, "found": found.map { .text($0) } ?? .null,
      "message": .text(description),
    ]
  }
}
