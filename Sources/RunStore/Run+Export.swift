// A run as one file that stands on its own.

import HDF5

extension Run {
  /// The bytes of a sealed HDF5 file with all that run.h5 says, the records that are still in the journal among them, and
  /// the newest checkpoint that is what was written, as the group `checkpoints/NUMBER` with the digest of its arrays.
  public func portableFile() throws -> [UInt8] {
    let doing = "exporting run \(id)"
    let digest = try contents.recordsDigest(doing: doing)
    var columns = try contents.snapshot.allColumns(doing: doing)
    for record in contents.tail {
      for table in columns.indices {
        for column in columns[table].indices { columns[table][column].append(record.tables[table][column]) }
      }
    }
    let newest = try newestWholeCheckpoint()
    var header = contents.header
    header.recordCount = recordCount
    header.coveredSequence = contents.lastSequence
    header.epoch = contents.epoch
    header.isSealed = true
    header.events = events
    header.checkpoints = newest.map { [$0.entry] } ?? []
    header.recordsDigest = digest.value
    return try withHDF5("the file to export", doing: doing) {
      let new = try NewFile(named: "the file to export")
      try Snapshot.write(header, columns: columns, digest: digest, in: new.root)
      let group = try new.root.group("checkpoints")
      try group.setAttribute("NX_class", "NXcollection")
      if let newest {
        let checkpoint = try group.group(String(newest.entry.iteration))
        try checkpoint.setAttribute("NX_class", "NXcollection")
        try checkpoint.setAttribute("iteration", Int64(newest.entry.iteration))
        try checkpoint.setAttribute("contents_sha256", newest.entry.contents.hex)
        // A dataset an array, for whoever opens it.
        try checkpoint.write(NamedArrays(newest.arrays.arrays))
      }
      return Seal.sealed(try new.finish())
    }
  }

  private func newestWholeCheckpoint() throws -> (entry: CheckpointEntry, arrays: NamedArrays)? {
    for entry in checkpoints.reversed() {
      do {
        return (entry, try loadCheckpoint(entry))
      } catch let error as StoreError where error.code == .damaged {
        continue  // an earlier one will do
      }
    }
    return nil
  }
}
