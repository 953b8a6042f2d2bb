// How a dataset is laid out in the file: chunks, compression; a checksum always.

/// How a dataset is laid out in the file.
///
/// Whatever the options, every chunk carries a Fletcher-32 checksum. Values without any axis (rank 0) and datasets
/// without any element cannot be chunked: they lie in the object's header, which has a checksum of its own.
public struct DatasetOptions: Equatable, Sendable {
  /// The extents of a chunk, of the dataset's rank; nil for chunks of about 1 MiB that are whole along the last axes.
  public var chunk: [Int]?
  /// Whether the bytes of a chunk are reordered by significance, which helps compression.
  public var shuffles: Bool
  /// The level of compression, 1 to 9; nil for none.
  public var deflate: Int?

  /// A level or a chunk that cannot be is a programmer's error.
  public init(chunk: [Int]? = nil, shuffles: Bool = false, deflate: Int? = nil) {
    precondition(deflate.map { (1...9).contains($0) } ?? true, "deflate level \(deflate ?? 0) is not in 1...9")
    precondition(chunk?.allSatisfy { $0 > 0 } ?? true, "a chunk of shape \(chunk ?? []) has an extent below 1")
    self.chunk = chunk
    self.shuffles = shuffles
    self.deflate = deflate
  }

  /// As the bytes are: fastest to write and to read.
  public static let plain = DatasetOptions()

  /// Shuffled and compressed at level 1: for columns of records.
  public static let compressed = DatasetOptions(shuffles: true, deflate: 1)

  /// The largest chunk that is written or that a foreign file may have.
  static let largestChunk = 64 << 20

  /// The bytes that a chunk has at most where the options do not say.
  static let usualChunk = 1 << 20

  /// The chunk for a dataset of this shape, which has an axis and an element: no extent is above the dataset's.
  func chunk(for shape: [Int], elementBytes: Int) -> [Int] {
    if let chunk { return zip(chunk, shape).map { min($0, $1) } }
    // Whole along the last axes, as many as fit; then as many rows of the next as fit; 1 along the first ones.
    var chunk = [Int](repeating: 1, count: shape.count)
    var bytes = elementBytes
    for axis in shape.indices.reversed() {
      chunk[axis] = max(1, min(shape[axis], Self.usualChunk / bytes))
      if chunk[axis] < shape[axis] { break }
      bytes *= shape[axis]
    }
    return chunk
  }
}

/// What a shape amounts to.
enum Shape {
  /// The number of elements, or nil if it is above what `Int` holds or an extent is negative.
  static func count(_ shape: [Int]) -> Int? {
    var count = 1
    for extent in shape {
      let (product, overflows) = count.multipliedReportingOverflow(by: extent)
      if overflows || extent < 0 { return nil }
      count = product
    }
    return count
  }

  /// The number of bytes of `count(shape)` elements, or nil if it is above what `Int` holds.
  static func bytes(_ shape: [Int], elementBytes: Int) -> Int? {
    // An extent of 0 hides an overflow of the others, so they count as 1 at least.
    guard count(shape.map { $0 == 0 ? 1 : $0 }) != nil, let count = count(shape) else { return nil }
    let (bytes, overflows) = count.multipliedReportingOverflow(by: elementBytes)
    return overflows ? nil : bytes
  }
}
