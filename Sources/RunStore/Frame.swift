// One entry of a journal as bytes.

/// A frame: magic u32, length of the payload u32, CRC-32C u32 over all other bytes of the frame, type u16, epoch u16,
/// sequence u64, payload; little endian. The payload's first eight bytes are the sequence up to which its writer knew
/// the journal to be on the disk: what is lost behind that was never promised, what is lost before it is damage.
struct Frame: Equatable {
  enum Kind: UInt16 {
    case opened = 1
    case record = 2
    case checkpoint = 3
    case event = 4
    case dropped = 5
  }

  var kind: UInt16
  var epoch: UInt16
  var sequence: UInt64
  var durable: UInt64
  /// The payload behind its first eight bytes.
  var payload: ArraySlice<UInt8>
  /// Where the frame starts in its journal.
  var offset = 0

  static let magic: UInt32 = 0x4652_4e52  // "RNRF"
  static let headerCount = 24
  /// 64 MiB: a longer payload is neither written nor believed.
  static let longestPayload = 1 << 26

  var byteCount: Int { Self.headerCount + 8 + payload.count }

  /// The frame's bytes.
  var encoded: [UInt8] {
    var writer = ByteWriter()
    writer.bytes.reserveCapacity(byteCount)
    writer.append(Self.magic)
    writer.append(UInt32(8 + payload.count))
    writer.append(UInt32(0))
    writer.append(kind)
    writer.append(epoch)
    writer.append(sequence)
    writer.append(durable)
    writer.bytes.append(contentsOf: payload)
    let checksum = Self.checksum(writer.bytes[...])
    withUnsafeBytes(of: checksum.littleEndian) { writer.bytes.replaceSubrange(8..<12, with: $0) }
    return writer.bytes
  }

  /// The frame that starts at an offset; nil when what is there is no whole and unharmed frame.
  init?(in bytes: [UInt8], at offset: Int) {
    guard let length = Self.length(in: bytes, at: offset) else { return nil }
    let end = offset + Self.headerCount + length
    var reader = ByteReader(bytes[(offset + 8)..<end])
    do {
      let stored = try reader.number(UInt32.self)
      guard stored == Self.checksum(bytes[offset..<end]) else { return nil }
      kind = try reader.number()
      epoch = try reader.number()
      sequence = try reader.number()
      durable = try reader.number()
      payload = try reader.take(reader.remaining)
    } catch { return nil }
    self.offset = offset
  }

  init(_ kind: Kind, epoch: UInt16, sequence: UInt64, durable: UInt64, payload: [UInt8]) {
    precondition(payload.count <= Self.longestPayload - 8, "a payload of \(payload.count) bytes")
    self.kind = kind.rawValue
    self.epoch = epoch
    self.sequence = sequence
    self.durable = durable
    self.payload = payload[...]
  }

  /// The payload's length when the magic is there and the length is possible.
  private static func length(in bytes: [UInt8], at offset: Int) -> Int? {
    guard bytes.count - offset >= headerCount + 8 else { return nil }
    let (magic, length) = bytes.withUnsafeBytes {
      (
        UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self)),
        Int(UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self)))
      )
    }
    guard magic == Self.magic, length >= 8, length <= longestPayload,
      length <= bytes.count - offset - headerCount
    else { return nil }
    return length
  }

  private static func checksum(_ frame: ArraySlice<UInt8>) -> UInt32 {
    frame.withUnsafeBytes { bytes in
      var crc = CRC32C()
      crc.update(UnsafeRawBufferPointer(rebasing: bytes[0..<8]))
      crc.update(UnsafeRawBufferPointer(rebasing: bytes[12...]))
      return crc.value
    }
  }
}

extension Frame {
  /// Whether the bytes from an offset to the end are a frame in which one bit was turned. A write that was cut off
  /// does not look like that, so this tells a damaged last frame from a torn one.
  static func isOneBitOff(in bytes: [UInt8], at offset: Int) -> Bool {
    let tail = Array(bytes[offset...])
    guard tail.count >= headerCount + 8, tail.count <= headerCount + longestPayload else { return false }
    var mended = tail
    var flips = 0
    func mend(_ value: UInt32, at place: Int) {
      withUnsafeBytes(of: value.littleEndian) { right in
        for index in 0..<4 {
          flips += (right[index] ^ mended[place + index]).nonzeroBitCount
          mended[place + index] = right[index]
        }
      }
    }
    mend(magic, at: 0)
    mend(UInt32(tail.count - headerCount), at: 4)
    guard flips <= 1 else { return false }
    let stored = mended.withUnsafeBytes { UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt32.self)) }
    let syndrome = checksum(mended[...]) ^ stored
    if flips == 1 { return syndrome == 0 }
    // The checksum is linear: a turned bit changes it by an amount that depends only on its distance from the end.
    return syndrome.nonzeroBitCount == 1 || isOneBitSyndrome(syndrome, byteCount: tail.count - 4)
  }

  private static func isOneBitSyndrome(_ syndrome: UInt32, byteCount: Int) -> Bool {
    // The effect of each bit of the last byte, then of the same bit a byte earlier, and so on.
    var effects = (0..<8).map { bit in difference(of: 1 << UInt8(bit)) }
    for _ in 0..<byteCount {
      if effects.contains(syndrome) { return true }
      for index in 0..<8 { effects[index] = shifted(effects[index]) }
    }
    return false
  }

  private static func difference(of byte: UInt8) -> UInt32 { shifted(UInt32(byte)) }

  /// The register after eight more zero bits.
  private static func shifted(_ register: UInt32) -> UInt32 {
    var register = register
    for _ in 0..<8 { register = register & 1 == 1 ? register >> 1 ^ 0x82f6_3b78 : register >> 1 }
    return register
  }
}
