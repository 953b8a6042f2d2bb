import CZlib

/// Members of a zip archive held in memory, stored or deflated, as NumPy's .npz files have them (PKWARE, APPNOTE 6.3).
/// No encryption, no archive over several files, none that needs 64-bit sizes.
struct Zip {
  struct Member {
    let name: String
    /// As the central directory says.
    let packedSize: Int
    let size: Int
    let checksum: UInt32
    let isDeflated: Bool
    /// Where its own header begins.
    let offset: Int
  }

  private static let memberLimit = 10_000
  private static let endSize = 22

  let members: [Member]
  private let bytes: [UInt8]
  private let action: String
  private let file: String

  init(_ bytes: [UInt8], action: String, file: String) throws(DataSetError) {
    (self.bytes, self.action, self.file) = (bytes, action, file)
    let (directory, count, end) = try Self.directory(of: bytes, action: action, file: file)
    var cursor = ByteCursor(bytes, from: directory, to: end, action: action, file: file)
    var members: [Member] = []
    for _ in 0..<count { members.append(try Self.member(&cursor)) }
    self.members = members
  }

  /// Where the central directory begins and ends, and how many members it lists.
  private static func directory(
    of bytes: [UInt8], action: String, file: String
  ) throws(DataSetError) -> (start: Int, count: Int, end: Int) {
    // A comment of up to 65,535 bytes may stand behind the record that ends an archive.
    let last = bytes.count - endSize
    let first = max(0, last - 65_535)
    let found =
      last < 0
      ? nil
      : stride(from: last, through: first, by: -1).first {
        bytes[$0..<$0 + 4].elementsEqual([0x50, 0x4B, 5, 6])
      }
    guard let found else {
      throw DataSetError(
        .malformed, action, file: file, offset: bytes.count, expected: "a zip archive's end", found: "none")
    }
    var cursor = ByteCursor(bytes, from: found + 4, action: action, file: file)
    let disks: UInt32 = try cursor.little("disk numbers")
    _ = try cursor.take(2, "a count")
    let count = Int(try cursor.little("a count") as UInt16)
    let size = Int(try cursor.little("a size") as UInt32)
    let start = Int(try cursor.little("an offset") as UInt32)
    guard disks == 0, count <= memberLimit, start <= found, size <= found - start else {
      throw cursor.error(
        .unsupported, at: found, expected: "one archive below 4 GiB with at most \(memberLimit) members",
        found: "\(count) members, \(size) bytes at \(start)")
    }
    return (start, count, start + size)
  }

  private static func member(_ cursor: inout ByteCursor) throws(DataSetError) -> Member {
    let place = cursor.offset
    guard try cursor.take(4, "a member's entry").elementsEqual([0x50, 0x4B, 1, 2]) else {
      throw cursor.error(at: place, expected: "a member's entry", found: "something else")
    }
    _ = try cursor.take(4, "versions")
    let flags: UInt16 = try cursor.little("flags")
    let method: UInt16 = try cursor.little("a method")
    _ = try cursor.take(4, "a time")
    let checksum: UInt32 = try cursor.little("a checksum")
    let packedSize = Int(try cursor.little("a size") as UInt32)
    let size = Int(try cursor.little("a size") as UInt32)
    let nameLength = Int(try cursor.little("a length") as UInt16)
    let extraLength = Int(try cursor.little("a length") as UInt16)
    let commentLength = Int(try cursor.little("a length") as UInt16)
    _ = try cursor.take(8, "attributes")
    let offset = Int(try cursor.little("an offset") as UInt32)
    let name = String(decoding: try cursor.take(nameLength, "a name"), as: UTF8.self)
    _ = try cursor.take(extraLength + commentLength, "further fields")
    guard flags & 1 == 0, method == 0 || method == 8, packedSize < UInt32.max, size <= InputLimits.fileBytes else {
      throw cursor.error(
        .unsupported, at: place, expected: "a stored or deflated member of at most \(InputLimits.fileBytes) bytes",
        found: "method \(method), \(size) bytes")
    }
    return Member(
      name: name, packedSize: packedSize, size: size, checksum: checksum, isDeflated: method == 8, offset: offset)
  }

  /// A member's content, whose size and checksum hold.
  func content(of member: Member) throws(DataSetError) -> [UInt8] {
    func damaged(_ expected: String, _ found: String) -> DataSetError {
      DataSetError(
        .badCompression, action, file: file, offset: member.offset, expected: "\(member.name): \(expected)",
        found: found)
    }
    guard member.offset <= bytes.count else { throw damaged("a header", "the end of the file") }
    var cursor = ByteCursor(bytes, from: member.offset, action: action, file: file)
    guard try cursor.take(4, "a member's header").elementsEqual([0x50, 0x4B, 3, 4]) else {
      throw damaged("a member's header", "something else")
    }
    _ = try cursor.take(22, "a member's header")
    let nameLength = Int(try cursor.little("a length") as UInt16)
    let extraLength = Int(try cursor.little("a length") as UInt16)
    _ = try cursor.take(nameLength + extraLength, "a name")
    let packed = try cursor.take(member.packedSize, "a member's content")
    guard member.isDeflated || member.size == member.packedSize, member.size <= member.packedSize * 1032 else {
      throw damaged("\(member.packedSize) bytes packed from as many or up to 1,032 times more", "\(member.size)")
    }
    let content = member.isDeflated ? try inflate(packed, member, damaged) : Array(packed)
    let checksum = content.withUnsafeBufferPointer { buffer in
      UInt32(truncatingIfNeeded: crc32_z(0, buffer.baseAddress, buffer.count))
    }
    guard checksum == member.checksum || content.isEmpty else {
      throw damaged("the checksum \(member.checksum)", "\(checksum)")
    }
    return content
  }

  private func inflate(
    _ packed: ArraySlice<UInt8>, _ member: Member, _ damaged: (String, String) -> DataSetError
  ) throws(DataSetError) -> [UInt8] {
    var status = Z_OK
    let content = [UInt8](unsafeUninitializedCapacity: member.size) { buffer, count in
      (status, count) = packed.withUnsafeBufferPointer { inflateAll($0, .none, into: buffer) }
    }
    guard status == Z_STREAM_END, content.count == member.size else {
      throw damaged("\(member.size) bytes", "zlib's status \(status) after \(content.count)")
    }
    return content
  }
}
