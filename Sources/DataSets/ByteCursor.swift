/// Takes a file's bytes from the front, each length being checked against what is left.
struct ByteCursor {
  private let bytes: [UInt8]
  private let action: String
  private let file: String
  private(set) var offset: Int
  private let end: Int

  init(_ bytes: [UInt8], from offset: Int = 0, to end: Int? = nil, action: String, file: String) {
    self.bytes = bytes
    self.action = action
    self.file = file
    self.offset = offset
    self.end = end ?? bytes.count
    precondition(offset >= 0 && offset <= self.end && self.end <= bytes.count, "\(offset) to \(self.end)")
  }

  var remaining: Int { end - offset }

  /// An error at the present byte, or at another.
  func error(
    _ code: DataSetError.Code = .malformed, at place: Int? = nil, expected: String, found: String
  ) -> DataSetError {
    DataSetError(code, action, file: file, offset: place ?? offset, expected: expected, found: found)
  }

  mutating func take(_ count: Int, _ what: String) throws(DataSetError) -> ArraySlice<UInt8> {
    guard count >= 0, count <= remaining else {
      throw error(expected: "\(what) of \(count) bytes", found: "\(remaining) bytes to the end")
    }
    defer { offset += count }
    return bytes[offset..<offset + count]
  }

  mutating func little<Number: FixedWidthInteger>(_ what: String) throws(DataSetError) -> Number {
    Number(littleEndian: try raw(what))
  }

  mutating func big<Number: FixedWidthInteger>(_ what: String) throws(DataSetError) -> Number {
    Number(bigEndian: try raw(what))
  }

  private mutating func raw<Number: FixedWidthInteger>(_ what: String) throws(DataSetError) -> Number {
    try take(MemoryLayout<Number>.size, what).withUnsafeBytes { $0.loadUnaligned(as: Number.self) }
  }
}
