// The values of an array or a column, all of one type.

/// The type of an array's elements.
public enum ElementType: String, Hashable, Sendable, CaseIterable {
  /// IEEE 754 binary32.
  case float32
  /// IEEE 754 binary64.
  case float64
  /// 32 bits with a sign.
  case int32
  /// 64 bits with a sign.
  case int64
  /// 32 bits without a sign.
  case uint32
  /// 64 bits without a sign.
  case uint64
  /// Bytes.
  case uint8
  /// UTF-8 without NUL.
  case text

  /// The bytes of one element; nil for texts, which have as many as they need.
  public var byteCount: Int? {
    switch self {
    case .float32, .int32, .uint32: 4
    case .float64, .int64, .uint64: 8
    case .uint8: 1
    case .text: nil
    }
  }
}

/// Values of one type. Two are equal when all their bits are: a NaN equals itself, and 0.0 is not -0.0.
public enum ArrayValues: Sendable {
  /// 32-bit floating point.
  case float32([Float])
  /// 64-bit floating point.
  case float64([Double])
  /// 32-bit integers with a sign.
  case int32([Int32])
  /// 64-bit integers with a sign.
  case int64([Int64])
  /// 32-bit integers without a sign.
  case uint32([UInt32])
  /// 64-bit integers without a sign.
  case uint64([UInt64])
  /// Bytes.
  case uint8([UInt8])
  /// Texts.
  case text([String])
}

extension ArrayValues {
  /// The type of the elements.
  public var type: ElementType {
    switch self {
    case .float32: .float32
    case .float64: .float64
    case .int32: .int32
    case .int64: .int64
    case .uint32: .uint32
    case .uint64: .uint64
    case .uint8: .uint8
    case .text: .text
    }
  }

  /// The number of elements.
  public var count: Int {
    switch self {
    case .float32(let values): values.count
    case .float64(let values): values.count
    case .int32(let values): values.count
    case .int64(let values): values.count
    case .uint32(let values): values.count
    case .uint64(let values): values.count
    case .uint8(let values): values.count
    case .text(let values): values.count
    }
  }

  /// No values of a type.
  public static func empty(_ type: ElementType) -> ArrayValues { ArrayValues(type, littleEndian: []) }

  /// The values as numbers, to look at and to draw: integers beyond 2^53 are rounded; nil for texts.
  public var doubles: [Double]? {
    switch self {
    case .float32(let values): values.map(Double.init)
    case .float64(let values): values
    case .int32(let values): values.map(Double.init)
    case .int64(let values): values.map(Double.init)
    case .uint32(let values): values.map(Double.init)
    // Not Double.init, which takes 64 bits for a bit pattern.
    case .uint64(let values): values.map { Double($0) }
    case .uint8(let values): values.map(Double.init)
    case .text: nil
    }
  }

  /// The elements of a range.
  public subscript(range: Range<Int>) -> ArrayValues {
    switch self {
    case .float32(let values): .float32(Array(values[range]))
    case .float64(let values): .float64(Array(values[range]))
    case .int32(let values): .int32(Array(values[range]))
    case .int64(let values): .int64(Array(values[range]))
    case .uint32(let values): .uint32(Array(values[range]))
    case .uint64(let values): .uint64(Array(values[range]))
    case .uint8(let values): .uint8(Array(values[range]))
    case .text(let values): .text(Array(values[range]))
    }
  }

  /// Puts values of the same type behind these.
  public mutating func append(_ more: ArrayValues) {
    switch (consume self, more) {
    case (.float32(var values), .float32(let more)): values += more; self = .float32(values)
    case (.float64(var values), .float64(let more)): values += more; self = .float64(values)
    case (.int32(var values), .int32(let more)): values += more; self = .int32(values)
    case (.int64(var values), .int64(let more)): values += more; self = .int64(values)
    case (.uint32(var values), .uint32(let more)): values += more; self = .uint32(values)
    case (.uint64(var values), .uint64(let more)): values += more; self = .uint64(values)
    case (.uint8(var values), .uint8(let more)): values += more; self = .uint8(values)
    case (.text(var values), .text(let more)): values += more; self = .text(values)
    case (let values, let more): preconditionFailure("\(more.type) cannot follow \(values.type)")
    }
  }

  /// All values of some parts, which are of this type, end to end.
  init(_ type: ElementType, joining parts: [ArrayValues]) {
    self = .empty(type)
    reserveCapacity(parts.reduce(0) { $0 + $1.count })
    for part in parts { append(part) }
  }

  private mutating func reserveCapacity(_ count: Int) {
    switch consume self {
    case .float32(var values): values.reserveCapacity(count); self = .float32(values)
    case .float64(var values): values.reserveCapacity(count); self = .float64(values)
    case .int32(var values): values.reserveCapacity(count); self = .int32(values)
    case .int64(var values): values.reserveCapacity(count); self = .int64(values)
    case .uint32(var values): values.reserveCapacity(count); self = .uint32(values)
    case .uint64(var values): values.reserveCapacity(count); self = .uint64(values)
    case .uint8(var values): values.reserveCapacity(count); self = .uint8(values)
    case .text(var values): values.reserveCapacity(count); self = .text(values)
    }
  }

  /// The first element whose bits differ; nil when all are the same. Both have the same type and count.
  func firstDifference(from other: ArrayValues) -> Int? {
    if case .text(let left) = self, case .text(let right) = other {
      return zip(left, right).enumerated().first { !$1.0.utf8.elementsEqual($1.1.utf8) }?.offset
    }
    let size = type.byteCount!
    return withLittleEndianBytes { left in
      other.withLittleEndianBytes { right in
        (0..<min(left.count, right.count)).first { left[$0] != right[$0] }.map { $0 / size }
      }
    }
  }
}

extension ArrayValues: Equatable {
  /// Whether type, count and all bits are the same.
  public static func == (left: ArrayValues, right: ArrayValues) -> Bool {
    left.type == right.type && left.count == right.count && left.firstDifference(from: right) == nil
  }
}

extension ArrayValues {
  /// Numbers from their bytes, lowest first; `bytes` holds whole elements. No texts, unless there are no bytes.
  init(_ type: ElementType, littleEndian bytes: ArraySlice<UInt8>) {
    switch type {
    case .float32: self = .float32(Self.numbers(bytes, UInt32.self).map(Float.init(bitPattern:)))
    case .float64: self = .float64(Self.numbers(bytes, UInt64.self).map(Double.init(bitPattern:)))
    case .int32: self = .int32(Self.numbers(bytes))
    case .int64: self = .int64(Self.numbers(bytes))
    case .uint32: self = .uint32(Self.numbers(bytes))
    case .uint64: self = .uint64(Self.numbers(bytes))
    case .uint8: self = .uint8(Array(bytes))
    case .text:
      precondition(bytes.isEmpty, "texts have no fixed size")
      self = .text([])
    }
  }

  /// The numbers' bytes, lowest first. Not for texts.
  func withLittleEndianBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    switch self {
    case .float32(let values): try Self.bytes(values, { $0.bitPattern.littleEndian }, body)
    case .float64(let values): try Self.bytes(values, { $0.bitPattern.littleEndian }, body)
    case .int32(let values): try Self.bytes(values, \.littleEndian, body)
    case .int64(let values): try Self.bytes(values, \.littleEndian, body)
    case .uint32(let values): try Self.bytes(values, \.littleEndian, body)
    case .uint64(let values): try Self.bytes(values, \.littleEndian, body)
    case .uint8(let values): try values.withUnsafeBytes(body)
    case .text: preconditionFailure("texts have no fixed size")
    }
  }

  private static func numbers<Number: FixedWidthInteger>(
    _ bytes: ArraySlice<UInt8>, _ type: Number.Type = Number.self
  ) -> [Number] {
    let size = MemoryLayout<Number>.size
    precondition(bytes.count % size == 0, "\(bytes.count) bytes are not whole elements of \(size)")
    return [Number](unsafeUninitializedCapacity: bytes.count / size) { target, count in
      bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(target).copyMemory(from: $0) }
      count = bytes.count / size
      if 1.littleEndian != 1 { for index in 0..<count { target[index] = Number(littleEndian: target[index]) } }
    }
  }

  /// On little-endian machines the memory as it lies; elsewhere a swapped copy.
  private static func bytes<Element, Pattern, Result>(
    _ values: [Element], _ littleEndian: (Element) -> Pattern, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    if 1.littleEndian == 1 { return try values.withUnsafeBytes(body) }
    return try values.map(littleEndian).withUnsafeBytes(body)
  }
}
