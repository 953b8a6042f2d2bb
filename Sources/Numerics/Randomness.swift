/// Random numbers that have addresses instead of a state: a draw is a function of a 64-bit key and where it is asked for.

/// What a draw is for. The raw values are part of the numerics version: never renumber, only add.
package enum Purpose: UInt32, Sendable {
  case initialTheta = 1
  case perturbation = 2
  case taskChoice = 3
  case task = 4
  case truncation = 5
  case horizon = 6
  case offset = 7
  case initialParameters = 8
  case taskConfiguration = 9
  case trainBatch = 10
  case innerValidBatch = 11
  case outerValidBatch = 12
  case testBatch = 13
  case dataSplit = 14
  case evaluation = 15
  case augmentation = 16
}

/// The place of a draw: four words, of which `index` counts within one use.
package struct Address: Hashable, Sendable {
  package var purpose: Purpose
  package var outerIteration: Int
  package var particle: Int

  package init(_ purpose: Purpose, outerIteration: Int = 0, particle: Int = 0) {
    self.purpose = purpose
    self.outerIteration = outerIteration
    self.particle = particle
  }
}

/// A 64-bit key from which everything random of a run, a task or a perturbation follows.
package struct Randomness: Hashable, Sendable {
  package let key: UInt64

  package init(key: UInt64) { self.key = key }

  /// The four words at `index` of an address: the Philox block of (index, particle, outer iteration, purpose).
  package func words(_ address: Address, index: Int) -> SIMD4<UInt32> {
    Philox.block(
      counter: SIMD4(
        UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: address.particle),
        UInt32(truncatingIfNeeded: address.outerIteration), address.purpose.rawValue),
      key: SIMD2(UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32)))
  }

  /// A key of its own for what lives at an address: its first two words, the low word first.
  package func seed(_ address: Address) -> UInt64 {
    let words = words(address, index: 0)
    return UInt64(words.x) | UInt64(words.y) << 32
  }

  /// A uniform number in [0, 1) with 53 random bits, at `index` of an address.
  package func uniform(_ address: Address, index: Int = 0) -> Double {
    let words = words(address, index: index)
    let bits = UInt64(words.x) | UInt64(words.y) << 32
    return Double(bits >> 11) * 0x1p-53
  }

  /// A whole number in 0 ..< bound: the high word of the product of 32 random bits with `bound` (bias below bound / 2^32).
  package func integer(below bound: Int, _ address: Address, index: Int = 0) -> Int {
    precondition(bound > 0 && bound <= Int(UInt32.max), "bound \(bound) is outside 1 ... 2^32 - 1")
    return Int((UInt64(words(address, index: index).x) * UInt64(bound)) >> 32)
  }
}
