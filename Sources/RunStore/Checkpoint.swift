// A checkpoint: named arrays in an HDF5 file whose bytes depend on nothing else.

import HDF5

enum Checkpoint {
  static let folderName = "checkpoints"
  private static let schema = "runs/checkpoint"
  /// 2: arrays may lie packed. In files of version 1 each is a dataset of its own.
  private static let version: Int64 = 2

  /// The file's bytes: the same arrays are the same bytes, whoever writes them, when and in which run. Not compressed:
  /// states are as good as noise, of which deflate saves a tenth at a hundred times the cost of a write.
  static func image(_ arrays: NamedArrays, contents: Digest, file: String, doing: String) throws -> [UInt8] {
    try withHDF5(file, doing: doing) {
      let new = try NewFile(named: file)
      try new.root.setAttribute("NX_class", "NXroot")
      try new.root.setAttribute("schema", schema)
      try new.root.setAttribute("schema_version", version)
      try new.root.setAttribute("contents_sha256", contents.hex)
      try new.root.write(arrays)
      return try new.finish()
    }
  }

  /// The arrays in a file's bytes; their digest is checked against the one beside them.
  static func arrays(image: [UInt8], file: String, doing: String) throws -> NamedArrays {
    try withHDF5(file, doing: doing) {
      let root = try File.open(image: image, named: file).root
      guard try root.textAttribute("schema") == schema else {
        throw ArrayFileError(dataset: "/", expected: "schema \(schema)", found: try root.textAttribute("schema"))
      }
      let found = try root.attribute("schema_version", Int64.self)
      guard found <= version else {
        throw StoreError(
          .newerSchema(found: Int(found), known: Int(version)), doing: doing, file: file,
          advice: "update this program")
      }
      let arrays = try root.arrays()
      let stored = try root.textAttribute("contents_sha256")
      let digest = arrays.digest
      guard digest.hex == stored else {
        throw ArrayFileError(dataset: "/", expected: "arrays with the digest \(stored)", found: digest.hex)
      }
      return arrays
    }
  }

  /// The arrays of a checkpoint of a run, whose size and digest are checked before HDF5 sees a byte.
  static func load(_ entry: CheckpointEntry, in folder: Folder, doing: String) throws -> NamedArrays {
    let bytes = try bytes(of: entry, in: folder, doing: doing)
    return try arrays(image: bytes, file: folder.path(of: entry.name), doing: doing)
  }

  /// The bytes of a checkpoint's file, which are those that were written.
  static func bytes(of entry: CheckpointEntry, in folder: Folder, doing: String) throws -> [UInt8] {
    let file = try folder.openPart(entry.name, doing: doing)
    let size = try file.status(doing: doing).size
    func damage(_ expected: String, _ found: String) -> StoreError {
      StoreError(
        .damaged, doing: doing, file: file.path, expected: expected, found: found,
        advice: "use an earlier checkpoint; resuming the run does so by itself")
    }
    guard size == entry.bytes else { throw damage("\(entry.bytes) bytes", "\(size)") }
    let bytes = try file.readAll(doing: doing)
    let digest = Digest.of(bytes)
    guard digest == entry.sha256 else { throw damage("SHA-256 \(entry.sha256)", "\(digest)") }
    return bytes
  }
}
