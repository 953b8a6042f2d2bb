import RunStore

/// What makes harmed bytes look whole, so that what lies behind the checksums is tried too. Written from
/// Docs/file-format.md, not from the store's code.
package enum Reseal {
  /// A run.h5 whose seal fits what is before it.
  package static func snapshot(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.count > 48 else { return bytes }
    let image = Array(bytes.dropLast(48))
    var sealed = image + Array("RUNSEAL1".utf8)
    withUnsafeBytes(of: UInt64(image.count).littleEndian) { sealed += $0 }
    return sealed + Digest.of(image).bytes
  }

  /// A journal whose frames, as far as their lengths lead, have the right checksums.
  package static func journal(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    var start = 0
    while start + 24 <= bytes.count {
      let length = (0..<4).reduce(0) { $0 | Int(bytes[start + 4 + $1]) << (8 * $1) }
      let end = start + 24 + length
      guard end <= bytes.count else { break }
      let checksum = crc(Array(bytes[start..<start + 8] + bytes[start + 12..<end]))
      for index in 0..<4 { bytes[start + 8 + index] = UInt8(truncatingIfNeeded: checksum >> UInt32(8 * index)) }
      start = end
    }
    return bytes
  }

  /// A catalogue whose checksum fits.
  package static func catalogue(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.count > 4 else { return bytes }
    let contents = Array(bytes.dropLast(4))
    let checksum = crc(contents)
    return contents + (0..<4).map { UInt8(truncatingIfNeeded: checksum >> UInt32(8 * $0)) }
  }

  /// CRC-32C bit by bit.
  private static func crc(_ bytes: [UInt8]) -> UInt32 {
    var crc: UInt32 = ~0
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82f6_3b78 : crc >> 1 }
    }
    return ~crc
  }
}
