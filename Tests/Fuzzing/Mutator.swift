// Bytes changed by chance, the same for the same seed.

/// One way of harming bytes.
package struct Mutator {
  private var chance: SplitMix

  package init(seed: UInt64) { chance = SplitMix(state: seed) }

  private static let interesting: [UInt8] = [0, 1, 0x7f, 0x80, 0xff, 0x20, 0x22, 0x2e, 0x2f, 0x7b]

  package mutating func below(_ count: Int) -> Int { count == 0 ? 0 : Int(chance.next() % UInt64(count)) }

  /// Bytes with one to eight changes.
  package mutating func mutant(of bytes: [UInt8]) -> [UInt8] {
    var mutant = bytes
    for _ in 0...below(8) { change(&mutant) }
    return mutant
  }

  /// Bytes with some turned bits and nothing else.
  package mutating func turned(_ bytes: [UInt8], bits: Int) -> [UInt8] {
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

/// Chance that is the same for the same seed.
package struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  package init(state: UInt64) { self.state = state }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
