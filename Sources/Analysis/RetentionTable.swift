internal import RunSchema
package import RunStore

/// What rules keep of the checkpoints of runs, and what goes, with the reasons.
package struct RetentionTable: Sendable {
  package struct Entry: Sendable {
    package let run: RunID
    package let name: String?
    package let verdict: RetentionVerdict
    /// Outer iterations that the run's start had behind it.
    package let firstIteration: Int
  }

  package private(set) var entries: [Entry] = []

  package init() {}

  package mutating func add(_ verdicts: [RetentionVerdict], of run: RunOverview) {
    entries += verdicts.map {
      Entry(run: run.id, name: run.labels.name, verdict: $0, firstIteration: run.firstIteration ?? 0)
    }
  }

  package var going: [Entry] { entries.filter { !$0.verdict.isKept } }
  package var bytesGoing: Int { going.reduce(0) { $0 + $1.verdict.checkpoint.bytes } }

  package var table: Table {
    var table = Table(columns: [
      .init("run"), .init("name"), .init("iteration", alignment: .right), .init("bytes", alignment: .right),
      .init("verdict"), .init("why"),
    ])
    for entry in entries {
      let verdict = entry.verdict
      table.append([
        .text(entry.run.text), Cell(entry.name), .integer(entry.firstIteration + verdict.checkpoint.iteration),
        .integer(verdict.checkpoint.bytes), .text(verdict.isKept ? "kept" : "goes"),
        .text(verdict.isKept ? verdict.reasons.joined(separator: ", ") : "no rule keeps it"),
      ])
    }
    return table
  }

  /// The smoothed outer loss at each record of a run, by which the best checkpoints are known.
  package static func scores(of run: Run) throws -> [Int: Double] {
    var smoothed = SmoothedLoss()
    var scores: [Int: Double] = [:]
    for (index, loss) in (try run.column("records", "outer_loss").doubles ?? []).enumerated() {
      smoothed.add(loss)
      scores[index + 1] = smoothed.value ?? .nan
    }
    return scores
  }
}

/// Bytes as people say them: "512 bytes", "12.3 kB", "1.2 GB", powers of ten.
package func words(forBytes count: Int) -> String { words(forBytes: Double(count)) }

func words(forBytes count: Double) -> String {
  if count.rounded() < 1_000 { return counted(Int(count.rounded()), "byte") }
  var (value, unit) = (count / 1_000, 0)
  let units = ["kB", "MB", "GB", "TB"]
  while value >= 999.95, unit < units.count - 1 { (value, unit) = (value / 1_000, unit + 1) }
  return Decimal(value).rounded(places: 1) + " " + units[unit]
}
