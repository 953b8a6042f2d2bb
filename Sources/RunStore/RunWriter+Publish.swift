// Publishing: all records so far as one HDF5 file in place of the last.

/// When the next publication is worth its time.
struct PublicationClock {
  /// When the last one ended.
  var end: Double
  /// How long it took; before the first a guess, which keeps short runs from publishing at all before their end.
  var duration = 0.05

  init(now: Double) { end = now }

  /// Of the run's time at most a 400th, for commits and checkpoints come on top; and either there is a tenth more to publish,
  /// so that all publications together cost no more than a few times the last, or a minute has passed.
  func isDue(now: Double, published: Int, pending: Int) -> Bool {
    let waited = now - end
    guard pending > 0, waited >= 400 * duration else { return false }
    return pending >= max(64, published / 10) || waited >= 60
  }
}

/// How a program leaves a run.
public enum RunEnd: Equatable, Sendable {
  /// It reached its end.
  case finished
  /// It was stopped on purpose and can be resumed.
  case interrupted
  /// It stopped because of an error, in these words.
  case failed(String)
}

extension RunWriter {
  /// Publishes when there is enough to publish and the last time is long enough ago.
  public func publishIfDue() throws {
    let now = environment.monotonicSeconds()
    if publication.isDue(now: now, published: publishedCount, pending: pending.count) { try publish() }
  }

  /// Writes run.h5 anew with all records so far, and begins a new journal. A checkpoint in work stays in work; its frame
  /// will be in the new journal.
  public func publish() throws {
    let doing = "publishing run \(id)"
    try checkIsGoing(doing: doing)
    let start = environment.monotonicSeconds()
    try whileGoing {
      try writeSnapshot(isSealed: false, doing: doing)
      let next = try JournalWriter(
        beginning: journalNumber + 1, of: id, in: folder, sequence: journal.nextSequence, epoch: journal.epoch,
        doing: doing)
      journal = next
      journalNumber += 1
      try removeJournals(before: journalNumber, doing: doing)
    }
    publication.end = environment.monotonicSeconds()
    publication.duration = publication.end - start
  }

  /// Ends the run: run.h5 then holds all there is, there is no journal, and the lock is given back.
  public func finish(_ end: RunEnd) throws {
    let doing = "ending run \(id)"
    try checkIsGoing(doing: doing)
    let (kind, message): (RunEvent.Kind, String) =
      switch end {
      case .finished: (.finished, "")
      case .interrupted: (.interrupted, "")
      case .failed(let words): (.failed, words.filter { $0 != "\0" })
      }
    try installCheckpoint()
    try note(RunEvent(kind, recordCount: recordCount, message: message, in: environment), doing: doing)
    // A kill between a new checkpoint and the going of older ones leaves these; here at the latest they go.
    try whileGoing { try dropCheckpoints(doing: doing) }
    try seal(doing: doing)
    stop("the run was ended")
    releaseLock()
  }

  /// Publishes and leaves no journal.
  func seal(doing: String) throws {
    try whileGoing {
      try writeSnapshot(isSealed: true, doing: doing)
      try removeJournals(before: journalNumber + 1, doing: doing)
    }
  }

  /// What run.h5 covers must be in the journal, on the disk, before: a snapshot is never ahead of it.
  private func writeSnapshot(isSealed: Bool, doing: String) throws {
    try journal.sync(doing: doing)
    let file = try folder.openPart(Snapshot.fileName, doing: doing)
    let published = try SnapshotReader(sealed: file.readAll(doing: doing), path: file.path, doing: doing)
    var columns = try published.allColumns(doing: doing)
    for record in pending {
      for table in columns.indices {
        for column in columns[table].indices { columns[table][column].append(record.tables[table][column]) }
      }
    }
    let header = SnapshotHeader(
      id: id.text, description: description, creator: environment.creator, recordCount: recordCount,
      coveredSequence: journal.nextSequence - 1, epoch: journal.epoch, journal: journalNumber, isSealed: isSealed,
      events: events, checkpoints: checkpoints, recordsDigest: digest.value,
      identityDigest: published.header.identityDigest)
    let image = try Snapshot.image(header, columns: columns, digest: digest, file: file.path, doing: doing)
    try folder.replace(Snapshot.fileName, with: image, doing: doing)
    publishedCount = recordCount
    pending = []
  }

  private func removeJournals(before number: Int, doing: String) throws {
    for entry in try folder.list(doing: doing) {
      if let found = JournalFile.number(of: entry.name), found < number { try folder.remove(entry.name, doing: doing) }
    }
  }
}
