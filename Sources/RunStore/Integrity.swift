// Every checksum of a run, checked, and what is wrong said in one list.

/// What a full check of a run found.
public struct IntegrityReport: Sendable {
  /// What was checked, in the order it was.
  public var checked: [String] = []
  /// What is wrong; empty when all is as it was written.
  public var problems: [StoreError] = []
  /// Whether all is as it was written.
  public var isWhole: Bool { problems.isEmpty }
}

extension Store {
  /// Reads every byte of a run and checks it against every checksum and digest. Writes nothing, and goes on after
  /// damage to find the rest.
  ///
  /// Throws only when there is no such run or the system refuses to read.
  public func check(_ id: RunID) throws -> IntegrityReport {
    let doing = "checking run \(id)"
    let folder = try folder(of: id, doing: doing)
    var report = IntegrityReport()
    try report.note("labels") { _ = try Labels.read(in: folder, doing: doing) }
    do {
      let run = try Run(id, in: folder, doing: doing)
      // A large file was opened without reading all of it.
      let file = try folder.openPart(Snapshot.fileName, doing: doing)
      _ = try Seal.opened(file.readAll(doing: doing), file: file.path, doing: doing)
      report.checked.append("seal and identity of run.h5, frames of \(run.contents.journals.count) journals")
      try report.check(run, doing: doing)
    } catch let error as StoreError where error.code.isDamage {
      report.problems.append(error)
      try report.lookInto(folder, doing: doing)
    }
    return report
  }
}

extension IntegrityReport {
  fileprivate mutating func note(_ what: String, _ body: () throws -> Void) throws {
    do {
      try body()
      checked.append(what)
    } catch let error as StoreError where error.code.isDamage {
      problems.append(error)
    }
  }

  fileprivate mutating func check(_ run: Run, doing: String) throws {
    let contents = run.contents
    var digest = RecordsDigest(contents.tables)
    try note("\(contents.header.recordCount) published records") {
      digest.update(try contents.snapshot.allColumns(doing: doing), records: contents.header.recordCount)
      try Self.compare(digest, contents, doing: doing)
    }
    let folder = try run.folder.folder(Checkpoint.folderName, doing: doing)
    for entry in contents.checkpoints {
      try note("checkpoint \(entry.iteration)") {
        let arrays = try Checkpoint.load(entry, in: folder, doing: doing)
        guard arrays.digest == entry.contents else {
          throw StoreError(
            .damaged, doing: doing, file: folder.path(of: entry.name), expected: "arrays with \(entry.contents)",
            found: "\(arrays.digest)")
        }
      }
    }
    if case .running = run.status { return }
    for entry in try folder.list(doing: doing) {
      let iteration = Int(entry.name.prefix { $0 != "." }) ?? 0
      guard iteration > contents.recordCount, CheckpointEntry.name(after: iteration) == entry.name else { continue }
      problems.append(
        StoreError(
          .damaged, doing: doing, file: folder.path(of: entry.name), expected: "at least \(iteration) records",
          found: "\(contents.recordCount)", advice: "the journal has lost its end"))
    }
  }

  private static func compare(_ digest: RecordsDigest, _ contents: RunContents, doing: String) throws {
    for (table, schema) in contents.tables.enumerated() where schema.isScientific {
      for (index, column) in schema.columns.enumerated() {
        let stored = try contents.snapshot.storedDigest(table, index, doing: doing)
        let found = digest.column(table, index).hex
        guard stored == found else {
          throw StoreError(
            .damaged, doing: doing, file: contents.snapshot.path, dataset: "/run/\(schema.name)/\(column.name)",
            expected: "SHA-256 \(stored)", found: found)
        }
      }
    }
    guard digest.value == contents.header.recordsDigest else {
      throw StoreError(
        .damaged, doing: doing, file: contents.snapshot.path, dataset: "/run@records_sha256",
        expected: "\(contents.header.recordsDigest)", found: "\(digest.value)")
    }
  }

  /// Says of a damaged run.h5 which datasets are not what was written: each has checksums of its own.
  fileprivate mutating func lookInto(_ folder: Folder, doing: String) throws {
    guard let file = try folder.openIfPresent(Snapshot.fileName, doing: doing) else { return }
    let bytes = try file.readAll(doing: doing)
    guard bytes.count > Seal.byteCount else { return }
    try note("the inside of run.h5") {
      let snapshot = try SnapshotReader(image: Array(bytes.dropLast(Seal.byteCount)), path: file.path, doing: doing)
      for (table, schema) in snapshot.header.description.tables.enumerated() {
        for column in schema.columns.indices {
          let rows = 0..<snapshot.header.recordCount * schema.rowsPerRecord
          _ = try snapshot.values(table, column, rows: rows, doing: doing)
        }
      }
    }
  }
}

extension StoreError.Code {
  /// Whether the code speaks of files that are not what was written, rather than of the call or the system.
  var isDamage: Bool {
    switch self {
    case .damaged, .notFound, .newerSchema: true
    default: false
    }
  }
}
