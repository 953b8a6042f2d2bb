// A run between two stores: all that a file which `export` wrote says of it.

/// A run as a value, on its way from one store to another. Nothing in it is believed: `check` says whether it is a run.
public struct PortableRun: Sendable {
  /// A state of the run.
  public struct StoredState: Sendable {
    /// The iteration it was made after; 0 before the first.
    public let iteration: Int
    /// Its arrays.
    public let state: NamedArrays
    /// Their digest, as the file says.
    let contents: Digest
  }

  /// The run's id, which it keeps.
  public let id: RunID
  /// The program that wrote it.
  public let creator: String
  /// Who the run is.
  public let description: RunDescription
  /// The number of records.
  public let recordCount: Int
  /// All rows of all columns of all tables.
  public let columns: [[ArrayValues]]
  /// What happened to it, oldest first.
  public let events: [RunEvent]
  /// By iteration.
  public let checkpoints: [StoredState]
  /// What people said of it.
  public let labels: Labels
  /// As the file says.
  let identityDigest: Digest
  let recordsDigest: Digest
}

extension PortableRun {
  /// Looks whether all of it fits together, whoever made it: names, counts, types and every digest.
  ///
  /// Throws `damaged` with the place in the file, which is only named.
  func check(file: String, doing: String) throws {
    guard let problem = problemOfHead ?? problemOfRecords ?? problemOfCheckpoints else { return }
    throw StoreError(
      .damaged, doing: doing, file: file, dataset: problem.place, expected: problem.expected, found: problem.found,
      advice: "nothing of it was taken in; export the run anew")
  }

  private typealias Problem = (place: String, expected: String, found: String)

  /// Seconds since 1970 up to the year 10000, as calendars show them.
  private static let times = 0..<253_402_300_800.0

  private var problemOfHead: Problem? {
    if let words = description.problem { return ("/run", "a run's description", words) }
    if let words = labels.problem { return ("/labels", "labels", words) }
    if let note = labels.notes.first(where: { !Self.times.contains($0.secondsSince1970) }) {
      return ("/labels/notes/time", "a time before the year 10000", "\(note.secondsSince1970) s")
    }
    if creator.utf8.contains(0) { return ("/@creator", "a text", "a NUL") }
    if case .interval(let seconds) = description.durability, !seconds.isFinite {
      return ("/run@durability_seconds", "a number", "\(seconds)")
    }
    for parent in description.lineage where RunID(parent.run) == nil || parent.iteration < 0 {
      return ("/run/lineage", "a run's id and an iteration", "\(parent.run), \(parent.iteration)")
    }
    for event in events {
      guard (0...recordCount).contains(event.recordCount), (-1...recordCount).contains(event.checkpoint),
        Self.times.contains(event.secondsSince1970), !event.host.utf8.contains(0), !event.message.utf8.contains(0)
      else { return ("/run/events", "an event of a run with \(recordCount) records", "another") }
    }
    let digest = description.identity.digest
    guard digest == identityDigest else { return ("/run/identity", "SHA-256 \(identityDigest)", "\(digest)") }
    return nil
  }

  private var problemOfRecords: Problem? {
    guard recordCount >= 0 else { return ("/run@record_count", "a count", "\(recordCount)") }
    guard columns.count == description.tables.count else { return ("/run", "columns for each table", "others") }
    for (schema, columns) in zip(description.tables, columns) {
      let (rows, overflow) = recordCount.multipliedReportingOverflow(by: schema.rowsPerRecord)
      guard !overflow, columns.count == schema.columns.count else {
        return ("/run/\(schema.name)", "\(schema.columns.count) columns of \(recordCount) records", "others")
      }
      for (column, values) in zip(schema.columns, columns) {
        let place = "/run/\(schema.name)/\(column.name)"
        guard values.type == column.type, values.count == rows else {
          return (place, "\(rows) values of \(column.type)", "\(values.count) of \(values.type)")
        }
        if values.holdsNUL { return (place, "texts", "a NUL") }
      }
    }
    var digest = RecordsDigest(description.tables)
    digest.update(columns, records: recordCount)
    let found = digest.value
    return found == recordsDigest ? nil : ("/run@records_sha256", "\(recordsDigest)", "\(found)")
  }

  private var problemOfCheckpoints: Problem? {
    var last = -1
    for checkpoint in checkpoints {
      let place = "/checkpoints/\(checkpoint.iteration)"
      guard checkpoint.iteration > last, checkpoint.iteration <= recordCount else {
        return (place, "iterations that rise from 0 to \(recordCount)", "\(checkpoint.iteration) behind \(last)")
      }
      if let array = checkpoint.state.arrays.first(where: { $0.values.holdsNUL }) {
        return (place + "/" + array.name, "texts", "a NUL")
      }
      let digest = checkpoint.state.digest
      guard digest == checkpoint.contents else { return (place, "SHA-256 \(checkpoint.contents)", "\(digest)") }
      last = checkpoint.iteration
    }
    return nil
  }
}
