internal import Graph
internal import Numerics

/// Examples of losg problems that are made up: each is a function of its number and the instance's seed, so none is stored.
struct ProblemData: Sendable {
  let batchSize: Int
  /// The number of examples.
  let count: Int
  /// Of the instance.
  let seed: UInt64

  /// Calls `body` with each place of a batch and the example there, drawn with replacement. All splits have all examples.
  private func forEachExample(_ memory: BatchMemory, below count: Int, _ body: (Int, Int) -> Void) {
    for position in 0..<batchSize {
      body(position, memory.randomness.integer(below: count, memory.batch.address, index: position))
    }
  }

  /// The numbers of an example, standard normal.
  private func normals(of example: Int, into row: UnsafeMutableBufferPointer<Float>) {
    Randomness(key: seed).normals(Address(.dataSplit, particle: example), into: row)
  }

  private func row(_ data: UnsafeMutableBufferPointer<Float>, _ position: Int, _ width: Int)
    -> UnsafeMutableBufferPointer<Float>
  { UnsafeMutableBufferPointer(rebasing: data[position * width..<(position + 1) * width]) }

  /// Writes "data", batch x width: normal numbers.
  func fillNormals(_ memory: BatchMemory, width: Int) {
    let data = memory.floats("data")
    forEachExample(memory, below: count) { normals(of: $1, into: row(data, $0, width)) }
  }

  /// Writes "data" of examples z and -z, twice as many as there are z.
  func fillSigned(_ memory: BatchMemory, width: Int) {
    let data = memory.floats("data")
    forEachExample(memory, below: 2 * count) { position, example in
      let row = row(data, position, width)
      normals(of: example % count, into: row)
      guard example >= count else { return }
      for i in row.indices { row[i] = -row[i] }
    }
  }

  /// The class of each example of `features` normal numbers: 1 where a drawn network's first output is above 0.
  func classes(features: Int) -> [Int32] {
    let network = RandomNetwork(features: features, seed: seed)
    var numbers = [Float](repeating: 0, count: features)
    return (0..<count).map { example in
      numbers.withUnsafeMutableBufferPointer {
        normals(of: example, into: $0)
        return network.isPositive($0) ? 1 : 0
      }
    }
  }

  /// Writes "data" and "labels": normal numbers, and the examples' classes.
  func fillClassified(_ memory: BatchMemory, features: Int, _ classes: [Int32]) {
    let (data, labels) = (memory.floats("data"), memory.indices("labels"))
    forEachExample(memory, below: count) { position, example in
      normals(of: example, into: row(data, position, features))
      labels[position] = classes[example]
    }
  }

  /// Writes "counts" (how many of five random bits are 0, and how many 1) and "labels" (their parity, wrong in one case of four).
  func fillParity(_ memory: BatchMemory) {
    let (counts, labels) = (memory.floats("counts"), memory.floats("labels"))
    forEachExample(memory, below: count) { position, example in
      let words = Randomness(key: seed).words(Address(.dataSplit, particle: example), index: 0)
      let ones = (words.x & 0b11111).nonzeroBitCount
      let isFlipped = words.y >> 30 == 0
      counts[2 * position] = Float(5 - ones)
      counts[2 * position + 1] = Float(ones)
      labels[position] = (ones % 2 == 1) != isFlipped ? 1 : 0
    }
  }

  /// The sum of five bits' vectors, a linear layer, and the logistic cross-entropy of its first output.
  func sparseRegression(features: Int, in blueprint: Blueprint) -> Term {
    let parameters = ScaledParameters(blueprint: blueprint, scale: 1)
    let counts = blueprint.recording.input("counts", [batchSize, 2])
    let labels = blueprint.recording.input("labels", [batchSize])
    let table = parameters.tensor("embedding", [2, features])
    let weights = parameters.tensor("weights", [features, 2])
    let bias = parameters.tensor("bias", [2])
    let logit = counts.times(table).dense(weights, bias).slice(0..<1, axis: 1).reshaped([batchSize])
    // log(1 + e^z) - y z, without an exponential above 1.
    let entropy = logit.relu + ((-logit.magnitude).exp + 1).log - labels * logit
    return entropy.mean() + ScaledParameters.penalty([table, weights, bias])
  }
}

/// The network whose sign classifies made-up examples: six layers of twenty rectifiers, weights sqrt(2 / features) · N(0, 1).
private struct RandomNetwork {
  private static let layers = 6
  private static let width = 20

  private let features: Int
  private let weights: [[Float]]

  init(features: Int, seed: UInt64) {
    self.features = features
    let scale = (2 / Float(features)).squareRoot()
    weights = (0..<Self.layers).map { layer in
      var matrix = [Float](repeating: 0, count: (layer == 0 ? features : Self.width) * Self.width)
      matrix.withUnsafeMutableBufferPointer {
        Randomness(key: seed).normals(Address(.taskConfiguration, particle: 2 + layer), into: $0)
      }
      return matrix.map { scale * $0 }
    }
  }

  func isPositive(_ x: UnsafeMutableBufferPointer<Float>) -> Bool {
    var h = Array(x)
    for (layer, matrix) in weights.enumerated() {
      let isLast = layer == Self.layers - 1
      h = (0..<Self.width).map { j in
        let sum = h.indices.reduce(Float(0)) { $0 + h[$1] * matrix[$1 * Self.width + j] }
        return isLast ? sum : max(sum, 0)
      }
    }
    return h[0] > 0
  }
}
