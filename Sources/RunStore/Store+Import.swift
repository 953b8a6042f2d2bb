// A run that comes from another store appears as a whole, as a new one does.

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Store {
  /// Makes a run of this store of one that was exported elsewhere, at rest and under its own id. What was said of it comes
  /// along, and the remark; its name only where no other run has it.
  ///
  /// Throws `cannotCreate` when there is a run of that id, `usage` for a `name` that is off or taken.
  public func importRun(_ run: PortableRun, name: String? = nil, remark: String) throws {
    let doing = "importing run \(run.id)"
    try run.check(file: "the run to import", doing: doing)
    let store = try makeFolder(doing: doing)
    try store.exclusively(doing: doing) {
      try removeLeftovers(in: store, doing: doing)
      guard !store.mayHave(run.id.text) else {
        // It may be what a process imported that ended before its name was on the disk.
        try store.sync(doing: doing)
        throw StoreError(
          .cannotCreate(errno: EEXIST), doing: doing, file: store.path(of: run.id.text), expected: "no run of this id",
          found: "one", advice: "remove it first, or import into another store")
      }
      var labels = try labels(of: run, in: store, doing: doing)
      if let name {
        try check(name, isFreeIn: store, doing: doing)
        labels.name = name
      }
      labels.notes.append(.init(secondsSince1970: environment.secondsSince1970(), text: remark))
      if let problem = labels.problem {
        throw StoreError(.usage, doing: doing, file: store.path, found: problem)
      }
      for parent in run.description.lineage { try pin(parent, in: store) }
      try fill(run, labels, in: store, doing: doing)
    }
  }

  private func labels(of run: PortableRun, in store: Folder, doing: String) throws -> Labels {
    var labels = run.labels
    let kept = Set(run.checkpoints.map(\.iteration))
    labels.pinned = Set(labels.pinned).intersection(kept).sorted()
    if let name = labels.name {
      do {
        try check(name, isFreeIn: store, doing: doing)
      } catch let error as StoreError where error.code == .usage {
        labels.name = nil
      }
    }
    return labels
  }

  private func fill(_ run: PortableRun, _ labels: Labels, in store: Folder, doing: String) throws {
    do {
      let folder = try store.makeFolder(Self.newName, doing: doing)
      let lock = try RunLock(folder, environment, doing: doing)
      try withExtendedLifetime(lock) {
        let checkpoints = try writeCheckpoints(of: run, in: folder, doing: doing)
        try writeFiles(of: run, checkpoints, labels, in: folder, doing: doing)
        try folder.sync(doing: doing)
        try store.rename(Self.newName, to: run.id.text, doing: doing)
        try store.sync(doing: doing)
      }
    } catch {
      // As with a new run.
      do { try store.removeTree(Self.newName, doing: doing) } catch {}
      throw error
    }
  }

  private func writeCheckpoints(
    of run: PortableRun, in folder: Folder, doing: String
  ) throws -> [CheckpointEntry] {
    let checkpoints = try folder.makeFolder(Checkpoint.folderName, doing: doing)
    let entries = try run.checkpoints.map { checkpoint in
      let path = checkpoints.path(of: CheckpointEntry.name(after: checkpoint.iteration))
      let image = try CheckpointImage(
        { checkpoint.state }, after: checkpoint.iteration, path: path, environment, doing: doing)
      try checkpoints.create(image.entry.name, image.bytes, doing: doing)
      return image.entry
    }
    try checkpoints.sync(doing: doing)
    return entries
  }

  /// All but the checkpoints. The journal begins anew with the first resumption, so its numbers do too.
  private func writeFiles(
    of run: PortableRun, _ checkpoints: [CheckpointEntry], _ labels: Labels, in folder: Folder, doing: String
  ) throws {
    var digest = RecordsDigest(run.description.tables)
    digest.update(run.columns, records: run.recordCount)
    let header = SnapshotHeader(
      id: run.id.text, description: run.description, creator: environment.creator, recordCount: run.recordCount,
      coveredSequence: 0, epoch: 1, journal: 0, isSealed: true, events: run.events, checkpoints: checkpoints,
      recordsDigest: digest.value, identityDigest: run.description.identity.digest)
    let image = try Snapshot.image(
      header, columns: run.columns, digest: digest, file: folder.path(of: Snapshot.fileName), doing: doing)
    try folder.create(Snapshot.fileName, image, doing: doing)
    try folder.create(Labels.fileName, try labels.encoded(), doing: doing)
  }
}

extension Folder {
  /// A new file, on the disk but for its name.
  func create(_ name: String, _ bytes: [UInt8], doing: String) throws {
    let file = try open(name, .createNew, doing: doing)
    try file.write(bytes, at: 0, doing: doing)
    try file.sync(doing: doing)
  }
}
