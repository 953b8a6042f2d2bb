// All that is known of a run from its files: the snapshot, and the frames of the journal that it does not cover.

/// A journal file as read.
struct JournalFile {
  var number: Int
  var name: String
  var scan: JournalScan

  static func name(_ number: Int) -> String {
    let digits = String(number)
    return "journal-" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }

  /// The number in a journal's name; nil for other names.
  static func number(of name: String) -> Int? {
    guard name.hasPrefix("journal-"), let number = Int(name.dropFirst(8)), Self.name(number) == name else { return nil }
    return number
  }
}

/// A run as its files say, put together without writing anything.
struct RunContents {
  let snapshot: SnapshotReader
  /// The journals in their order.
  private(set) var journals: [JournalFile] = []
  /// The records behind those of the snapshot.
  private(set) var tail: [Record] = []
  private(set) var events: [RunEvent]
  /// By iteration.
  private(set) var checkpoints: [CheckpointEntry]
  /// The last sequence used.
  private(set) var lastSequence: UInt64
  private(set) var epoch: UInt16

  var header: SnapshotHeader { snapshot.header }
  var tables: [TableSchema] { snapshot.header.description.tables }
  var recordCount: Int { snapshot.header.recordCount + tail.count }

  /// Bytes of a write that was cut off, behind the last frame.
  var tornBytes: Int {
    if case .torn(let bytes) = journals.last?.scan.tail { return bytes }
    return 0
  }

  /// Reads a run's folder. While a writer publishes, files come and go: what was read is kept only if the names and
  /// run.h5 were the same before and after.
  init(_ folder: Folder, id: RunID, doing: String) throws {
    for _ in 0..<100 {
      let before = try Sighting(folder, doing: doing)
      do {
        let journals = try before.journals.map { number in
          let name = JournalFile.name(number)
          let bytes = try folder.open(name, .read, doing: doing).readAll(doing: doing)
          return JournalFile(number: number, name: name, scan: JournalScan(bytes))
        }
        let file = try folder.openPart(Snapshot.fileName, doing: doing)
        guard try Sighting(folder, doing: doing) == before else { continue }
        let snapshot = try SnapshotReader(file, doing: doing)
        try self.init(snapshot, journals, id: id, folder, doing: doing)
        return
      } catch let error as StoreError where error.code == .notFound {
        // A journal that was covered in between, unless nothing has changed.
        if try Sighting(folder, doing: doing) == before { throw error }
      }
    }
    throw StoreError(
      .io(errno: 0), doing: doing, file: folder.path, expected: "files that stand still for a moment",
      found: "a hundred changes", advice: "try again")
  }

  /// What is in a run's folder at one moment.
  private struct Sighting: Equatable {
    var journals: [Int]
    var run: FileStatus

    init(_ folder: Folder, doing: String) throws {
      journals = try folder.list(doing: doing).compactMap { JournalFile.number(of: $0.name) }.sorted()
      run = try folder.openPart(Snapshot.fileName, doing: doing).status(doing: doing)
    }
  }

  private init(
    _ snapshot: SnapshotReader, _ journals: [JournalFile], id: RunID, _ folder: Folder, doing: String
  ) throws {
    self.snapshot = snapshot
    events = snapshot.header.events
    checkpoints = snapshot.header.checkpoints
    lastSequence = snapshot.header.coveredSequence
    epoch = snapshot.header.epoch
    guard snapshot.header.id == id.text else {
      throw StoreError(
        .damaged, doing: doing, file: snapshot.path, dataset: "/run@id", expected: id.text, found: snapshot.header.id,
        advice: "a run's folder bears the run's id; give it that name again")
    }
    try add(journals, id: id, folder, doing: doing)
  }
}

// Putting the journal behind the snapshot.
extension RunContents {
  private mutating func add(_ journals: [JournalFile], id: RunID, _ folder: Folder, doing: String) throws {
    let covered = header.coveredSequence
    guard !journals.isEmpty || header.isSealed else {
      throw StoreError(
        .damaged, doing: doing, file: folder.path(of: JournalFile.name(header.journal)),
        expected: "the journal behind record \(header.recordCount)", found: "no file",
        advice: "records and checkpoints up to \(header.recordCount) are whole in run.h5")
    }
    var last: UInt64?
    for (index, journal) in journals.enumerated() {
      let path = folder.path(of: journal.name)
      try check(journal, isLast: index == journals.count - 1, follows: last, id: id, path: path, doing: doing)
      for frame in journal.scan.frames {
        last = frame.sequence
        if frame.sequence > covered { try add(frame, path: path, doing: doing) }
      }
    }
    self.journals = journals
    if let last, last < covered {
      throw StoreError(
        .damaged, doing: doing, file: folder.path(of: journals.last!.name), offset: journals.last!.scan.end,
        expected: "frames up to \(covered), which run.h5 covers", found: "the last is \(last)",
        advice: "the journal was cut; records up to \(header.recordCount) are whole in run.h5")
    }
  }

  private func check(
    _ journal: JournalFile, isLast: Bool, follows last: UInt64?, id: RunID, path: String, doing: String
  ) throws {
    func damage(_ offset: Int, expected: String, found: String) -> StoreError {
      StoreError(
        .damaged, doing: doing, file: path, offset: offset, expected: expected, found: found,
        advice: "what lies before that byte is whole; the checkpoints are not touched by this")
    }
    switch journal.scan.tail {
    case .none: break
    case .damaged(let offset, let words): throw damage(offset, expected: "a whole frame", found: words)
    case .torn where isLast && !journal.scan.frames.isEmpty: break
    case .torn(let bytes):
      throw damage(journal.scan.end, expected: "a whole frame", found: "\(bytes) bytes that are none")
    }
    guard let first = journal.scan.frames.first else { throw damage(0, expected: "a frame", found: "an empty file") }
    guard let entry = decoded(first), case .opened(let version, let run, let number) = entry else {
      throw damage(0, expected: "the frame that opens a journal", found: "another")
    }
    guard version <= JournalEntry.version else {
      throw StoreError(
        .newerSchema(found: version, known: JournalEntry.version), doing: doing, file: path,
        advice: "update this program")
    }
    guard run == id.text, number == journal.number else {
      throw damage(0, expected: "journal \(journal.number) of \(id)", found: "journal \(number) of \(run)")
    }
    if let last, first.sequence != last + 1 {
      throw damage(0, expected: "frame \(last + 1)", found: "frame \(first.sequence)")
    }
    if last == nil, first.sequence > header.coveredSequence + 1 {
      throw damage(
        0, expected: "frame \(header.coveredSequence + 1), the next behind run.h5", found: "frame \(first.sequence)")
    }
  }

  private func decoded(_ frame: Frame) -> JournalEntry? {
    do { return try JournalEntry(frame) } catch { return nil }
  }

  private mutating func add(_ frame: Frame, path: String, doing: String) throws {
    func damage(expected: String, found: String) -> StoreError {
      StoreError(
        .damaged, doing: doing, file: path, offset: frame.offset, expected: expected, found: found,
        advice: "what lies before that byte is whole")
    }
    guard let entry = decoded(frame) else { throw damage(expected: "an entry of ours", found: "type \(frame.kind)") }
    switch entry {
    case .opened: break
    case .event(let event): events.append(event)
    case .checkpoint(let entry): checkpoints = checkpoints.adding(entry)
    case .dropped(let name): checkpoints.removeAll { $0.name == name }
    case .record(let iteration, let values):
      guard iteration == recordCount + 1 else {
        throw damage(expected: "record \(recordCount + 1)", found: "record \(iteration)")
      }
      do {
        tail.append(try Record(iteration: iteration, journalBytes: values, tables))
      } catch {
        throw damage(expected: "the columns of the run's tables", found: "other bytes")
      }
    }
    lastSequence = frame.sequence
    epoch = max(epoch, frame.epoch)
  }
}

extension [CheckpointEntry] {
  /// The entries with one more, in place of an earlier one of the same iteration.
  func adding(_ entry: CheckpointEntry) -> [CheckpointEntry] {
    var entries = filter { $0.iteration != entry.iteration }
    let place = entries.firstIndex { $0.iteration > entry.iteration } ?? entries.endIndex
    entries.insert(entry, at: place)
    return entries
  }
}

// Records, wherever they are.
extension RunContents {
  /// Rows of a column over snapshot and journal.
  func values(_ table: Int, _ column: Int, rows: Range<Int>, doing: String) throws -> ArrayValues {
    let perRecord = tables[table].rowsPerRecord
    let published = header.recordCount * perRecord
    let early = min(rows.lowerBound, published)..<min(rows.upperBound, published)
    var values = try snapshot.values(table, column, rows: early, doing: doing)
    guard rows.upperBound > published else { return values }
    let late = max(rows.lowerBound, published) - published..<rows.upperBound - published
    var record = late.lowerBound / perRecord
    while record * perRecord < late.upperBound {
      let start = record * perRecord
      let part = max(late.lowerBound - start, 0)..<min(late.upperBound - start, perRecord)
      values.append(tail[record].tables[table][column][part])
      record += 1
    }
    return values
  }

  /// Records of a range of iterations, each from 1 to `recordCount`.
  func records(_ iterations: Range<Int>, doing: String) throws -> [Record] {
    if iterations.isEmpty { return [] }
    let columns = try tables.enumerated().map { table, schema in
      let perRecord = schema.rowsPerRecord
      let rows = (iterations.lowerBound - 1) * perRecord..<(iterations.upperBound - 1) * perRecord
      return try schema.columns.indices.map { try values(table, $0, rows: rows, doing: doing) }
    }
    return iterations.map { iteration in
      let index = iteration - iterations.lowerBound
      return Record(
        iteration: iteration,
        tables: tables.enumerated().map { table, schema in
          columns[table].map { $0[index * schema.rowsPerRecord..<(index + 1) * schema.rowsPerRecord] }
        })
    }
  }

  /// The digest over the scientific columns of all records.
  func recordsDigest(doing: String) throws -> RecordsDigest {
    var digest = RecordsDigest(tables)
    digest.update(try snapshot.allColumns(doing: doing), records: header.recordCount)
    for record in tail { digest.update(record.tables, records: 1) }
    return digest
  }
}
