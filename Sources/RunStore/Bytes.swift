// Numbers and texts as little-endian bytes: what frames and digests are made of.

/// Bytes in the making.
struct ByteWriter {
  var bytes: [UInt8] = []

  mutating func append<Number: FixedWidthInteger>(_ number: Number) {
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func append(_ number: Double) { append(number.bitPattern) }

  /// A text: its length in bytes as u32, then its UTF-8.
  mutating func append(_ text: String) {
    append(UInt32(text.utf8.count))
    bytes.append(contentsOf: text.utf8)
  }

  mutating func append(_ digest: Digest) { bytes.append(contentsOf: digest.bytes) }

  /// Numbers as they lie in memory, lowest byte first; texts each with their length.
  mutating func append(_ values: ArrayValues) {
    switch values {
    case .text(let texts): for text in texts { append(text) }
    default: values.withLittleEndianBytes { bytes.append(contentsOf: $0) }
    }
  }
}

/// Bytes being read; every read is checked against the end.
struct ByteReader {
  /// There were fewer bytes than what was to be read, or they were no text.
  struct Malformed: Error {}

  private let bytes: ArraySlice<UInt8>
  private(set) var position: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  var remaining: Int { bytes.endIndex - position }

  mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
    guard count >= 0, count <= remaining else { throw Malformed() }
    defer { position += count }
    return bytes[position..<position + count]
  }

  mutating func number<Number: FixedWidthInteger>(_ type: Number.Type = Number.self) throws -> Number {
    let taken = try take(MemoryLayout<Number>.size)
    return taken.withUnsafeBytes { Number(littleEndian: $0.loadUnaligned(as: Number.self)) }
  }

  mutating func double() throws -> Double { Double(bitPattern: try number()) }

  mutating func text() throws -> String {
    let count = try number(UInt32.self)
    guard let text = String(validating: try take(Int(count)), as: UTF8.self) else { throw Malformed() }
    return text
  }

  mutating func digest() throws -> Digest {
    guard let digest = Digest(bytes: try take(32)) else { throw Malformed() }
    return digest
  }

  mutating func int() throws -> Int {
    guard let number = Int(exactly: try number(UInt64.self)) else { throw Malformed() }
    return number
  }

  mutating func values(_ type: ElementType, count: Int) throws -> ArrayValues {
    guard let size = type.byteCount else {
      guard count <= remaining / 4 else { throw Malformed() }
      return .text(try (0..<count).map { _ in try text() })
    }
    let (total, overflow) = count.multipliedReportingOverflow(by: size)
    guard !overflow else { throw Malformed() }
    return ArrayValues(type, littleEndian: try take(total))
  }
}
