/// An array of any rank as a file holds it, the last axis fastest.
package struct NumberArray: Equatable, Sendable {
  package enum Values: Equatable, Sendable {
    case bytes([UInt8])
    case integers([Int64])
    case floats([Float])

    var count: Int {
      switch self {
      case .bytes(let values): values.count
      case .integers(let values): values.count
      case .floats(let values): values.count
      }
    }
  }

  package let shape: [Int]
  package let values: Values

  package init(shape: [Int], _ values: Values) {
    precondition(NumberArray.count(of: shape) == values.count, "\(values.count) values for a shape of \(shape)")
    self.shape = shape
    self.values = values
  }

  /// The elements of a shape; nil where an axis is negative or no memory holds so many.
  static func count(of shape: [Int]) -> Int? {
    var count = 1
    for axis in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: axis)
      guard axis >= 0, !overflow else { return nil }
      count = product
    }
    return count
  }

  /// The type of a file's elements, and how their bytes lie.
  struct Encoding {
    enum Kind { case unsigned, signed, float }

    let kind: Kind
    let byteCount: Int
    let isBigEndian: Bool
  }

  /// The array that bytes encode, of which there are as many as the shape takes.
  init(shape: [Int], _ bytes: ArraySlice<UInt8>, _ encoding: Encoding) {
    let count = bytes.count / encoding.byteCount
    func integers<Number: FixedWidthInteger>(_ type: Number.Type) -> [Int64] {
      bytes.withUnsafeBytes { raw in
        (0..<count).map { index in
          let value = raw.loadUnaligned(fromByteOffset: index * MemoryLayout<Number>.size, as: Number.self)
          return Int64(
            truncatingIfNeeded: encoding.isBigEndian ? Number(bigEndian: value) : Number(littleEndian: value))
        }
      }
    }
    let values: Values =
      switch (encoding.kind, encoding.byteCount) {
      case (.unsigned, 1): .bytes(Array(bytes))
      case (.unsigned, 2): .integers(integers(UInt16.self))
      case (.unsigned, 4): .integers(integers(UInt32.self))
      case (.unsigned, _): .integers(integers(UInt64.self))
      case (.signed, 1): .integers(integers(Int8.self))
      case (.signed, 2): .integers(integers(Int16.self))
      case (.signed, 4): .integers(integers(Int32.self))
      case (.signed, _): .integers(integers(Int64.self))
      case (.float, 4): .floats(integers(UInt32.self).map { Float(bitPattern: UInt32(truncatingIfNeeded: $0)) })
      case (.float, _): .floats(integers(UInt64.self).map { Float(Double(bitPattern: UInt64(bitPattern: $0))) })
      }
    self.init(shape: shape, values)
  }

  /// These rows of the first axis.
  func rows(_ range: Range<Int>) -> NumberArray {
    let stride = shape.dropFirst().reduce(1, *)
    let part = range.lowerBound * stride..<range.upperBound * stride
    let values: Values =
      switch self.values {
      case .bytes(let values): .bytes(Array(values[part]))
      case .integers(let values): .integers(Array(values[part]))
      case .floats(let values): .floats(Array(values[part]))
      }
    return NumberArray(shape: [range.count] + shape.dropFirst(), values)
  }

  /// This array and another of the same type and further axes, one below the other; nil where they do not go together.
  func followed(by other: NumberArray) -> NumberArray? {
    guard !shape.isEmpty, shape.dropFirst() == other.shape.dropFirst(), !other.shape.isEmpty else { return nil }
    let shape = [self.shape[0] + other.shape[0]] + self.shape.dropFirst()
    return switch (values, other.values) {
    case (.bytes(let a), .bytes(let b)): NumberArray(shape: shape, .bytes(a + b))
    case (.integers(let a), .integers(let b)): NumberArray(shape: shape, .integers(a + b))
    case (.floats(let a), .floats(let b)): NumberArray(shape: shape, .floats(a + b))
    default: nil
    }
  }
}

extension ByteCursor {
  /// All bytes that are left, as the elements of a shape: there must be neither more nor fewer.
  mutating func rest(as shape: [Int], _ encoding: NumberArray.Encoding) throws(DataSetError) -> NumberArray {
    guard let count = NumberArray.count(of: shape),
      case (let size, let overflow) = count.multipliedReportingOverflow(by: encoding.byteCount), !overflow,
      size == remaining
    else {
      throw error(
        expected: "the elements of \(shape), of \(encoding.byteCount) bytes each", found: "\(remaining) bytes")
    }
    return NumberArray(shape: shape, try take(size, "elements"), encoding)
  }
}
