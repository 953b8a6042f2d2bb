internal import Numerics

/// Labelled examples as a value: who made them, and their numbers. Tasks take one; module DataSets reads them from files.
package struct DataSet: Hashable, Sendable {
  /// The numbers of all examples, one example after the other.
  package enum Values: Hashable, Sendable {
    case numbers([Float])
    /// Each stands for itself divided by 255, as pixels do: a quarter of the memory.
    case bytes([UInt8])

    var count: Int {
      switch self {
      case .numbers(let numbers): numbers.count
      case .bytes(let bytes): bytes.count
      }
    }
  }

  package let name: String
  /// Where the examples come from, and under which licence.
  package let source: String
  /// What identifies the content, of the reader's making: two data sets of equal digest have equal examples.
  package let digest: String
  /// The numbers of one example.
  package let width: Int
  package let classCount: Int
  package let values: Values
  /// The class of each example, in 0 ..< classCount.
  package let labels: [Int32]

  /// The number of examples.
  package var count: Int { labels.count }

  package init(
    name: String, source: String, digest: String, width: Int, classCount: Int, values: Values, labels: [Int32]
  ) {
    precondition(width > 0 && classCount > 1 && !labels.isEmpty, "data set \(name) is empty")
    precondition(
      values.count == width * labels.count,
      "data set \(name) has \(values.count) numbers for \(labels.count) examples of \(width)")
    precondition(
      labels.allSatisfy { $0 >= 0 && $0 < Int32(classCount) },
      "data set \(name) has a label outside 0 ..< \(classCount)")
    self.name = name
    self.source = source
    self.digest = digest
    self.width = width
    self.classCount = classCount
    self.values = values
    self.labels = labels
  }

  /// The numbers of one example.
  package func features(of example: Int) -> [Float] {
    [Float](unsafeUninitializedCapacity: width) { buffer, count in
      copy(example, to: buffer.baseAddress!)
      count = width
    }
  }

  /// Writes the `width` numbers of one example.
  package func copy(_ example: Int, to target: UnsafeMutablePointer<Float>) {
    switch values {
    case .numbers(let numbers):
      numbers.withUnsafeBufferPointer { target.update(from: $0.baseAddress! + example * width, count: width) }
    case .bytes(let bytes):
      bytes.withUnsafeBufferPointer { buffer in
        let source = buffer.baseAddress! + example * width
        for i in 0..<width { target[i] = Float(source[i]) / 255 }
      }
    }
  }

  /// Writes the numbers of several examples, one after the other.
  package func copy(_ examples: UnsafeBufferPointer<Int32>, to target: UnsafeMutablePointer<Float>) {
    guard case .numbers(let numbers) = values else {
      for (position, example) in examples.enumerated() { copy(Int(example), to: target + position * width) }
      return
    }
    numbers.withUnsafeBufferPointer { numbers in
      for position in examples.indices {
        // A batch is all over the data, where no CPU foresees it.
        let ahead = numbers.baseAddress! + Int(examples[min(position + 4, examples.count - 1)]) * width
        for line in stride(from: 0, to: min(width, 256), by: 16) { Vector.prefetch(ahead + line) }
        let (source, place) = (numbers.baseAddress! + Int(examples[position]) * width, target + position * width)
        Lanes.forEach(width) { i, lanes in lanes.store(lanes.load(source + i), to: place + i) }
      }
    }
  }
}
