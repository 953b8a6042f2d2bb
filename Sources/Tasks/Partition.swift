package import Numerics

/// A data set's examples, dealt out to the four splits: each to exactly one.
package struct Partition: Hashable, Sendable {
  /// The fractions of the examples that three of the splits get, rounded down; `train` gets all others.
  package struct Shares: Hashable, Sendable {
    package let innerValid: Double
    package let outerValid: Double
    package let test: Double

    /// 60 % train, 10 % inner-valid, 15 % outer-valid, 15 % test.
    package static let standard = Shares(innerValid: 0.10, outerValid: 0.15, test: 0.15)

    package init(innerValid: Double, outerValid: Double, test: Double) {
      precondition(
        innerValid > 0 && outerValid > 0 && test > 0 && innerValid + outerValid + test < 1,
        "shares \(innerValid), \(outerValid), \(test) leave nothing to train on")
      self.innerValid = innerValid
      self.outerValid = outerValid
      self.test = test
    }
  }

  /// The examples of each split, in `Split`'s order.
  private let examples: [[Int32]]

  /// Examples 0 ..< count in the order of random 64-bit keys, cut into innerValid, outerValid, test and train.
  package init(count: Int, shares: Shares = .standard, seed: UInt64) {
    let order = Self.order(count, seed: seed)
    let a = Int(shares.innerValid * Double(count))
    let b = a + Int(shares.outerValid * Double(count))
    let c = b + Int(shares.test * Double(count))
    precondition(a > 0 && b > a && c > b && c < count, "\(count) examples are too few for four splits")
    examples = [Array(order[c...]), Array(order[..<a]), Array(order[a..<b]), Array(order[b..<c])]
  }

  /// As above, but for a test split that whoever made the data set apart: the last `testCount` examples. The other shares
  /// are of the rest.
  package init(count: Int, testCount: Int, shares: Shares = .standard, seed: UInt64) {
    precondition(testCount > 0 && testCount < count, "\(testCount) of \(count) examples to test on")
    let rest = count - testCount
    let order = Self.order(rest, seed: seed)
    let a = Int(shares.innerValid * Double(rest))
    let b = a + Int(shares.outerValid * Double(rest))
    precondition(a > 0 && b > a && b < rest, "\(rest) examples are too few for three splits")
    examples = [
      Array(order[b...]), Array(order[..<a]), Array(order[a..<b]), (rest..<count).map { Int32($0) },
    ]
  }

  /// The partition with these examples in these splits; nil unless each of `count` examples is in exactly one, and none of
  /// the splits is empty.
  package init?(_ examples: [Split: [Int32]], count: Int) {
    var isTaken = [Bool](repeating: false, count: count)
    var lists: [[Int32]] = []
    for split in Split.allCases {
      guard let list = examples[split], !list.isEmpty else { return nil }
      for example in list {
        guard example >= 0, example < count, !isTaken[Int(example)] else { return nil }
        isTaken[Int(example)] = true
      }
      lists.append(list)
    }
    guard isTaken.allSatisfy({ $0 }) else { return nil }
    self.examples = lists
  }

  private init(examples: [[Int32]]) { self.examples = examples }

  /// Examples 0 ..< count in the order of random 64-bit keys.
  private static func order(_ count: Int, seed: UInt64) -> [Int32] {
    let randomness = Randomness(key: seed)
    let keys = (0..<count).map { index in
      let words = randomness.words(Address(.dataSplit), index: index)
      return UInt64(words.x) | UInt64(words.y) << 32
    }
    return (0..<count).sorted { (keys[$0], $0) < (keys[$1], $1) }.map { Int32($0) }
  }

  /// The same partition with only the first `count` examples to train on, or all if there are no more.
  package func training(onFirst count: Int) -> Partition {
    precondition(count > 0, "\(count) examples to train on")
    var fewer = examples
    fewer[Split.train.rawValue] = Array(examples[Split.train.rawValue].prefix(count))
    return Partition(examples: fewer)
  }

  /// The examples of a split.
  package subscript(split: Split) -> [Int32] { examples[split.rawValue] }

  /// Calls `body` with each position of a batch and the example that is there: drawn with replacement, example `i` from
  /// word i mod 4 of block i / 4 at the batch's address under the task's seed.
  @inline(__always)
  package func forEachExample(
    of batch: Batch, count: Int, seed: UInt64, _ body: (_ position: Int, _ example: Int) -> Void
  ) {
    let pool = examples[batch.split.rawValue]
    let bound = UInt64(pool.count)
    let randomness = Randomness(key: seed)
    let address = batch.address
    for first in stride(from: 0, to: count, by: 4) {
      let words = randomness.words(address, index: first / 4)
      for lane in 0..<min(4, count - first) {
        // The high word of a product with 32 random bits: a bias below pool.count / 2^32.
        body(first + lane, Int(pool[Int((UInt64(words[lane]) * bound) >> 32)]))
      }
    }
  }
}

extension Batch {
  /// Where under a task's seed the draws of this batch are. The batch's number takes the place of the outer iteration.
  package var address: Address {
    let purpose: Purpose =
      switch split {
      case .train: .trainBatch
      case .innerValid: .innerValidBatch
      case .outerValid: .outerValidBatch
      case .test: .testBatch
      }
    return Address(purpose, outerIteration: index)
  }
}
