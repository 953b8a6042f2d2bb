/// What a reader made of files: examples with classes, before they have a name, a digest and a split.
package struct GatheredData: Equatable, Sendable {
  package enum Content: Equatable, Sendable {
    /// Row-major as examples, rows, columns, channels.
    case images(pixels: [UInt8], rows: Int, columns: Int, channels: Int)
    case table(numbers: [Float], width: Int)
    case texts(TokenizedTexts)
  }

  package let content: Content
  /// The class of each example, in 0 ..< classCount.
  package let labels: [Int32]
  package let classCount: Int
  /// What the classes are called; empty where the files do not say.
  package let classNames: [String]
  /// How many of the last examples are the test part that whoever made the data set apart; 0 where there is none.
  package let testCount: Int

  package var count: Int { labels.count }
}

/// Texts as numbers below `vocabularySize`, 0 being none.
package struct TokenizedTexts: Equatable, Sendable {
  package let tokens: [Int32]
  /// Where each text begins in `tokens`, and at last where the last one ends.
  package let bounds: [Int]
  package let vocabularySize: Int
  /// What the tokens from 1 on are; empty for bytes.
  package let vocabulary: [[UInt8]]
}

extension GatheredData {
  /// Images or rows of numbers, and their classes.
  ///
  /// Bytes of three axes (examples, rows, columns) or four (then channels, at the end or in front of rows and columns) are
  /// images; all others are tables, whose numbers stay as they are.
  package init(
    _ features: NumberArray, labels: NumberArray, classNames: [String] = [], testCount: Int = 0, action: String,
    file: String
  ) throws(DataSetError) {
    func unfitting(_ expected: String, _ found: String) -> DataSetError {
      DataSetError(.unfitting, action, file: file, expected: expected, found: found)
    }
    guard let count = features.shape.first, features.shape.count >= 2, count > 0 else {
      throw unfitting("examples, each of some numbers", "the shape \(features.shape)")
    }
    guard count <= InputLimits.examples else { throw unfitting("at most \(InputLimits.examples) examples", "\(count)") }
    let classes = try Self.classes(labels, count: count, names: classNames, action: action, file: file)
    self.labels = classes.labels
    classCount = classes.count
    self.classNames = classNames
    self.testCount = testCount
    content = try Self.content(features, unfitting)
  }

  private static func content(
    _ features: NumberArray, _ unfitting: (String, String) -> DataSetError
  ) throws(DataSetError) -> Content {
    let (shape, width) = (features.shape, features.shape.dropFirst().reduce(1, *))
    guard width > 0 else { throw unfitting("examples, each of some numbers", "the shape \(shape)") }
    switch features.values {
    case .bytes(let bytes) where shape.count == 3:
      return .images(pixels: bytes, rows: shape[1], columns: shape[2], channels: 1)
    case .bytes(let bytes) where shape.count == 4 && (1...4).contains(shape[3]):
      return .images(pixels: bytes, rows: shape[1], columns: shape[2], channels: shape[3])
    case .bytes(let bytes) where shape.count == 4 && (1...4).contains(shape[1]):
      return .images(
        pixels: interleaved(bytes, channels: shape[1], positions: shape[2] * shape[3]), rows: shape[2],
        columns: shape[3], channels: shape[1])
    case .bytes where shape.count == 4:
      throw unfitting("one to four channels", "the shape \(shape)")
    case .bytes(let bytes): return .table(numbers: bytes.map { Float($0) }, width: width)
    case .integers(let integers): return .table(numbers: integers.map { Float($0) }, width: width)
    case .floats(let floats):
      if let place = floats.firstIndex(where: { !$0.isFinite }) {
        throw unfitting("finite numbers", "\(floats[place]) in example \(place / width)")
      }
      return .table(numbers: floats, width: width)
    }
  }

  /// Images whose channels lie one behind the other, with the channels of each pixel together.
  static func interleaved(_ planes: [UInt8], channels: Int, positions: Int) -> [UInt8] {
    guard channels > 1 else { return planes }
    return [UInt8](unsafeUninitializedCapacity: planes.count) { buffer, count in
      planes.withUnsafeBufferPointer { planes in
        var target = 0
        for start in stride(from: 0, to: planes.count, by: channels * positions) {
          for position in 0..<positions {
            for channel in 0..<channels {
              buffer[target] = planes[start + channel * positions + position]
              target += 1
            }
          }
        }
      }
      count = planes.count
    }
  }

  private static func classes(
    _ labels: NumberArray, count: Int, names: [String], action: String, file: String
  ) throws(DataSetError) -> (labels: [Int32], count: Int) {
    func unfitting(_ expected: String, _ found: String) -> DataSetError {
      DataSetError(.unfitting, action, file: file, expected: expected, found: found)
    }
    guard labels.shape == [count] || labels.shape == [count, 1] else {
      throw unfitting("a label for each of \(count) examples", "labels of the shape \(labels.shape)")
    }
    var classes = [Int32](repeating: 0, count: count)
    let limit = names.isEmpty ? InputLimits.classes : names.count
    for index in 0..<count {
      let label: Int? =
        switch labels.values {
        case .bytes(let values): Int(values[index])
        case .integers(let values): Int(values[index])
        case .floats(let values): Int(exactly: values[index])
        }
      guard let label, label >= 0, label < limit else {
        throw unfitting("labels from 0 to \(limit - 1)", "another at example \(index)")
      }
      classes[index] = Int32(label)
    }
    let classCount = names.isEmpty ? Int(classes.max() ?? 0) + 1 : names.count
    guard classCount > 1 else { throw unfitting("two classes at least", "\(classCount)") }
    return (classes, classCount)
  }
}
