// Checkpoint files outside a run: the same bytes, wherever they lie.

/// Named arrays in a file of their own, in the form of a run's checkpoints: equal arrays are equal bytes.
public enum CheckpointFile {
  /// The bytes of a file that holds these arrays.
  public static func bytes(of arrays: NamedArrays) throws -> [UInt8] {
    try Checkpoint.image(arrays, contents: arrays.digest, file: "the file to write", doing: "writing arrays")
  }

  /// The arrays in a file, whose digest is checked against the one beside them.
  public static func arrays(at path: String, fileSystem: any FileSystem = SystemFileSystem()) throws -> NamedArrays {
    let doing = "reading the checkpoint file \(path)"
    let parts = path.split(separator: "/", omittingEmptySubsequences: true)
    guard let name = parts.last else {
      throw StoreError(.notFound, doing: doing, file: path, expected: "a file", found: "none")
    }
    let folder = String(path.dropLast(name.count))
    let file = try Folder(fileSystem, path: folder.isEmpty ? "." : folder, doing: doing).open(
      String(name), .read, doing: doing)
    return try Checkpoint.arrays(image: file.readAll(doing: doing), file: path, doing: doing)
  }
}
