internal import RunSchema
package import RunStore

/// How two arrays of one name differ.
package struct TensorDifference: Equatable, Sendable {
  /// Numbers of elements by how far they lie apart.
  package struct Histogram: Equatable, Sendable {
    /// Upper bounds of the classes, in ULPs: signs of zero only; 1; 2 to 10; and so on.
    package static let bounds: [UInt64] = [0, 1, 10, 100, 10_000, 1_000_000]
    /// One class more than bounds, for all that is further, and then one for NaN.
    package var counts = Array(repeating: 0, count: bounds.count + 2)

    mutating func add(_ ulps: UInt64?) {
      guard let ulps else {
        counts[Self.bounds.count + 1] += 1
        return
      }
      counts[Self.bounds.firstIndex { ulps <= $0 } ?? Self.bounds.count] += 1
    }

    static let names = ["sign of zero", "1", "2-10", "11-100", "101-1e4", "1e4-1e6", "more", "nan"]
  }

  package let name: String
  /// "in the first only", "shape [2] / [3]"; nil where the elements can be compared.
  package let mismatch: String?
  package let count: Int
  /// Elements whose bits differ.
  package var differing = 0
  package var histogram = Histogram()
  /// Over all elements, right less left; NaN where one is NaN.
  package var greatest = 0.0
  package var mean = 0.0
  /// The Euclidean norm of the difference, and of the left array.
  package var norm = 0.0
  package var leftNorm = 0.0
  /// The cosine of the angle between the two; nil where one is 0.
  package var cosine: Double?
  /// The first element whose bits differ, in row-major order.
  package var first: Int?
  package var firstValues: BitDifference?

  private init(_ name: String, mismatch: String?, count: Int) {
    self.name = name
    self.mismatch = mismatch
    self.count = count
  }

  /// Arrays whose bits differ, in the order of the left ones, then those that only the right has.
  static func all(_ left: NamedArrays, _ right: NamedArrays) -> [TensorDifference] {
    var found: [TensorDifference] = []
    for array in left.arrays {
      guard let other = right[array.name] else {
        found.append(.init(array.name, mismatch: "in the first only", count: array.values.count))
        continue
      }
      if array.shape != other.shape || array.values.type != other.values.type {
        let words = "\(array.values.type.rawValue) \(array.shape) / \(other.values.type.rawValue) \(other.shape)"
        found.append(.init(array.name, mismatch: words, count: array.values.count))
      } else if let first = array.values.firstBitDifference(from: other.values) {
        found.append(.init(array, other, first: first))
      }
    }
    for array in right.arrays where left[array.name] == nil {
      found.append(.init(array.name, mismatch: "in the second only", count: array.values.count))
    }
    return found
  }

  private init(_ left: NamedArray, _ right: NamedArray, first: Int) {
    self.init(left.name, mismatch: nil, count: left.values.count)
    self.first = first
    firstValues = BitDifference(left.values, right.values, at: first)
    measure(left.values, right.values)
    guard let a = left.values.doubles, let b = right.values.doubles else { return }
    var (sum, squares, dot, leftSquares, rightSquares) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for index in a.indices {
      let difference = b[index] - a[index]
      sum += abs(difference)
      squares += difference * difference
      dot += a[index] * b[index]
      leftSquares += a[index] * a[index]
      rightSquares += b[index] * b[index]
      // A NaN stays.
      if difference.isNaN || abs(difference) > greatest { greatest = abs(difference) }
    }
    mean = sum / Double(a.count)
    norm = squares.squareRoot()
    leftNorm = leftSquares.squareRoot()
    let product = leftNorm * rightSquares.squareRoot()
    cosine = product == 0 ? nil : dot / product
  }

  private mutating func measure(_ left: ArrayValues, _ right: ArrayValues) {
    switch (left, right) {
    case (.float32(let a), .float32(let b)):
      for (a, b) in zip(a, b) where a.bitPattern != b.bitPattern {
        differing += 1
        histogram.add(UnitsInTheLastPlace.between(a, b))
      }
    case (.float64(let a), .float64(let b)):
      for (a, b) in zip(a, b) where a.bitPattern != b.bitPattern {
        differing += 1
        histogram.add(UnitsInTheLastPlace.between(a, b))
      }
    default:
      for index in 0..<count {
        if left.exactText(at: index) != right.exactText(at: index) { differing += 1 }
      }
    }
  }

  var json: JSONValue {
    .object([
      .init("name", .text(name)), .init("mismatch", mismatch.map { .text($0) } ?? .null),
      .init("count", .integer(count)), .init("differing", .integer(differing)),
      .init(
        "ulp_histogram",
        .object(zip(Histogram.names, histogram.counts).map { .init($0, .integer($1)) })),
      .init("greatest_difference", .number(greatest)), .init("mean_difference", .number(mean)),
      .init("norm_of_difference", .number(norm)), .init("norm_of_first", .number(leftNorm)),
      .init("cosine", cosine.map { .number($0) } ?? .null), .init("first_index", first.map { .integer($0) } ?? .null),
      .init("first_values", firstValues.map { .object($0.json) } ?? .null),
    ])
  }
}

/// The first checkpoint that both runs have and whose arrays are not the same bits.
package struct CheckpointDifference: Sendable {
  /// The outer iteration.
  package let iteration: Int
  /// Empty where a file cannot be read.
  package let tensors: [TensorDifference]
  /// Why a file cannot be read.
  package let damage: StoreError?

  /// Checkpoints that both have, by outer iteration; the contents' digests say which differ, without reading any.
  static func common(_ left: ComparedRun, _ right: ComparedRun) -> [(iteration: Int, CheckpointEntry, CheckpointEntry)]
  {
    left.checkpoints.compactMap { entry in
      let iteration = left.firstIteration + entry.iteration
      return right.checkpoints.first { right.firstIteration + $0.iteration == iteration }
        .map { (iteration, entry, $0) }
    }
  }

  static func first(_ left: ComparedRun, _ right: ComparedRun) throws -> CheckpointDifference? {
    for (iteration, a, b) in common(left, right) where a.contents != b.contents {
      do {
        let tensors = TensorDifference.all(try left.run.loadCheckpoint(a), try right.run.loadCheckpoint(b))
        return CheckpointDifference(iteration: iteration, tensors: tensors, damage: nil)
      } catch let error as StoreError where error.code == .damaged || error.code == .notFound {
        return CheckpointDifference(iteration: iteration, tensors: [], damage: error)
      }
    }
    return nil
  }

  /// In the order of a state: theta first.
  package var firstTensor: TensorDifference? { tensors.first { $0.name != "outer_iteration" } ?? tensors.first }

  var json: JSONValue {
    [
      "iteration": .integer(iteration), "tensors": .array(tensors.map(\.json)),
      "damage": damage.map { .text($0.description) } ?? .null,
    ]
  }
}
