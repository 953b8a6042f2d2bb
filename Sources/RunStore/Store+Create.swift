// A new run appears as a whole: its folder is filled under another name and renamed.

extension Store {
  /// Makes a run and opens it for writing. The store's folder is made if it is not there.
  ///
  /// Throws `usage` for a description or label that is off or a name that another run has.
  public func create(
    _ description: RunDescription, name: String? = nil, tags: [String] = [], group: String? = nil
  ) throws -> RunWriter {
    let doing = "creating a run"
    let labels = Labels(name: name, group: group, tags: tags)
    if let problem = description.problem ?? labels.problem {
      throw StoreError(.usage, doing: doing, file: path, found: problem)
    }
    let store = try makeFolder(doing: doing)
    return try store.exclusively(doing: doing) {
      try removeLeftovers(in: store, doing: doing)
      if let name { try check(name, isFreeIn: store, doing: doing) }
      let id = try newID(in: store, doing: doing)
      for parent in description.lineage { try pin(parent, in: store) }
      return try fill(id, description, labels, in: store, doing: doing)
    }
  }

  private func newID(in store: Folder, doing: String) throws -> RunID {
    for _ in 0..<1_000 {
      let id = RunID.make(in: environment)
      if !store.mayHave(id.text) { return id }
    }
    throw StoreError(.cannotCreate(errno: 0), doing: doing, file: path, found: "a thousand ids that are all taken")
  }

  /// Marks the checkpoint a run starts from as one to keep; a parent that is elsewhere is left alone.
  func pin(_ parent: Lineage, in store: Folder) throws {
    guard let id = RunID(parent.run), isRun(id, in: store) else { return }
    try editLabels(of: id, in: store) { labels in
      if !labels.pinned.contains(parent.iteration) { labels.pinned = (labels.pinned + [parent.iteration]).sorted() }
    }
  }

  private func fill(
    _ id: RunID, _ description: RunDescription, _ labels: Labels, in store: Folder, doing: String
  ) throws -> RunWriter {
    let lock: RunLock
    do {
      let folder = try store.makeFolder(Self.newName, doing: doing)
      lock = try RunLock(folder, environment, doing: doing)
      try write(id, description, labels, in: folder, doing: doing)
      try store.rename(Self.newName, to: id.text, doing: doing)
      try store.sync(doing: doing)
    } catch {
      // Gives back the room; what cannot be removed now is removed by the next creation.
      do { try store.removeTree(Self.newName, doing: doing) } catch {}
      throw error
    }
    let folder = try store.folder(id.text, doing: doing)
    return try RunWriter(created: id, in: folder, lock: lock, environment, doing: doing)
  }

  /// All files of a run without records, on the disk.
  private func write(
    _ id: RunID, _ description: RunDescription, _ labels: Labels, in folder: Folder, doing: String
  ) throws {
    let header = SnapshotHeader(
      id: id.text, description: description, creator: environment.creator, recordCount: 0, coveredSequence: 0,
      epoch: 1, journal: 1, isSealed: false, events: [RunEvent(.created, recordCount: 0, in: environment)],
      checkpoints: [], recordsDigest: RecordsDigest(description.tables).value,
      identityDigest: description.identity.digest)
    let image = try Snapshot.image(
      header, columns: description.tables.map { $0.columns.map { .empty($0.type) } },
      digest: RecordsDigest(description.tables), file: folder.path(of: Snapshot.fileName), doing: doing)
    let opening = JournalEntry.opened(version: JournalEntry.version, run: id.text, number: 1)
    let frame = Frame(opening.kind, epoch: 1, sequence: 1, durable: 0, payload: opening.payload)
    let contents = [
      (Snapshot.fileName, image), (JournalFile.name(1), frame.encoded), (Labels.fileName, try labels.encoded()),
    ]
    for (name, bytes) in contents { try folder.create(name, bytes, doing: doing) }
    _ = try folder.makeFolder(Checkpoint.folderName, doing: doing)
    try folder.sync(doing: doing)
  }
}
