import DataSets
import RunStore
import Tasks

/// A data set as tasks take it.
struct LoadedData: Sendable {
  enum Content: Sendable {
    case images(TaskSetImages)
    case table(DataSet, Partition)
    case texts(TextCorpus)
  }

  let content: Content
  /// SHA-256 of all that decides a bit: examples, classes, splits.
  let digest: String
}

/// The names of the arrays that a registered data set is made of.
enum DataNames {
  static let pixels = "pixels"
  static let features = "features"
  static let tokens = "tokens"
  static let bounds = "bounds"
  static let vocabularySize = "vocabulary_size"
  static let vocabularyBytes = "vocabulary/bytes"
  static let vocabularyBounds = "vocabulary/bounds"
  static let labels = "labels"
  static let classCount = "class_count"
  static let classNames = "class_names"

  static func split(_ split: Split) -> String {
    switch split {
    case .train: "split/train"
    case .innerValid: "split/inner_valid"
    case .outerValid: "split/outer_valid"
    case .test: "split/test"
    }
  }
}

extension GatheredData {
  /// The arrays that a store keeps, splits included. The splits are a function of the examples and their classes: their
  /// digest is the seed of the partition.
  func contents() -> NamedArrays {
    var arrays = examples()
    arrays.append(
      NamedArray(DataNames.labels, shape: [count], .int32(labels), summary: "the class of each example"))
    arrays.append(.scalar(DataNames.classCount, .int64([Int64(classCount)]), summary: "number of classes"))
    if !classNames.isEmpty {
      arrays.append(
        NamedArray(DataNames.classNames, shape: [classCount], .text(classNames), summary: "classes by number"))
    }
    let seed = arrays.digest.bytes.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let partition =
      testCount > 0
      ? Partition(count: count, testCount: testCount, seed: seed) : Partition(count: count, seed: seed)
    for split in Split.allCases {
      let examples = partition[split]
      arrays.append(
        NamedArray(
          DataNames.split(split), shape: [examples.count], .int32(examples),
          summary: "the examples of this split, in the order in which a smaller training part takes them"))
    }
    return arrays
  }

  private func examples() -> NamedArrays {
    switch content {
    case .images(let pixels, let rows, let columns, let channels):
      NamedArrays([
        NamedArray(
          DataNames.pixels, shape: [count, rows, columns, channels], .uint8(pixels), unit: "1/255",
          summary: "pixels of each example by row, column, channel")
      ])
    case .table(let numbers, let width):
      NamedArrays([
        NamedArray(DataNames.features, shape: [count, width], .float32(numbers), summary: "numbers of each example")
      ])
    case .texts(let texts): arrays(of: texts)
    }
  }

  private func arrays(of texts: TokenizedTexts) -> NamedArrays {
    var arrays = NamedArrays([
      NamedArray(DataNames.tokens, shape: [texts.tokens.count], .int32(texts.tokens), summary: "text after text"),
      NamedArray(
        DataNames.bounds, shape: [count + 1], .int64(texts.bounds.map { Int64($0) }),
        summary: "where each text begins, and where the last one ends"),
      .scalar(
        DataNames.vocabularySize, .int64([Int64(texts.vocabularySize)]), summary: "tokens are below this; 0 is none"),
    ])
    guard !texts.vocabulary.isEmpty else { return arrays }
    var bounds: [Int64] = [0]
    for word in texts.vocabulary { bounds.append(bounds[bounds.count - 1] + Int64(word.count)) }
    let bytes = texts.vocabulary.flatMap { $0 }
    arrays.append(
      NamedArray(
        DataNames.vocabularyBytes, shape: [bytes.count], .uint8(bytes), summary: "token after token, from 1 on"))
    arrays.append(
      NamedArray(DataNames.vocabularyBounds, shape: [bounds.count], .int64(bounds), summary: "where each token begins"))
    return arrays
  }
}

/// Reads the arrays of a registered data set.
struct RegisteredDataReader {
  let name: String
  /// The file's path.
  let file: String
  let head: DataFileHead
  let contents: NamedArrays

  func loaded() throws(ExperimentError) -> LoadedData {
    let labels = try int32(DataNames.labels)
    let classCount = try int(DataNames.classCount)
    let partition = try partition(count: labels.count)
    guard classCount > 0, labels.allSatisfy({ $0 >= 0 && Int($0) < classCount }) else {
      throw damaged(DataNames.labels, "classes below \(classCount)", "others")
    }
    return LoadedData(
      content: try content(labels, classCount: classCount, partition), digest: "sha256:\(head.contentsDigest)")
  }

  private func content(
    _ labels: [Int32], classCount: Int, _ partition: Partition
  ) throws(ExperimentError) -> LoadedData.Content {
    func dataSet(_ array: NamedArray, _ values: DataSet.Values) throws(ExperimentError) -> DataSet {
      let width = array.shape.dropFirst().reduce(1, *)
      guard array.shape.first == labels.count, width > 0, classCount > 1 else {
        throw damaged(array.name, "\(labels.count) examples", "the shape \(array.shape)")
      }
      return DataSet(
        name: name, source: file, digest: "sha256:\(head.contentsDigest)", width: width, classCount: classCount,
        values: values, labels: labels)
    }
    if let array = contents[DataNames.pixels], case .uint8(let pixels) = array.values, array.shape.count == 4 {
      return .images(
        TaskSetImages(
          try dataSet(array, .bytes(pixels)), rows: array.shape[1], columns: array.shape[2], channels: array.shape[3],
          partition: partition))
    }
    if let array = contents[DataNames.features], case .float32(let numbers) = array.values {
      return .table(try dataSet(array, .numbers(numbers)), partition)
    }
    return .texts(try corpus(labels, classCount: classCount, partition))
  }

  private func corpus(
    _ labels: [Int32], classCount: Int, _ partition: Partition
  ) throws(ExperimentError) -> TextCorpus {
    let (tokens, size) = (try int32(DataNames.tokens), try int(DataNames.vocabularySize))
    guard case .int64(let values)? = contents[DataNames.bounds]?.values, values.count == labels.count + 1,
      values.first == 0, values.last == Int64(tokens.count), zip(values, values.dropFirst()).allSatisfy({ $0 <= $1 })
    else { throw damaged(DataNames.bounds, "rising bounds of \(labels.count) texts", "others") }
    guard size > 1, tokens.allSatisfy({ $0 >= 0 && Int($0) < size }) else {
      throw damaged(DataNames.tokens, "tokens below \(size)", "others")
    }
    return TextCorpus(
      name: name, source: file, vocabularySize: size, classCount: classCount, tokens: tokens,
      bounds: values.map { Int($0) }, labels: labels, partition: partition)
  }

  private func partition(count: Int) throws(ExperimentError) -> Partition {
    var lists: [Split: [Int32]] = [:]
    for split in Split.allCases { lists[split] = try int32(DataNames.split(split)) }
    guard let partition = Partition(lists, count: count) else {
      throw damaged("split", "each of \(count) examples in one split", "something else")
    }
    return partition
  }

  private func int32(_ array: String) throws(ExperimentError) -> [Int32] {
    guard case .int32(let values)? = contents[array]?.values else { throw damaged(array, "32-bit integers", "none") }
    return values
  }

  private func int(_ array: String) throws(ExperimentError) -> Int {
    guard case .int64(let values)? = contents[array]?.values, values.count == 1 else {
      throw damaged(array, "a 64-bit integer", "none")
    }
    return Int(values[0])
  }

  private func damaged(_ array: String, _ expected: String, _ found: String) -> ExperimentError {
    ExperimentError(
      .malformed, doing: "reading data set \(name)", problem: "\(file), \(array): expected \(expected), found \(found)",
      advice: "remove it with runs data rm \(name) and add it again")
  }
}
