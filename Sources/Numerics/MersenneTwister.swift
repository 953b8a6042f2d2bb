/// NumPy's legacy `RandomState`: MT19937 and the draws that `RandomState` makes of it, number for number (spec §4.2, §9.7).
///
/// It exists to draw the configurations of TaskSet as they were published. Everything else in a run is drawn by address
/// (`Randomness`), never from a state.
package struct MersenneTwister: Sendable {
  /// Words of state, and the distance of the word that is mixed in.
  private static let size = 624
  private static let middle = 397

  private var state: [UInt32]
  /// The next word of `state` to give out; `size` when all were.
  private var position: Int
  /// The second number of the last pair of normals, until it is asked for.
  private var waitingNormal: Double?

  /// The state that Knuth's linear recurrence fills from one word.
  package init(seed: UInt32) {
    state = [seed]
    state.reserveCapacity(Self.size)
    for index in 1..<Self.size {
      let last = state[index - 1]
      state.append(1_812_433_253 &* (last ^ last >> 30) &+ UInt32(index))
    }
    position = Self.size
    waitingNormal = nil
  }

  /// 32 random bits.
  package mutating func word() -> UInt32 {
    if position == Self.size { twist() }
    var bits = state[position]
    position += 1
    bits ^= bits >> 11
    bits ^= bits << 7 & 0x9D2C_5680
    bits ^= bits << 15 & 0xEFC6_0000
    return bits ^ bits >> 18
  }

  private mutating func twist() {
    for index in 0..<Self.size {
      let joined = state[index] & 0x8000_0000 | state[(index + 1) % Self.size] & 0x7FFF_FFFF
      let far = state[(index + Self.middle) % Self.size]
      state[index] = far ^ joined >> 1 ^ (joined & 1 == 0 ? 0 : 0x9908_B0DF)
    }
    position = 0
  }
}

extension MersenneTwister {
  /// A uniform number in [0, 1) with 53 random bits, from two words: 27 bits of the first, 26 of the second.
  package mutating func uniform() -> Double {
    let high = word() >> 5
    let low = word() >> 6
    return (Double(high) * 0x1p26 + Double(low)) * 0x1p-53
  }

  /// low + (high - low) u, each operation rounded.
  package mutating func uniform(_ low: Double, _ high: Double) -> Double {
    let span = high - low
    return low + span * uniform()
  }

  /// A whole number in 0 ..< bound: words under the smallest mask that covers it, until one fits. No word is drawn for 1.
  package mutating func integer(below bound: Int) -> Int {
    precondition(bound > 0 && bound <= Int(UInt32.max), "bound \(bound) is outside 1 ... 2^32 - 1")
    let largest = UInt32(bound - 1)
    guard largest > 0 else { return 0 }
    let mask = UInt32.max >> UInt32(largest.leadingZeroBitCount)
    while true {
      let candidate = word() & mask
      if candidate <= largest { return Int(candidate) }
    }
  }

  /// An index with probabilities in the ratio of `weights`: the first whose cumulated share exceeds a uniform number.
  package mutating func index(weights: [Int]) -> Int {
    let sum = Double(weights.reduce(0, +))
    precondition(sum > 0 && weights.allSatisfy { $0 >= 0 }, "weights \(weights) give no distribution")
    var cumulated: [Double] = []
    var share = 0.0
    for weight in weights {
      share += Double(weight) / sum
      cumulated.append(share)
    }
    let draw = uniform()
    return cumulated.firstIndex { $0 / share > draw } ?? weights.count - 1
  }

  /// A normal number by the polar method, which makes two at a time: the second waits for the next call.
  package mutating func normal(mean: Double, deviation: Double) -> Double {
    if let second = waitingNormal {
      waitingNormal = nil
      return mean + deviation * second
    }
    while true {
      let x = 2 * uniform() - 1
      let y = 2 * uniform() - 1
      let square = x * x + y * y
      guard square < 1, square != 0 else { continue }
      let factor = (-2 * CorrectlyRounded.log(square) / square).squareRoot()
      waitingNormal = factor * x
      return mean + deviation * (factor * y)
    }
  }
}
