/// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011): four words for a counter and a key.
package enum Philox {
  @usableFromInline static let multiplier0: UInt32 = 0xD251_1F53
  @usableFromInline static let multiplier1: UInt32 = 0xCD9E_8D57
  @usableFromInline static let weyl0: UInt32 = 0x9E37_79B9
  @usableFromInline static let weyl1: UInt32 = 0xBB67_AE85

  /// The block of random words at `counter` under `key`; ten rounds, the key raised before every round but the first.
  @inlinable
  package static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var x = counter
    var k = key
    for round in 0..<10 {
      if round > 0 { k = SIMD2(k.x &+ weyl0, k.y &+ weyl1) }
      let (high0, low0) = multiplier0.multipliedFullWidth(by: x.x)
      let (high1, low1) = multiplier1.multipliedFullWidth(by: x.z)
      x = SIMD4(high1 ^ x.y ^ k.x, low1, high0 ^ x.w ^ k.y, low0)
    }
    return x
  }
}
