// A run as one file that stands on its own: written by `export`, read by `import`.

import HDF5

extension Run {
  /// The bytes of a sealed HDF5 file with all that run.h5 says, the records that are still in the journal among them;
  /// the newest checkpoint that is what was written, and the one that the run began with, if any, each as the group
  /// `checkpoints/NUMBER` with the digest of its arrays; and the labels.
  public func portableFile() throws -> [UInt8] {
    let doing = "exporting run \(id)"
    let digest = try contents.recordsDigest(doing: doing)
    let states = try statesToExport()
    let labels = try labels()
    var header = contents.header
    header.recordCount = recordCount
    header.coveredSequence = contents.lastSequence
    header.epoch = contents.epoch
    header.isSealed = true
    header.events = events
    header.checkpoints = states.map(\.entry)
    header.recordsDigest = digest.value
    let columns = try contents.allColumns(doing: doing)
    return try withHDF5("the file to export", doing: doing) {
      let new = try NewFile(named: "the file to export")
      try Snapshot.write(header, columns: columns, digest: digest, in: new.root)
      let group = try new.root.group(Checkpoint.folderName)
      try group.setAttribute("NX_class", "NXcollection")
      for (entry, arrays) in states {
        let checkpoint = try group.group(String(entry.iteration))
        try checkpoint.setAttribute("NX_class", "NXcollection")
        try checkpoint.setAttribute("iteration", Int64(entry.iteration))
        try checkpoint.setAttribute("contents_sha256", entry.contents.hex)
        try checkpoint.write(arrays)
      }
      try new.root.group(Labels.groupName).write(labels)
      return Seal.sealed(try new.finish())
    }
  }

  /// What a run is gone on with, and what it is computed again from.
  private func statesToExport() throws -> [(entry: CheckpointEntry, arrays: NamedArrays)] {
    var states: [(entry: CheckpointEntry, arrays: NamedArrays)] = []
    for entry in checkpoints.reversed() where states.isEmpty || entry.iteration == 0 {
      do {
        states.insert((entry, try loadCheckpoint(entry)), at: 0)
      } catch let error as StoreError where error.code == .damaged {
        continue  // An earlier one will do.
      }
    }
    return states
  }
}

extension RunContents {
  /// All rows of all columns, those of the journal too.
  fileprivate func allColumns(doing: String) throws -> [[ArrayValues]] {
    var columns = try snapshot.allColumns(doing: doing)
    for record in tail {
      for table in columns.indices {
        for column in columns[table].indices { columns[table][column].append(record.tables[table][column]) }
      }
    }
    return columns
  }
}

extension PortableRun {
  /// Reads a file that may be anybody's, from its bytes: its seal, then what may not be in it, then its values.
  ///
  /// libhdf5 has crashed on crafted files: for one from elsewhere this belongs into a process of its own. Throws
  /// `damaged` for all that is not a run as `portableFile` writes it.
  public init(file bytes: [UInt8], named path: String) throws {
    let doing = "reading \(path)"
    let image = try Seal.opened(
      bytes, file: path, advice: "a run is taken from a file that runs export --format h5 wrote, as it was written",
      doing: doing)
    self = try withHDF5(path, doing: doing) {
      let file = try File.open(image: image, named: path)
      try Refusals().check(file)
      return try PortableRun(root: file.root, path: path, doing: doing)
    }
    try check(file: path, doing: doing)
  }

  private init(root: Group, path: String, doing: String) throws {
    let snapshot = try SnapshotReader(root: root, path: path, doing: doing)
    let header = snapshot.header
    guard let id = RunID(header.id) else {
      throw ArrayFileError(dataset: "/run@id", expected: "a run's id", found: header.id.count > 64 ? "more" : header.id)
    }
    for schema in header.description.tables {
      guard schema.rowsPerRecord > 0,
        !header.recordCount.multipliedReportingOverflow(by: schema.rowsPerRecord).overflow
      else {
        throw ArrayFileError(
          dataset: "/run/\(schema.name)", expected: "rows that memory holds", found: "\(schema.rowsPerRecord) a record")
      }
    }
    self.init(
      id: id, creator: header.creator, description: header.description, recordCount: header.recordCount,
      columns: try snapshot.allColumns(doing: doing), events: header.events,
      checkpoints: try root.group(Checkpoint.folderName).portableCheckpoints(),
      labels: try root.contains(Labels.groupName) ? root.group(Labels.groupName).labels() : Labels(),
      identityDigest: header.identityDigest, recordsDigest: header.recordsDigest)
  }
}

extension Group {
  /// By iteration.
  fileprivate func portableCheckpoints() throws -> [PortableRun.StoredState] {
    try children().map { child in
      let group = try group(child.name)
      let iteration = try group.attribute("iteration", Int64.self)
      return PortableRun.StoredState(
        iteration: Int(iteration), state: try group.arrays(), contents: try group.digestAttribute("contents_sha256"))
    }.sorted { $0.iteration < $1.iteration }
  }
}

// Labels in a file that goes from store to store.
extension Labels {
  static let groupName = "labels"
}

extension NewGroup {
  fileprivate func write(_ labels: Labels) throws {
    try setAttribute("NX_class", "NXcollection")
    if let name = labels.name { try setAttribute("name", name) }
    if let group = labels.group { try setAttribute("group", group) }
    _ = try write("tags", .text(labels.tags), shape: [labels.tags.count])
    _ = try write("pinned", .int64(labels.pinned.map(Int64.init)), shape: [labels.pinned.count])
    try writeList(
      "notes",
      [("time", .float64(labels.notes.map(\.secondsSince1970))), ("text", .text(labels.notes.map(\.text)))])
  }
}

extension Group {
  fileprivate func labels() throws -> Labels {
    let notes = try group("notes")
    let times = try notes.dataset("time").read(Double.self)
    let texts = try notes.dataset("text").readTexts()
    guard times.count == texts.count else {
      throw ArrayFileError(dataset: notes.path, expected: "a time for each text", found: "others")
    }
    return Labels(
      name: try hasAttribute("name") ? textAttribute("name") : nil,
      group: try hasAttribute("group") ? textAttribute("group") : nil, tags: try dataset("tags").readTexts(),
      notes: zip(times, texts).map { Labels.Note(secondsSince1970: $0, text: $1) },
      pinned: try dataset("pinned").read(Int64.self).map { Int($0) })
  }
}
