internal import CVector

/// Uniform, normal and truncated normal numbers in bulk: element i of a draw is a function of its address and of i alone.
extension Randomness {
  /// Fills `into` with uniform numbers in [0, 1): element i is the upper 24 bits of word i % 4 of the block at index i / 4.
  package func uniforms(_ address: Address, into: UnsafeMutableBufferPointer<Float>) {
    fill(into, from: address) { words in
      FourLanes(
        Distribution.uniform(words.x), Distribution.uniform(words.y), Distribution.uniform(words.z),
        Distribution.uniform(words.w))
    }
  }

  /// Fills `into` with standard normal numbers: element i is lane i % 4 of the normals of the block at index i / 4.
  ///
  /// Each pair of words gives a pair of normals by Box and Muller's transformation; the largest possible is 6.66.
  package func normals(_ address: Address, into: UnsafeMutableBufferPointer<Float>) {
    fill(into, from: address) { words in
      let (a, b) = Distribution.normals(words.x, words.y)
      let (c, d) = Distribution.normals(words.z, words.w)
      return FourLanes(a, b, c, d)
    }
  }

  /// Fills `into` with standard normal numbers cut at -2 and 2: element i is the first of the normals of the block at index i
  /// that lies between. Their standard deviation is 0.8796.
  ///
  /// Where all four lie outside (4 times in a million), the block's first two words are the key of eight further blocks, and
  /// should those fail too (once in 10^43), the element is 0.
  package func truncatedNormals(_ address: Address, into: UnsafeMutableBufferPointer<Float>) {
    for i in 0..<into.count {
      into[i] = truncatedNormal(address, index: i)
    }
  }

  /// The four normals of one block: the plain form, which the filling form equals bit for bit.
  package func normals(_ address: Address, index: Int) -> SIMD4<Float> {
    Distribution.normals(words(address, index: index))
  }

  private func truncatedNormal(_ address: Address, index: Int) -> Float {
    let words = words(address, index: index)
    if let inside = Distribution.firstWithinTwo(Distribution.normals(words)) { return inside }
    let further = Randomness(key: UInt64(words.x) | UInt64(words.y) << 32)
    for attempt in 0..<8 {
      if let inside = Distribution.firstWithinTwo(further.normals(address, index: attempt)) { return inside }
    }
    return 0
  }

  /// Fills `into` eight blocks at a time; of the last blocks only what is asked for is written.
  @inline(__always)
  private func fill(
    _ into: UnsafeMutableBufferPointer<Float>, from address: Address, _ numbers: (EightBlocks) -> FourLanes
  ) {
    precondition(into.count <= 1 << 34, "\(into.count) numbers at one address, whose index has 32 bits")
    guard let start = into.baseAddress else { return }
    let lanes = SIMD8<UInt32>(0, 1, 2, 3, 4, 5, 6, 7)
    for first in stride(from: 0, to: into.count, by: 32) {
      let words = EightBlocks(
        indices: SIMD8(repeating: UInt32(truncatingIfNeeded: first / 4)) &+ lanes, address: address, key: key)
      let fours = numbers(words)
      if first + 32 <= into.count {
        fours.store(to: start + first)
      } else {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 32) { last in
          fours.store(to: last.baseAddress!)
          (start + first).update(from: last.baseAddress!, count: into.count - first)
        }
      }
    }
  }
}

/// The transformations from random words to numbers.
enum Distribution {
  /// The upper 24 bits of each word, as a fraction.
  @inline(__always)
  static func uniform(_ word: SIMD8<UInt32>) -> Vector {
    Vector(rounding: unsafeBitCast(word &>> SIMD8(repeating: 8), to: IntVector.self)) * Vector(repeating: 0x1p-24)
  }

  /// Box and Muller's pair sqrt(-2 ln u) (cos 2 pi v, sin 2 pi v), with u = (word / 2 + 1/2) / 2^31 in (0, 1] and v = angle / 2^32.
  ///
  /// The quarter turn is taken off the angle in whole numbers: no bit of it is lost.
  @inline(__always)
  static func normals(_ word: SIMD8<UInt32>, _ angle: SIMD8<UInt32>) -> (Vector, Vector) {
    let half = Vector(rounding: unsafeBitCast(word &>> SIMD8(repeating: 1), to: IntVector.self))
    let u = fma(half, Vector(repeating: 0x1p-31), Vector(repeating: 0x1p-32))
    let radius = (Vector(repeating: -2) * Elementary.log(ofNormal: u)).root

    let nearest = angle &+ SIMD8(repeating: 1 << 29)
    let quadrant = unsafeBitCast(nearest &>> SIMD8(repeating: 30), to: IntVector.self)
    let rest = unsafeBitCast(angle &<< SIMD8(repeating: 2), to: IntVector.self)
    let r = Vector(rounding: rest) * Vector(repeating: 0x1.921fb6p-32)  // 2 pi / 2^34
    return (
      radius * Elementary.sine(r, quadrant &+ IntVector(repeating: 1)), radius * Elementary.sine(r, quadrant)
    )
  }

  /// The normals of one block of words.
  static func normals(_ words: SIMD4<UInt32>) -> SIMD4<Float> {
    let (a, b) = normals(SIMD8(repeating: words.x), SIMD8(repeating: words.y))
    let (c, d) = normals(SIMD8(repeating: words.z), SIMD8(repeating: words.w))
    return SIMD4(a[0], b[0], c[0], d[0])
  }

  /// The first lane in -2 ... 2, if there is one.
  static func firstWithinTwo(_ normals: SIMD4<Float>) -> Float? {
    for lane in 0..<4 where normals[lane].magnitude <= 2 { return normals[lane] }
    return nil
  }
}

/// The words of eight Philox blocks whose counters differ in the index: word by word, a lane a block.
struct EightBlocks {
  let x: SIMD8<UInt32>
  let y: SIMD8<UInt32>
  let z: SIMD8<UInt32>
  let w: SIMD8<UInt32>

  /// The blocks at these indices of an address; each lane has the bits of `Philox.block`.
  @inline(__always)
  init(indices: SIMD8<UInt32>, address: Address, key: UInt64) {
    let pairs = unsafeBitCast(indices, to: SIMD4<UInt64>.self)  // little-endian: the even lane is the low half
    var even = FourBlocks(indices: pairs, address: address)
    var odd = FourBlocks(indices: pairs &>> SIMD4(repeating: 32), address: address)
    var key0 = UInt32(truncatingIfNeeded: key)
    var key1 = UInt32(truncatingIfNeeded: key >> 32)
    for round in 0..<10 {
      if round > 0 {
        key0 = key0 &+ Philox.weyl0
        key1 = key1 &+ Philox.weyl1
      }
      even.round(key0, key1)
      odd.round(key0, key1)
    }
    x = Self.joined(even.x, odd.x)
    y = Self.joined(even.y, odd.y)
    z = Self.joined(even.z, odd.z)
    w = Self.joined(even.w, odd.w)
  }

  @inline(__always)
  private static func joined(_ even: SIMD4<UInt64>, _ odd: SIMD4<UInt64>) -> SIMD8<UInt32> {
    unsafeBitCast((even & FourBlocks.low) | (odd &<< SIMD4(repeating: 32)), to: SIMD8<UInt32>.self)
  }
}

/// Four Philox blocks in the making, each word in the low half of a lane, as the products need them. What stands in the high
/// halves means nothing.
private struct FourBlocks {
  static var low: SIMD4<UInt64> { SIMD4(repeating: 0xFFFF_FFFF) }

  var x: SIMD4<UInt64>
  var y: SIMD4<UInt64>
  var z: SIMD4<UInt64>
  var w: SIMD4<UInt64>

  @inline(__always)
  init(indices: SIMD4<UInt64>, address: Address) {
    x = indices
    y = SIMD4(repeating: UInt64(UInt32(truncatingIfNeeded: address.particle)))
    z = SIMD4(repeating: UInt64(UInt32(truncatingIfNeeded: address.outerIteration)))
    w = SIMD4(repeating: UInt64(address.purpose.rawValue))
  }

  @inline(__always)
  mutating func round(_ key0: UInt32, _ key1: UInt32) {
    let product0 = (x & Self.low) &* SIMD4(repeating: UInt64(Philox.multiplier0))
    let product1 = (z & Self.low) &* SIMD4(repeating: UInt64(Philox.multiplier1))
    let shift = SIMD4<UInt64>(repeating: 32)
    (x, y, z, w) = (
      (product1 &>> shift) ^ y ^ SIMD4(repeating: UInt64(key0)), product1,
      (product0 &>> shift) ^ w ^ SIMD4(repeating: UInt64(key1)), product0
    )
  }
}

/// Four numbers for each of eight blocks, a lane a block.
struct FourLanes {
  let a: Vector
  let b: Vector
  let c: Vector
  let d: Vector

  @inline(__always)
  init(_ a: Vector, _ b: Vector, _ c: Vector, _ d: Vector) {
    (self.a, self.b, self.c, self.d) = (a, b, c, d)
  }

  /// Writes the 32 numbers, block after block.
  @inline(__always)
  func store(to pointer: UnsafeMutablePointer<Float>) { cv_store_lanes(pointer, a, b, c, d) }
}
