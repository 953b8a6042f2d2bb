// Digests and checksums against published values.

import Testing

@testable import RunStore

@Suite struct Digests {
  /// FIPS 180-4's examples and the message of a million letters.
  @Test func sha256GivesThePublishedDigests() {
    let known = [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
      (String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ]
    for (message, digest) in known { #expect(Digest.of(message.utf8).hex == digest) }
  }

  @Test func aDigestFedInPiecesIsThatOfTheWhole() {
    let bytes = (0..<1_000).map { UInt8(truncatingIfNeeded: $0 &* 37) }
    for step in [1, 7, 63, 64, 65, 200] {
      var hash = SHA256()
      for start in stride(from: 0, to: bytes.count, by: step) {
        hash.update(Array(bytes[start..<min(bytes.count, start + step)]))
        _ = hash.finish()
      }
      #expect(hash.finish() == Digest.of(bytes))
    }
  }

  @Test func theCPUsInstructionsGiveThePlainRoundsDigests() {
    for count in [0, 1, 55, 56, 63, 64, 65, 127, 128, 1_000, 4_096] {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 73 &+ $0 >> 3) }
      var (plain, best) = (SHA256(usingInstructions: false), SHA256())
      plain.update(bytes)
      best.update(bytes)
      #expect(plain.finish() == best.finish(), "\(count) bytes")
    }
  }

  /// RFC 3720, appendix B.4.
  @Test func crc32cGivesThePublishedChecksums() {
    func checksum(_ bytes: [UInt8]) -> UInt32 {
      var crc = CRC32C()
      bytes.withUnsafeBytes { crc.update($0) }
      return crc.value
    }
    #expect(checksum(Array("123456789".utf8)) == 0xe306_9283)
    #expect(checksum([UInt8](repeating: 0, count: 32)) == 0x8a91_36aa)
    #expect(checksum([UInt8](repeating: 255, count: 32)) == 0x62a8_ab43)
    #expect(checksum((0..<32).map { UInt8($0) }) == 0x46dd_794e)
  }

  @Test func digestsGoThroughTheirHexadecimalForm() {
    let digest = Digest.of("x".utf8)
    #expect(Digest(hex: digest.hex) == digest)
    #expect(Digest(hex: "12") == nil)
    #expect(Digest(hex: String(repeating: "g", count: 64)) == nil)
    #expect(Digest(bytes: [1, 2]) == nil)
  }

  @Test func theDigestOfArraysSeesNamesTypesShapesAndBits() {
    func digest(_ array: NamedArray) -> Digest { NamedArrays([array]).digest }
    let array = NamedArray("a", shape: [2], .float32([0, 1]))
    let others = [
      NamedArray("b", shape: [2], .float32([0, 1])), NamedArray("a", shape: [1, 2], .float32([0, 1])),
      NamedArray("a", shape: [2], .float32([-0.0, 1])), NamedArray("a", shape: [2], .int32([0, 0x3f80_0000])),
      NamedArray("a", shape: [2], .text(["0", "1"])),
    ]
    for other in others { #expect(digest(other) != digest(array)) }
    #expect(digest(NamedArray("a", shape: [2], .float32([0, 1]), unit: "m")) == digest(array))
    #expect(NamedArray("a", shape: [2], .float32([-0.0, 1])) != array)
    #expect(ArrayValues.float64([.nan]) == .float64([.nan]))
  }
}
