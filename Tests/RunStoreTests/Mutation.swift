// Bytes changed by chance, the same for the same seed.

import RunStore

/// One way of harming bytes.
struct Mutator {
  var chance: SplitMix

  init(seed: UInt64) { chance = SplitMix(state: seed) }

  private static let interesting: [UInt8] = [0, 1, 0x7f, 0x80, 0xff, 0x20, 0x22, 0x2e, 0x2f, 0x7b]

  mutating func below(_ count: Int) -> Int { count == 0 ? 0 : Int(chance.next() % UInt64(count)) }

  /// Bytes with one to eight changes.
  mutating func mutant(of bytes: [UInt8]) -> [UInt8] {
    var mutant = bytes
    for _ in 0...below(8) { change(&mutant) }
    return mutant
  }

  /// Bytes with some turned bits and nothing else.
  mutating func turned(_ bytes: [UInt8], bits: Int) -> [UInt8] {
    var mutant = bytes
    for _ in 0..<bits where !mutant.isEmpty { mutant[below(mutant.count)] ^= 1 << UInt8(below(8)) }
    return mutant
  }

  private mutating func change(_ bytes: inout [UInt8]) {
    let place = below(bytes.count)
    let length = 1 + below(min(64, max(1, bytes.count - place)))
    guard !bytes.isEmpty else { return bytes.append(UInt8(truncatingIfNeeded: chance.next())) }
    switch below(8) {
    case 0, 1: bytes[place] ^= 1 << UInt8(below(8))
    case 2: bytes[place] = Self.interesting[below(Self.interesting.count)]
    case 3: bytes[place] = UInt8(truncatingIfNeeded: chance.next())
    case 4: bytes.removeSubrange(place..<min(bytes.count, place + length))
    case 5: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + length)], at: below(bytes.count))
    case 6: for index in place..<min(bytes.count, place + length) { bytes[index] = below(2) == 0 ? 0 : 0xff }
    default: bytes.removeLast(below(bytes.count))
    }
  }
}

/// What makes harmed bytes look whole, so that what lies behind the checksums is tried too. Written from
/// Docs/file-format.md, not from the store's code.
enum Reseal {
  /// A run.h5 whose seal fits what is before it.
  static func snapshot(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.count > 48 else { return bytes }
    let image = Array(bytes.dropLast(48))
    var sealed = image + Array("RUNSEAL1".utf8)
    withUnsafeBytes(of: UInt64(image.count).littleEndian) { sealed += $0 }
    return sealed + Digest.of(image).bytes
  }

  /// A journal whose frames, as far as their lengths lead, have the right checksums.
  static func journal(_ bytes: [UInt8]) -> [UInt8] {
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
  static func catalogue(_ bytes: [UInt8]) -> [UInt8] {
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
