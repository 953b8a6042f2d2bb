import Foundation

/// How arrays go through the pipe, in the order of this machine's bytes, since both ends are on it: magic, items, and an end that counts them. An item is a byte for its
/// kind, a name, for a dataset rank and axes, and values: a byte for their type, their number, their bytes.
///
/// The reader takes nothing on trust: the writer may have been taken over by the file it read.
package enum ForeignStream {
  static let magic = Array("RUNSFRN1".utf8)

  enum Item: UInt8 {
    case end, attribute, dataset
  }

  enum ValueType: UInt8 {
    case float32, float64, integers, unsigned, booleans, texts
  }

  /// What was expected and not found, and at which byte.
  package struct Malformed: Error, CustomStringConvertible {
    package let offset: Int
    package let expected: String
    package var description: String { "byte \(offset): expected \(expected)" }
  }
}

// Writing.
extension ForeignStream {
  static func bytes(ofAttribute name: String, _ values: ForeignFile.Values) -> [UInt8] {
    var bytes = [Item.attribute.rawValue]
    append(name, to: &bytes)
    append(values, to: &bytes)
    return bytes
  }

  static func bytes(of dataset: ForeignFile.Dataset) -> [UInt8] {
    var bytes = [Item.dataset.rawValue]
    append(dataset.path, to: &bytes)
    append(UInt32(dataset.shape.count), to: &bytes)
    for axis in dataset.shape { append(UInt64(axis), to: &bytes) }
    append(dataset.values, to: &bytes)
    return bytes
  }

  static func end(after items: Int) -> [UInt8] {
    var bytes = [Item.end.rawValue]
    append(UInt64(items), to: &bytes)
    return bytes
  }

  private static func append<Number: FixedWidthInteger>(_ number: Number, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: number) { bytes.append(contentsOf: $0) }
  }

  private static func append(_ text: String, to bytes: inout [UInt8]) {
    append(UInt32(text.utf8.count), to: &bytes)
    bytes.append(contentsOf: text.utf8)
  }

  private static func append(_ values: ForeignFile.Values, to bytes: inout [UInt8]) {
    func head(_ type: ValueType, _ count: Int) {
      bytes.append(type.rawValue)
      append(UInt64(count), to: &bytes)
    }
    switch values {
    case .float32(let values):
      head(.float32, values.count)
      values.withUnsafeBytes { bytes.append(contentsOf: $0) }
    case .float64(let values):
      head(.float64, values.count)
      values.withUnsafeBytes { bytes.append(contentsOf: $0) }
    case .integers(let values):
      head(.integers, values.count)
      values.withUnsafeBytes { bytes.append(contentsOf: $0) }
    case .unsigned(let values):
      head(.unsigned, values.count)
      values.withUnsafeBytes { bytes.append(contentsOf: $0) }
    case .booleans(let values):
      head(.booleans, values.count)
      for value in values { bytes.append(value ? 1 : 0) }
    case .texts(let values):
      head(.texts, values.count)
      for value in values { append(value, to: &bytes) }
    }
  }
}

// Reading.
extension ForeignFile {
  /// The file that a stream describes, whole to its end.
  package init(name: String, stream: [UInt8]) throws(ForeignStream.Malformed) {
    self.init(name: name)
    var reader = StreamReader(bytes: stream)
    guard try reader.take(8, "the start of a stream").elementsEqual(ForeignStream.magic) else {
      throw reader.malformed("the start of a stream")
    }
    var items = 0
    while true {
      guard let item = ForeignStream.Item(rawValue: try reader.number("an item")) else {
        throw reader.malformed("an item")
      }
      switch item {
      case .end:
        guard try reader.number("a count") == UInt64(items), reader.remaining == 0 else {
          throw reader.malformed("the end, after \(items) items")
        }
        return
      case .attribute:
        let attribute = try reader.text()
        attributes[attribute] = try reader.values().values
      case .dataset: datasets.append(try reader.dataset())
      }
      items += 1
    }
  }
}

private struct StreamReader {
  let bytes: [UInt8]
  private(set) var position = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  var remaining: Int { bytes.count - position }

  func malformed(_ expected: String) -> ForeignStream.Malformed { .init(offset: position, expected: expected) }

  mutating func take(_ count: Int, _ what: String) throws(ForeignStream.Malformed) -> ArraySlice<UInt8> {
    guard count >= 0, count <= remaining else { throw malformed(what) }
    defer { position += count }
    return bytes[position..<position + count]
  }

  mutating func number<Number: FixedWidthInteger>(_ what: String) throws(ForeignStream.Malformed) -> Number {
    try take(MemoryLayout<Number>.size, what).withUnsafeBytes { $0.loadUnaligned(as: Number.self) }
  }

  mutating func text() throws(ForeignStream.Malformed) -> String {
    let count: UInt32 = try number("a text's length")
    guard let text = String(validating: try take(Int(count), "a text"), as: UTF8.self) else { throw malformed("UTF-8") }
    return text
  }

  mutating func dataset() throws(ForeignStream.Malformed) -> ForeignFile.Dataset {
    let path = try text()
    let rank: UInt32 = try number("a rank")
    guard rank <= 32 else { throw malformed("a rank of 32 at most") }
    var shape: [Int] = []
    var count = 1
    for _ in 0..<rank {
      guard let axis = Int(exactly: try number("an axis") as UInt64) else { throw malformed("an axis") }
      let (product, overflow) = count.multipliedReportingOverflow(by: axis)
      guard !overflow else { throw malformed("a shape that memory holds") }
      shape.append(axis)
      count = product
    }
    let (values, found) = try values()
    guard found == count else { throw malformed("\(count) values for a shape of \(shape), not \(found)") }
    return ForeignFile.Dataset(path: path, shape: shape, values: values)
  }

  mutating func values() throws(ForeignStream.Malformed) -> (values: ForeignFile.Values, count: Int) {
    guard let type = ForeignStream.ValueType(rawValue: try number("a type")) else { throw malformed("a type") }
    // Each value takes a byte at least, so that no count asks for memory that the stream does not fill.
    guard let count = Int(exactly: try number("a count") as UInt64), count <= remaining else {
      throw malformed("a count")
    }
    switch type {
    case .float32: return (.float32(try numbers(count, Float.self)), count)
    case .float64: return (.float64(try numbers(count, Double.self)), count)
    case .integers: return (.integers(try numbers(count, Int64.self)), count)
    case .unsigned: return (.unsigned(try numbers(count, UInt64.self)), count)
    case .booleans: return (.booleans(try take(count, "flags").map { $0 != 0 }), count)
    case .texts:
      var texts: [String] = []
      for _ in 0..<count { texts.append(try text()) }
      return (.texts(texts), count)
    }
  }

  /// Numbers as they lie in the stream, any bytes of which are numbers.
  private mutating func numbers<Number: BitwiseCopyable>(
    _ count: Int, _ type: Number.Type
  ) throws(ForeignStream.Malformed) -> [Number] {
    let (total, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Number>.size)
    guard !overflow else { throw malformed("a count") }
    let taken = try take(total, "\(count) numbers")
    return [Number](unsafeUninitializedCapacity: count) { buffer, filled in
      UnsafeMutableRawBufferPointer(buffer).copyBytes(from: taken)
      filled = count
    }
  }
}
