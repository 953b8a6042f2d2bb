// Making checkpoints, and letting older ones go.

/// A checkpoint's file before it is one: a function of the state alone, so that any thread may gather and make it.
struct CheckpointImage: Sendable {
  let entry: CheckpointEntry
  let bytes: [UInt8]
  /// CPU time that it took to make.
  let cpuSeconds: Double

  /// Throws `usage` for a text with a NUL.
  init(
    _ gather: () throws -> NamedArrays, after iteration: Int, path: String, _ environment: StoreEnvironment,
    doing: String
  ) throws {
    let start = environment.threadCPUSeconds()
    let state = try gather()
    if let array = state.arrays.first(where: { $0.values.holdsNUL }) {
      throw StoreError(.usage, doing: doing, file: path, found: "\(array.name): a text with a NUL")
    }
    let contents = state.digest
    bytes = try Checkpoint.image(state, contents: contents, file: path, doing: doing)
    entry = CheckpointEntry(
      iteration: iteration, name: CheckpointEntry.name(after: iteration), bytes: bytes.count,
      sha256: Digest.of(bytes), contents: contents)
    cpuSeconds = environment.threadCPUSeconds() - start
  }
}

extension RunWriter {
  /// Writes a checkpoint down: the run's state after the iteration that was committed last. On the disk when this
  /// returns. One that is there already is compared.
  ///
  /// Throws `usage` when `iteration` is not `position`, `differs` when the recorded checkpoint has other bits.
  public func checkpoint(at iteration: Int, _ state: NamedArrays) throws {
    try checkpointInBackground(at: iteration, state)
    try installCheckpoint()
  }

  /// Does the same while the program goes on: another thread evaluates `state` and makes the file's bytes from it, and the
  /// next `commit`, `checkpoint` or `finish` brings them to the disk, waiting if they are not there yet, and throws what
  /// went wrong. Until then the run has the checkpoint before; if the process is killed it goes on from that. A state that
  /// is recorded already is evaluated and compared at once.
  ///
  /// One file at most is in work, which bounds the memory: less than four times the state's bytes.
  public func checkpointInBackground(
    at iteration: Int, _ state: @autoclosure @escaping @Sendable () throws -> NamedArrays
  ) throws {
    let doing = "writing checkpoint \(iteration)"
    try checkIsGoing(doing: doing)
    guard iteration == position else {
      throw usage(doing, expected: "a checkpoint after iteration \(position)", found: "after iteration \(iteration)")
    }
    try installCheckpoint()
    if let recorded = checkpoints.first(where: { $0.iteration == iteration }) {
      let isDamaged = resumption.damagedCheckpoints.contains { $0.checkpoint == recorded }
      let state = try state()
      guard recorded.contents == state.digest else {
        throw try difference(recorded, state, isDamaged: isDamaged, doing: doing)
      }
      if !isDamaged { return }
    }
    let path = folder.path(of: Checkpoint.folderName + "/" + CheckpointEntry.name(after: iteration))
    let work = BackgroundWork { [environment] in
      try CheckpointImage(state, after: iteration, path: path, environment, doing: doing)
    }
    imageInWork = (iteration, work)
  }

  /// Brings the checkpoint whose image is in work to the disk; nothing where there is none. All that touches files is
  /// here, on the writer's thread and at the same places of a run's course, however long the image takes.
  func installCheckpoint() throws {
    guard let (iteration, work) = imageInWork else { return }
    imageInWork = nil
    let doing = "writing checkpoint \(iteration)"
    try whileGoing {
      let image = try work.value()
      backgroundCPUSeconds += image.cpuSeconds
      let checkpointFolder = try folder.folder(Checkpoint.folderName, doing: doing)
      // A checkpoint must never be ahead of the records on the disk.
      try journal.sync(doing: doing)
      try checkpointFolder.replace(image.entry.name, with: image.bytes, doing: doing)
      try append(.checkpoint(image.entry), doing: doing)
      try journal.sync(doing: doing)
      checkpoints = checkpoints.adding(image.entry)
      try dropCheckpoints(doing: doing)
    }
  }

  /// Lets go what the rules do not keep: first the frames that say so, on the disk, then the files.
  func dropCheckpoints(doing: String) throws {
    guard retention != .all else { return }
    let labels: Labels
    do {
      labels = try Labels.read(in: folder, doing: doing)
    } catch let error as StoreError where error.code == .damaged {
      return  // Without the pins nothing may go.
    }
    let plan = retention.plan(checkpoints, pinned: Set(labels.pinned), scores: checkpointScores)
    try drop(plan.filter { !$0.isKept }.map(\.checkpoint), doing: doing)
  }

  func drop(_ entries: [CheckpointEntry], doing: String) throws {
    guard !entries.isEmpty else { return }
    for entry in entries { try append(.dropped(name: entry.name), doing: doing) }
    try journal.sync(doing: doing)
    checkpoints.removeAll { entries.contains($0) }
    let checkpointFolder = try folder.folder(Checkpoint.folderName, doing: doing)
    for entry in entries { try checkpointFolder.removeIfThere(entry.name, doing: doing) }
  }

  /// Names the first array that differs, as far as the recorded file can still be read.
  private func difference(
    _ recorded: CheckpointEntry, _ state: NamedArrays, isDamaged: Bool, doing: String
  ) throws -> StoreError {
    func error(_ array: String, _ row: Int) -> StoreError {
      stop("checkpoint \(recorded.iteration) differs from the recorded one")
      return StoreError(
        .differs(.init(iteration: recorded.iteration, table: "checkpoint", column: array, row: row)), doing: doing,
        file: folder.path(of: Checkpoint.folderName + "/" + recorded.name),
        advice: "the recorded checkpoint stays; look for a change of program, numerics or data since it was made")
    }
    guard !isDamaged else { return error("all", 0) }
    let old = try Checkpoint.load(recorded, in: folder.folder(Checkpoint.folderName, doing: doing), doing: doing)
    for (before, now) in zip(old.arrays, state.arrays) {
      guard before.name == now.name, before.shape == now.shape, before.values.type == now.values.type else {
        return error(now.name, 0)
      }
      if let row = before.values.firstDifference(from: now.values) { return error(now.name, row) }
    }
    return error("all", 0)
  }
}
