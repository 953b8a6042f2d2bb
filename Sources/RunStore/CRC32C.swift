// CRC-32C (Castagnoli polynomial, reflected 0x82F63B78): the checksum of a journal's frames.

/// A CRC-32C in the making.
struct CRC32C {
  private var register: UInt32 = ~0

  /// The checksum of all that was taken in.
  var value: UInt32 { ~register }

  /// Takes in more bytes, eight at a time by eight tables.
  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    var crc = register
    var offset = 0
    Self.tables.withUnsafeBufferPointer { tables in
      let table = tables.baseAddress!
      while offset &+ 8 <= bytes.count {
        let word = UInt64(littleEndian: start.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) ^ UInt64(crc)
        crc = 0
        var lane = 0
        while lane < 8 {
          crc ^= table[(7 &- lane) &* 256 &+ Int(word &>> (8 &* UInt64(lane)) & 255)]
          lane &+= 1
        }
        offset &+= 8
      }
      while offset < bytes.count {
        let byte = start.load(fromByteOffset: offset, as: UInt8.self)
        crc = crc &>> 8 ^ table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)]
        offset &+= 1
      }
    }
    register = crc
  }

  /// Table k holds the checksum of a byte followed by k zeros.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var crc = UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82f6_3b78 : crc >> 1 }
      tables[byte] = crc
    }
    for index in 256..<tables.count {
      let before = tables[index - 256]
      tables[index] = before >> 8 ^ tables[Int(before & 255)]
    }
    return tables
  }()
}
