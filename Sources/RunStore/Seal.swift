// The last 48 bytes of run.h5 and of data files: what the file was when it was written, so that damage is noticed before HDF5 reads it.

/// The end of a file: "RUNSEAL1", the number of bytes before it as u64, their SHA-256. HDF5 readers ignore bytes behind
/// the end of the file that its superblock states.
enum Seal {
  static let byteCount = 48
  private static let magic = Array("RUNSEAL1".utf8)
  static let advice =
    "the checkpoints and the journal beside it are not touched by this; check the run to see what is whole"

  static func sealed(_ image: [UInt8]) -> [UInt8] {
    var writer = ByteWriter(bytes: image)
    writer.bytes += magic
    writer.append(UInt64(image.count))
    writer.append(Digest.of(image))
    return writer.bytes
  }

  /// The bytes before the seal, which fits them.
  static func opened(
    _ bytes: [UInt8], file: String, advice: String = advice, doing: String
  ) throws -> [UInt8] {
    func damage(expected: String, found: String) -> StoreError {
      StoreError(.damaged, doing: doing, file: file, expected: expected, found: found, advice: advice)
    }
    let count = bytes.count - byteCount
    guard count >= 0, bytes[count..<count + 8].elementsEqual(magic) else {
      throw damage(expected: "a seal in the last \(byteCount) bytes", found: "\(bytes.count) bytes without one")
    }
    var reader = ByteReader(bytes[(count + 8)...])
    guard try reader.number(UInt64.self) == UInt64(count) else {
      throw damage(expected: "\(count) bytes before the seal", found: "a seal of another number")
    }
    let stored = try reader.digest()
    let image = Array(bytes[..<count])
    let digest = Digest.of(image)
    guard digest == stored else { throw damage(expected: "SHA-256 \(stored)", found: "\(digest)") }
    return image
  }

  /// A sealed file that can be read in parts too: one that is large has their digests before its seal, which covers them.
  static func sealedInParts(_ image: [UInt8]) -> [UInt8] {
    sealed(image.count < PartTable.leastFile ? image : image + PartTable(of: image).encoded)
  }

  /// The table of parts of a large file whose seal stands at its end; nil for a file that is read as a whole.
  static func parts(of file: OpenFile, doing: String) throws -> PartTable? {
    let count = try file.status(doing: doing).size - byteCount
    guard count >= PartTable.leastFile else { return nil }
    let seal = try file.read(count..<count + byteCount, doing: doing)
    var reader = ByteReader(seal[magic.count...])
    guard seal.starts(with: magic), try reader.number(UInt64.self) == UInt64(count) else { return nil }
    return try PartTable(in: file, endingAt: count, doing: doing)
  }
}
