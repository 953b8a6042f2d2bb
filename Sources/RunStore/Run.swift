// A run to read.

/// A run as its files say at one moment. Takes no lock and writes nothing; make another to see what came since.
public struct Run: Sendable {
  /// The run's id.
  public let id: RunID
  /// Who the run is: the client's schema, identity, tables, durability, lineage.
  public let description: RunDescription
  /// The program that wrote run.h5 last.
  public let creator: String
  /// What became of it.
  public let status: RunStatus
  /// The number of records.
  public let recordCount: Int
  /// The number of records that run.h5 holds; the rest is in the journal.
  public let publishedRecordCount: Int
  /// What happened to it, oldest first.
  public let events: [RunEvent]
  /// The checkpoints that are kept, oldest first.
  public let checkpoints: [CheckpointEntry]
  let contents: RunContents
  let folder: Folder

  init(_ id: RunID, in folder: Folder, doing: String) throws {
    self.id = id
    self.folder = folder
    // Asked first: a run that ends in between is then "running" rather than "died".
    let holder = try LockHolder.current(in: folder, doing: doing)
    contents = try RunContents(folder, id: id, doing: doing)
    description = contents.header.description
    creator = contents.header.creator
    status =
      holder.map { .running(pid: $0.pid, host: $0.host) } ?? contents.events.last?.statusAtRest ?? .died
    recordCount = contents.recordCount
    publishedRecordCount = contents.header.recordCount
    events = contents.events
    checkpoints = contents.checkpoints
  }

  /// Everything that says who the run is.
  public var identity: NamedArrays { description.identity }

  /// The tables that each record adds rows to.
  public var tables: [TableSchema] { description.tables }

  /// The run's labels as they are now.
  public func labels() throws -> Labels { try Labels.read(in: folder, doing: "reading the labels of run \(id)") }

  /// The path of the run's folder.
  public var path: String { folder.path }

  /// The path of the store that the run lies in.
  public var storePath: String { String(folder.path.dropLast(id.text.utf8.count + 1)) }

  /// Rows of a column, all unless said otherwise. Of run.h5 only the parts that hold them are decoded.
  ///
  /// Throws `notFound` for a column that is not there, `usage` for rows that are not.
  public func column(_ table: String, _ column: String, rows: Range<Int>? = nil) throws -> ArrayValues {
    let doing = "reading \(table)/\(column)"
    guard let tableIndex = tables.firstIndex(where: { $0.name == table }),
      let index = tables[tableIndex].columns.firstIndex(where: { $0.name == column })
    else {
      let known = tables.flatMap { schema in schema.columns.map { schema.name + "/" + $0.name } }
      throw StoreError(
        .notFound, doing: doing, file: folder.path, expected: "one of " + known.joined(separator: ", "))
    }
    let all = 0..<recordCount * tables[tableIndex].rowsPerRecord
    let rows = rows ?? all
    guard rows.lowerBound >= 0, rows.upperBound <= all.upperBound else {
      throw StoreError(.usage, doing: doing, file: folder.path, expected: "rows of \(all)", found: "\(rows)")
    }
    return try contents.values(tableIndex, index, rows: rows, doing: doing)
  }

  /// Records of a range of iterations, which start at 1.
  public func records(_ iterations: Range<Int>) throws -> [Record] {
    let doing = "reading records"
    guard iterations.lowerBound >= 1, iterations.upperBound <= recordCount + 1 else {
      throw StoreError(
        .usage, doing: doing, file: folder.path, expected: "iterations of 1..<\(recordCount + 1)",
        found: "\(iterations)")
    }
    return try contents.records(iterations, doing: doing)
  }

  /// The last record; nil before the first.
  public func lastRecord() throws -> Record? {
    recordCount == 0 ? nil : try records(recordCount..<recordCount + 1).first
  }

  /// The arrays of a checkpoint, after its size and digest were checked.
  public func loadCheckpoint(_ entry: CheckpointEntry) throws -> NamedArrays {
    let doing = "reading checkpoint \(entry.iteration)"
    return try Checkpoint.load(entry, in: folder.folder(Checkpoint.folderName, doing: doing), doing: doing)
  }

  /// The digest over the scientific columns of all records.
  public func recordsDigest() throws -> Digest {
    if contents.tail.isEmpty { return contents.header.recordsDigest }
    return try contents.recordsDigest(doing: "computing the digest of the records").value
  }

  /// The digest over the values of a scientific column, as it stands beside them; nil while a part of them is still in
  /// the journal, and for a column that has none.
  public func columnDigest(_ table: String, _ column: String) throws -> Digest? {
    guard contents.tail.isEmpty, let tableIndex = tables.firstIndex(where: { $0.name == table }),
      tables[tableIndex].isScientific,
      let index = tables[tableIndex].columns.firstIndex(where: { $0.name == column })
    else { return nil }
    return Digest(hex: try contents.snapshot.storedDigest(tableIndex, index, doing: "reading \(table)/\(column)"))
  }

  /// The digest of the identity.
  public var identityDigest: Digest { contents.header.identityDigest }
}
