// The one writer of a run.

/// The one writer of a run: holds its lock until it is ended or dropped. Not for several threads at once.
///
/// A step of a run is `commit`, from time to time followed by `checkpoint` or `checkpointInBackground`, and, when the
/// program has a moment, `publishIfDue`. After any error but `usage` the writer has stopped: what was acknowledged is safe, and resuming the
/// run goes on from there.
public final class RunWriter {
  /// The run's id.
  public let id: RunID
  /// Who the run is.
  public let description: RunDescription
  /// What the writer found when it opened the run.
  public let resumption: Resumption
  /// Which checkpoints are kept when a new one is made; all, unless set.
  public var retention = Retention.all
  /// A score of checkpoints by their iteration, the lowest best: for rules that keep the best.
  public var checkpointScores: [Int: Double] = [:]

  /// The number of committed records.
  public internal(set) var recordCount: Int
  /// The iteration of the record that was committed or computed again last.
  public internal(set) var position: Int
  /// The checkpoints that are kept, oldest first.
  public internal(set) var checkpoints: [CheckpointEntry]
  /// What happened to the run, oldest first.
  public internal(set) var events: [RunEvent]

  /// CPU time that other threads took to make checkpoints.
  package internal(set) var backgroundCPUSeconds = 0.0

  let folder: Folder
  let environment: StoreEnvironment
  var journal: JournalWriter
  var journalNumber: Int
  var publishedCount: Int
  /// The records behind those published.
  var pending: [Record]
  var digest: RecordsDigest
  var lastSync: Double
  var publication: PublicationClock
  /// Recorded iterations that are being computed again.
  var replay: Replay
  /// The checkpoint that another thread makes, touching no file; to be brought to the disk at the next commit.
  var imageInWork: (iteration: Int, work: BackgroundWork<CheckpointImage>)?
  private var lock: RunLock?
  private var stopReason: String?

  init(
    id: RunID, contents: RunContents, resumption: Resumption, digest: RecordsDigest, folder: Folder, lock: RunLock,
    journal: JournalWriter, journalNumber: Int, environment: StoreEnvironment
  ) {
    self.id = id
    description = contents.header.description
    self.resumption = resumption
    recordCount = contents.recordCount
    position = resumption.iteration
    checkpoints = contents.checkpoints
    events = contents.events
    self.folder = folder
    self.environment = environment
    self.journal = journal
    self.journalNumber = journalNumber
    publishedCount = contents.header.recordCount
    pending = contents.tail
    self.digest = digest
    lastSync = environment.monotonicSeconds()
    publication = PublicationClock(now: lastSync)
    replay = Replay(contents)
    self.lock = lock
    if position >= recordCount { replay.end() }
  }

  /// The digest over the scientific columns of all committed records.
  public var recordsDigest: Digest { digest.value }

  /// Writes a record down. When this returns it is on the disk, as the run's durability says; a record that is there
  /// already is compared instead. A checkpoint in work comes to the disk before it.
  ///
  /// Throws `usage` for a record that does not fit the tables or is not the next, `differs` when an iteration computed
  /// again has other bits in a scientific table than the recorded one.
  public func commit(_ record: Record) throws {
    let doing = "committing record \(record.iteration)"
    try checkIsGoing(doing: doing)
    guard record.iteration == position + 1 else {
      throw usage(doing, expected: "record \(position + 1)", found: "record \(record.iteration)")
    }
    if let problem = record.problem(with: description.tables) { throw usage(doing, found: problem) }
    // Before the record, so that its frame stands where that of a checkpoint that was waited for stands.
    try installCheckpoint()
    if record.iteration <= recordCount {
      try compare(record, doing: doing)
    } else {
      try whileGoing {
        try append(.record(iteration: record.iteration, values: record.journalBytes[...]), doing: doing)
        try syncIfDue(doing: doing)
      }
      pending.append(record)
      digest.update(record.tables, records: 1)
      recordCount += 1
    }
    position = record.iteration
  }

  /// Writes a frame of the journal.
  func append(_ entry: JournalEntry, doing: String) throws {
    try journal.append(entry.kind, entry.payload, doing: doing)
  }

  private func compare(_ record: Record, doing: String) throws {
    let recorded = try replay.record(record.iteration, doing: doing)
    if let difference = recorded.firstDifference(from: record, description.tables) {
      let error = StoreError(
        .differs(difference), doing: doing, file: folder.path,
        advice: "the recorded value stays; look for a change of program, numerics or data since it was recorded")
      stopReason = error.description
      throw error
    }
    if record.iteration == recordCount { replay.end() }
  }

  private func syncIfDue(doing: String) throws {
    switch description.durability {
    case .each: try journal.sync(doing: doing)
    case .interval(let seconds):
      let now = environment.monotonicSeconds()
      guard now - lastSync >= seconds else { return }
      try journal.sync(doing: doing)
      lastSync = now
    case .none: break
    }
  }
}

// Stopping.
extension RunWriter {
  /// Refuses to go on after an error.
  func checkIsGoing(doing: String) throws {
    guard let stopReason else { return }
    throw StoreError(
      .stopped, doing: doing, file: folder.path, underlying: stopReason,
      advice: "what was committed is safe; resume the run to go on")
  }

  /// Does something that must succeed for the writer to go on.
  func whileGoing<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch {
      stopReason = "\(error)"
      throw error
    }
  }

  /// Takes no more calls.
  func stop(_ reason: String) { stopReason = reason }

  /// Lets others write the run.
  func releaseLock() { lock = nil }

  func usage(_ doing: String, expected: String? = nil, found: String) -> StoreError {
    StoreError(.usage, doing: doing, file: folder.path, expected: expected, found: found)
  }
}

/// Recorded iterations behind a checkpoint, read in blocks while they are computed again.
struct Replay {
  private var contents: RunContents?
  private var block: [Record] = []

  init(_ contents: RunContents) { self.contents = contents }

  /// The recorded iteration.
  mutating func record(_ iteration: Int, doing: String) throws -> Record {
    if let first = block.first?.iteration, block.indices.contains(iteration - first) { return block[iteration - first] }
    guard let contents else { preconditionFailure("iteration \(iteration) is no recorded one") }
    block = try contents.records(iteration..<min(iteration + 256, contents.recordCount + 1), doing: doing)
    return block[0]
  }

  /// Gives back the memory.
  mutating func end() {
    contents = nil
    block = []
  }
}
