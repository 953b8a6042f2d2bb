// SHA-256 (FIPS 180-4), fed piece by piece.

private import CSHA256

/// A SHA-256 in the making. A value: a copy goes on by itself, so a running digest can be looked at without ending it.
public struct SHA256: Sendable {
  /// The eight words H0 … H7.
  private var hash: SIMD8<UInt32> = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]
  /// The bytes that do not fill a block yet: fewer than 64.
  private var rest: [UInt8] = []
  private var byteCount: UInt64 = 0
  /// True where the CPU has the rounds as instructions.
  private let hasInstructions: Bool

  /// The digest of nothing so far.
  public init() { self.init(usingInstructions: csha256_is_supported() == 1) }

  /// With or without the CPU's instructions, which must be there: for tests, since the digest is the same.
  init(usingInstructions: Bool) { hasInstructions = usingInstructions }

  /// Takes in more bytes.
  public mutating func update(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { update($0) }
  }

  /// Takes in more bytes.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    byteCount += UInt64(bytes.count)
    var start = 0
    if !rest.isEmpty {
      start = min(64 - rest.count, bytes.count)
      rest.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[..<start]))
      guard rest.count == 64 else { return }
      let block = rest
      block.withUnsafeBytes { compress($0) }
      rest.removeAll(keepingCapacity: true)
    }
    let whole = (bytes.count - start) / 64 * 64
    compress(UnsafeRawBufferPointer(rebasing: bytes[start..<start + whole]))
    rest.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[(start + whole)...]))
  }

  /// The digest of all that was taken in.
  public func finish() -> Digest {
    var last = self
    // §5.1.1: a one bit, zeros up to 56 bytes of a block, the length in bits as 64 bits, highest first.
    let zeros = (119 - Int(byteCount % 64)) % 64
    var padding: [UInt8] = [0x80] + [UInt8](repeating: 0, count: zeros)
    withUnsafeBytes(of: (byteCount &* 8).bigEndian) { padding.append(contentsOf: $0) }
    last.update(padding)
    var bytes: [UInt8] = []
    for index in 0..<8 { withUnsafeBytes(of: last.hash[index].bigEndian) { bytes.append(contentsOf: $0) } }
    return Digest(bytes: bytes)!
  }

  /// §6.2.2 for each of the blocks; `blocks.count` is a multiple of 64.
  private mutating func compress(_ blocks: UnsafeRawBufferPointer) {
    guard let bytes = blocks.baseAddress else { return }
    if hasInstructions { return compressWithInstructions(bytes, count: blocks.count / 64) }
    var state = hash
    Self.roundConstants.withUnsafeBufferPointer { constants in
      withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { schedule in
        let words = schedule.baseAddress!
        var offset = 0
        while offset < blocks.count {
          Self.expand(bytes + offset, into: words)
          Self.round(&state, words, constants.baseAddress!)
          offset &+= 64
        }
      }
    }
    hash = state
  }

  private mutating func compressWithInstructions(_ blocks: UnsafeRawPointer, count: Int) {
    withUnsafeMutableBytes(of: &hash) { hash in
      Self.roundConstants.withUnsafeBufferPointer { constants in
        csha256_compress(
          hash.baseAddress!.assumingMemoryBound(to: UInt32.self), blocks.assumingMemoryBound(to: UInt8.self), count,
          constants.baseAddress!)
      }
    }
  }

  /// W_t = sigma1(W_{t-2}) + W_{t-7} + sigma0(W_{t-15}) + W_{t-16}
  @inline(__always)
  private static func expand(_ block: UnsafeRawPointer, into words: UnsafeMutablePointer<UInt32>) {
    var index = 0
    while index < 16 {
      words[index] = UInt32(bigEndian: block.loadUnaligned(fromByteOffset: 4 &* index, as: UInt32.self))
      index &+= 1
    }
    while index < 64 {
      let early = words[index &- 15]
      let late = words[index &- 2]
      let sigma0 = (early &>> 7 | early &<< 25) ^ (early &>> 18 | early &<< 14) ^ (early &>> 3)
      let sigma1 = (late &>> 17 | late &<< 15) ^ (late &>> 19 | late &<< 13) ^ (late &>> 10)
      words[index] = words[index &- 16] &+ sigma0 &+ words[index &- 7] &+ sigma1
      index &+= 1
    }
  }

  @inline(__always)
  private static func round(
    _ state: inout SIMD8<UInt32>, _ words: UnsafePointer<UInt32>, _ constants: UnsafePointer<UInt32>
  ) {
    var a = state[0]
    var b = state[1]
    var c = state[2]
    var d = state[3]
    var e = state[4]
    var f = state[5]
    var g = state[6]
    var h = state[7]
    var index = 0
    while index < 64 {
      let sum1 = (e &>> 6 | e &<< 26) ^ (e &>> 11 | e &<< 21) ^ (e &>> 25 | e &<< 7)
      let sum0 = (a &>> 2 | a &<< 30) ^ (a &>> 13 | a &<< 19) ^ (a &>> 22 | a &<< 10)
      let first = h &+ sum1 &+ ((e & f) ^ (~e & g)) &+ constants[index] &+ words[index]
      let second = sum0 &+ ((a & b) ^ (a & c) ^ (b & c))
      h = g
      g = f
      f = e
      e = d &+ first
      d = c
      c = b
      b = a
      a = first &+ second
      index &+= 1
    }
    state = state &+ [a, b, c, d, e, f, g, h]
  }

  /// The first 32 bits of the fractional parts of the cube roots of the first 64 primes (§4.2.2).
  private static let roundConstants: [UInt32] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
    0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
    0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
    0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
    0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
    0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
    0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
  ]
}
