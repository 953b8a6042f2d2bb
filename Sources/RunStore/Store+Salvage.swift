// Going on with a run whose journal is damaged: on demand only, and nothing is thrown away.

/// What was given up of a run's journal so that the run can go on.
public struct Salvage: Equatable, Sendable {
  /// The journal in which the damage was found.
  public var file: String
  /// The byte before which it is whole.
  public var offset: Int
  /// The records that are whole; those behind them are computed again.
  public var recordCount: Int
  /// The files that hold what was given up, as they were found.
  public var setAside: [String]
}

extension Store {
  /// Gives up what lies behind the first damage in a run's journal, and sets the files aside under names that end in
  /// `.damaged`. The run can be resumed then, from its newest intact checkpoint. Nil when the journal is not damaged.
  ///
  /// Throws `busy` when a process writes the run, `damaged` when run.h5 is, which says who the run is.
  public func giveUpDamagedJournal(of id: RunID) throws -> Salvage? {
    let doing = "giving up what is damaged of run \(id)"
    let folder = try folder(of: id, doing: doing)
    let lock = try RunLock(folder, environment, doing: doing)
    return try withExtendedLifetime(lock) {
      let file = try folder.openPart(Snapshot.fileName, doing: doing)
      let snapshot = try SnapshotReader(sealed: file.readAll(doing: doing), path: file.path, doing: doing)
      do {
        _ = try RunContents(recovering: folder, id: id, doing: doing)
        return nil
      } catch let error as StoreError where error.code == .damaged {
        return try giveUp(JournalParts(folder, id: id, snapshot.header, doing: doing), id, in: folder, doing: doing)
      }
    }
  }

  private func giveUp(
    _ parts: JournalParts, _ id: RunID, in folder: Folder, doing: String
  ) throws -> Salvage {
    // First the copies, on the disk; a killed process leaves the run as damaged as it was.
    var setAside: [String] = []
    for part in parts.bad {
      try folder.replace(part.name + Folder.damagedEnding, with: part.bytes, doing: doing)
      setAside.append(part.name + Folder.damagedEnding)
    }
    for part in parts.bad.dropFirst(parts.keepsStartOfBad ? 1 : 0).reversed() {
      try folder.remove(part.name, doing: doing)
    }
    if parts.keepsStartOfBad, let first = parts.bad.first {
      try folder.replace(first.name, with: Array(first.bytes[..<parts.offset]), doing: doing)
    } else if parts.good.isEmpty {
      _ = try JournalWriter(
        beginning: parts.nextNumber, of: id, in: folder, sequence: parts.header.coveredSequence + 1,
        epoch: parts.header.epoch, doing: doing)
    }
    try folder.sync(doing: doing)
    let contents = try RunContents(folder, id: id, doing: doing)
    setAside += try setAsideCheckpoints(behind: contents.recordCount, in: folder, doing: doing)
    return Salvage(
      file: parts.bad.first?.name ?? JournalFile.name(parts.nextNumber), offset: parts.offset,
      recordCount: contents.recordCount, setAside: setAside)
  }

  /// Checkpoints of iterations whose records are given up: they come out of the computation again.
  private func setAsideCheckpoints(behind recordCount: Int, in folder: Folder, doing: String) throws -> [String] {
    let checkpoints = try folder.folder(Checkpoint.folderName, doing: doing)
    var names: [String] = []
    for entry in try checkpoints.list(doing: doing) where entry.kind == .file {
      guard let iteration = Int(entry.name.prefix { $0 != "." }), iteration > recordCount,
        CheckpointEntry.name(after: iteration) == entry.name
      else { continue }
      try checkpoints.rename(entry.name, to: entry.name + Folder.damagedEnding, doing: doing)
      names.append(Checkpoint.folderName + "/" + entry.name + Folder.damagedEnding)
    }
    try checkpoints.sync(doing: doing)
    return names.sorted()
  }
}

/// A run's journals up to the first damage, and from there on.
private struct JournalParts {
  typealias Part = (name: String, bytes: [UInt8])

  let header: SnapshotHeader
  /// Those that are whole and follow each other.
  private(set) var good: [Part] = []
  /// The first that is not, and all behind it.
  private(set) var bad: [Part] = []
  /// Where the first of them stops being whole.
  private(set) var offset = 0
  /// A number that no journal has.
  let nextNumber: Int
  /// Whether the first bad one has frames that go on from what is before it.
  private(set) var keepsStartOfBad = false

  init(_ folder: Folder, id: RunID, _ header: SnapshotHeader, doing: String) throws {
    self.header = header
    let numbers = try folder.list(doing: doing).compactMap { JournalFile.number(of: $0.name) }.sorted()
    nextNumber = max(numbers.last ?? 0, header.journal) + 1
    var last: UInt64?
    for number in numbers {
      let name = JournalFile.name(number)
      let part = (name, try folder.open(name, .read, doing: doing).readAll(doing: doing))
      let scan = JournalScan(part.1)
      let follows = Self.begins(scan, number, id, after: last, covered: header.coveredSequence)
      if bad.isEmpty, follows, scan.tail == .none {
        good.append(part)
      } else {
        if bad.isEmpty {
          offset = follows ? scan.end : 0
          keepsStartOfBad = follows
        }
        bad.append(part)
      }
      if follows, bad.count <= 1 { last = scan.frames.last?.sequence ?? last }
    }
    // Frames that run.h5 has and the journal has lost: the journal begins anew behind run.h5.
    if (last ?? 0) < header.coveredSequence {
      if bad.isEmpty { offset = good.last?.bytes.count ?? 0 }
      (good, bad, keepsStartOfBad) = ([], good + bad, false)
    }
  }

  private static func begins(
    _ scan: JournalScan, _ number: Int, _ id: RunID, after last: UInt64?, covered: UInt64
  ) -> Bool {
    guard let first = scan.frames.first, let entry = try? JournalEntry(first),
      case .opened(JournalEntry.version, id.text, number) = entry
    else { return false }
    return last.map { first.sequence == $0 + 1 } ?? (first.sequence <= covered + 1)
  }
}

extension Folder {
  /// What was set aside, and is read by nobody.
  static let damagedEnding = ".damaged"
}
