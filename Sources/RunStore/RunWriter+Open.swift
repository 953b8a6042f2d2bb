// Opening a run for writing: the only place where what a crash left is put in order.

/// What a writer found when it opened a run.
public struct Resumption: Sendable {
  /// The newest checkpoint that is what was written; nil when there is none, so that the run begins anew.
  public var checkpoint: CheckpointEntry?
  /// The arrays in it.
  public var state: NamedArrays?
  /// The iteration to go on behind: the checkpoint's, or 0.
  public var iteration: Int { checkpoint?.iteration ?? 0 }
  /// The committed records, of which those behind `iteration` are computed again and compared.
  public var recordCount: Int
  /// How many records are computed again.
  public var recordsToRecompute: Int { recordCount - iteration }
  /// Newer checkpoints that are not what was written, and what is wrong with each.
  public var damagedCheckpoints: [(checkpoint: CheckpointEntry, error: StoreError)]
  /// Bytes of a write that was cut off before it was acknowledged.
  public var tornBytes: Int
  /// The status in which the run was found.
  public var previousStatus: RunStatus?
}

extension Store {
  /// Opens a run for writing, however it stopped. The note goes into the event that says so.
  ///
  /// Throws `busy` when another process writes it, `damaged` when bytes that were acknowledged are no longer there.
  public func resume(_ id: RunID, note: String = "") throws -> RunWriter {
    let doing = "resuming run \(id)"
    let folder = try folder(of: id, doing: doing)
    let lock = try RunLock(folder, environment, doing: doing)
    // The process that made the run may have ended before its name was on the disk.
    try self.folder(doing: doing).sync(doing: doing)
    let contents = try RunContents(recovering: folder, id: id, doing: doing)
    let resumption = try Resumption(contents, in: folder, doing: doing)
    let writer = try RunWriter(
      opening: id, contents, resumption, in: folder, lock: lock, environment, doing: doing)
    let event = RunEvent(
      .resumed, recordCount: contents.recordCount, checkpoint: resumption.checkpoint?.iteration ?? -1,
      message: note, in: environment)
    try writer.note(event, doing: doing)
    return writer
  }
}

extension Resumption {
  init(_ contents: RunContents, in folder: Folder, doing: String) throws {
    recordCount = contents.recordCount
    tornBytes = contents.tornBytes
    previousStatus = contents.events.last?.statusAtRest
    damagedCheckpoints = []
    let checkpoints = try folder.folder(Checkpoint.folderName, doing: doing)
    for entry in contents.checkpoints.reversed() {
      do {
        state = try Checkpoint.load(entry, in: checkpoints, doing: doing)
        checkpoint = entry
        return
      } catch let error as StoreError where error.code == .damaged {
        damagedCheckpoints.append((entry, error))
      }
    }
  }
}

extension RunContents {
  /// Reads a run whose lock is held, removes what interrupted writes left, and refuses what cannot be put in order.
  init(recovering folder: Folder, id: RunID, doing: String) throws {
    let checkpoints = try folder.folder(Checkpoint.folderName, doing: doing)
    try folder.removeAsides(doing: doing)
    try checkpoints.removeAsides(doing: doing)
    try self.init(folder, id: id, doing: doing)
    let unnamed = try unnamedCheckpoints(in: checkpoints, doing: doing)
    try bringJournalToTheDisk(in: folder, doing: doing)
    // Nothing may be written into a file whose name an earlier process gave it and did not bring to the disk.
    try folder.sync(doing: doing)
    for name in unnamed { try checkpoints.remove(name, doing: doing) }
    try removeCoveredJournals(in: folder, doing: doing)
  }

  /// Checkpoints to remove: one whose frame was not written yet will be made again, one that was let go is to go. One that
  /// is ahead of the records shows that the journal has lost its end, which a cut file alone would not.
  private func unnamedCheckpoints(in folder: Folder, doing: String) throws -> [String] {
    let named = Set(checkpoints.map(\.name))
    var unnamed: [String] = []
    for entry in try folder.list(doing: doing) where entry.kind == .file && !named.contains(entry.name) {
      guard let iteration = Int(entry.name.prefix { $0 != "." }), CheckpointEntry.name(after: iteration) == entry.name
      else { continue }
      guard iteration <= recordCount else {
        throw StoreError(
          .damaged, doing: doing, file: folder.path(of: entry.name), expected: "at least \(iteration) records",
          found: "\(recordCount)",
          advice: "the journal has lost its end; bring back the file, or move this checkpoint away to go on without")
      }
      unnamed.append(entry.name)
    }
    if let last = checkpoints.last, last.iteration > recordCount {
      throw StoreError(
        .damaged, doing: doing, file: folder.path(of: last.name), expected: "at least \(last.iteration) records",
        found: "\(recordCount)")
    }
    return unnamed
  }

  /// Cuts a torn tail, and brings what an earlier process wrote to the disk: what is done from here on follows from it. After
  /// a failed sync the system may take bytes for clean that never reached it: only writing them again helps.
  private func bringJournalToTheDisk(in folder: Folder, doing: String) throws {
    guard let journal = journals.last else { return }
    let file = try folder.open(journal.name, .update, doing: doing)
    if tornBytes > 0 { try file.truncate(to: journal.scan.end, doing: doing) }
    try file.write(file.read(0..<journal.scan.end, doing: doing), at: 0, doing: doing)
    try file.sync(doing: doing)
  }

  private func removeCoveredJournals(in folder: Folder, doing: String) throws {
    for journal in journals.dropLast() where journal.scan.frames.last!.sequence <= header.coveredSequence {
      try folder.remove(journal.name, doing: doing)
    }
  }
}

extension RunWriter {
  /// Opens a run whose files are in order.
  convenience init(
    opening id: RunID, _ contents: RunContents, _ resumption: Resumption, in folder: Folder, lock: RunLock,
    _ environment: StoreEnvironment, doing: String
  ) throws {
    guard contents.epoch < UInt16.max else {
      throw StoreError(
        .usage, doing: doing, file: folder.path, found: "\(UInt16.max) resumptions", advice: "fork the run")
    }
    let epoch = contents.epoch + 1
    let journal: JournalWriter
    let number: Int
    if let last = contents.journals.last,
      !contents.header.isSealed || contents.lastSequence > contents.header.coveredSequence
    {
      number = last.number
      let file = try folder.open(last.name, .update, doing: doing)
      journal = JournalWriter(file, end: last.scan.end, nextSequence: contents.lastSequence + 1, epoch: epoch)
    } else {
      number = max(contents.header.journal, contents.journals.last?.number ?? 0) + 1
      journal = try JournalWriter(
        beginning: number, of: id, in: folder, sequence: contents.lastSequence + 1, epoch: epoch, doing: doing)
      for old in contents.journals where old.number < number { try folder.removeIfThere(old.name, doing: doing) }
    }
    self.init(
      id: id, contents: contents, resumption: resumption, digest: try contents.recordsDigest(doing: doing),
      folder: folder, lock: lock, journal: journal, journalNumber: number, environment: environment)
  }

  /// Opens a run that was made a moment ago.
  convenience init(
    created id: RunID, in folder: Folder, lock: RunLock, _ environment: StoreEnvironment, doing: String
  ) throws {
    let contents = try RunContents(folder, id: id, doing: doing)
    let resumption = Resumption(
      checkpoint: nil, state: nil, recordCount: 0, damagedCheckpoints: [], tornBytes: 0, previousStatus: nil)
    let journal = contents.journals[0]
    let file = try folder.open(journal.name, .update, doing: doing)
    self.init(
      id: id, contents: contents, resumption: resumption, digest: RecordsDigest(contents.tables), folder: folder,
      lock: lock,
      journal: JournalWriter(file, end: journal.scan.end, nextSequence: contents.lastSequence + 1, epoch: 1),
      journalNumber: journal.number, environment: environment)
  }

  /// Writes an event down, on the disk when this returns.
  func note(_ event: RunEvent, doing: String) throws {
    try whileGoing {
      try append(.event(event), doing: doing)
      try journal.sync(doing: doing)
    }
    events.append(event)
  }
}

extension JournalWriter {
  /// Begins a journal: it appears with its first frame, on the disk.
  init(
    beginning number: Int, of id: RunID, in folder: Folder, sequence: UInt64, epoch: UInt16, doing: String
  ) throws {
    let opening = JournalEntry.opened(version: JournalEntry.version, run: id.text, number: number)
    let frame = Frame(opening.kind, epoch: epoch, sequence: sequence, durable: sequence - 1, payload: opening.payload)
    let bytes = frame.encoded
    let name = JournalFile.name(number)
    try folder.replace(name, with: bytes, doing: doing)
    let file = try folder.open(name, .update, doing: doing)
    self.init(file, end: bytes.count, nextSequence: sequence + 1, epoch: epoch)
  }
}

extension Folder {
  func removeIfThere(_ name: String, doing: String) throws {
    do {
      try remove(name, doing: doing)
    } catch let error as StoreError where error.code == .notFound {}
  }
}
