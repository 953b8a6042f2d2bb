// Datasets of a file that is read: what they are, and their values.

import CHDF5

/// A dataset of a file opened for reading: what its header says, and access to its values.
public struct Dataset: Sendable {
  /// How the values lie in the file.
  public enum Storage: Equatable, Sendable {
    /// In the object's header.
    case compact
    /// In one piece, without filters or checksum.
    case contiguous
    /// In chunks of this shape.
    case chunked([Int])
    /// In other datasets.
    case virtual
  }

  /// What is done with each chunk, in the order of writing.
  public enum Filter: Equatable, Sendable {
    case shuffle
    case deflate(level: Int)
    case fletcher32
    /// Another, by libhdf5's number.
    case other(Int)
  }

  /// Where it is.
  public let place: Place
  /// The extents; empty for a single value.
  public let shape: [Int]
  /// The type of the elements as stored.
  public let elementType: ElementType
  /// Where the values lie.
  public let storage: Storage
  /// What is done with each chunk.
  public let filters: [Filter]
  /// The bytes that the values take in the file.
  public let storedBytes: Int

  /// The absolute path.
  public var path: String { place.path }

  /// The number of elements.
  public var count: Int { shape.reduce(1, *) }

  /// All values in row-major order, which are stored as exactly this type.
  ///
  /// Throws `wrongType` if they are not, `damaged` if a checksum does not fit.
  public func read<E: Element>(_ type: E.Type) throws(HDF5Error) -> [E] {
    try readStored(type, rows: nil)
  }

  /// The rows of the first axis that are asked for: `rows.count` times the product of the other extents, in row-major
  /// order. Only the chunks that hold them are read.
  ///
  /// Throws `outOfRange` if there are no such rows, and as `read` does.
  public func read<E: Element>(_ type: E.Type, rows: Range<Int>) throws(HDF5Error) -> [E] {
    try readStored(type, rows: rows)
  }

  /// All values, converted from whatever numbers are stored. A floating-point type takes the nearest number it has;
  /// `outOfRange` is thrown for one that an integer type does not hold exactly.
  public func read<E: Element>(convertingTo type: E.Type) throws(HDF5Error) -> [E] {
    let converted = try elementType.visit(Conversion<E>(dataset: self))
    guard let converted else {
      throw place.error(.wrongType, Self.operation, expected: "numbers", found: "\(elementType)")
    }
    return converted
  }

  /// The single value of a dataset of one element.
  public func readScalar<E: Element>(_ type: E.Type) throws(HDF5Error) -> E {
    try checkSingle()
    return try read(type)[0]
  }

  /// All texts in row-major order, stored as texts of a fixed length.
  public func readTexts() throws(HDF5Error) -> [String] {
    guard case .text(let width) = elementType else {
      throw place.error(.wrongType, Self.operation, expected: "text", found: "\(elementType)")
    }
    Library.enter()
    defer { Library.leave() }
    let dataset = try place.open(H5I_DATASET, Self.operation)
    // As the file has it: its own type is read, so padding and character set are no matter of conversion.
    let type = try place.own(H5Dget_type(dataset.id), H5Tclose, Self.operation)
    let bytes = try readBytes(dataset, type, elementBytes: width, shape: shape, selection: chdf5_all())
    return try place.texts(bytes, type, width: width, Self.operation)
  }

  /// The single text of a dataset of one element.
  public func readText() throws(HDF5Error) -> String {
    try checkSingle()
    return try readTexts()[0]
  }

  /// All truth values in row-major order, stored as h5py stores its booleans.
  public func readBooleans() throws(HDF5Error) -> [Bool] {
    guard elementType == .boolean else {
      throw place.error(.wrongType, Self.operation, expected: "booleans", found: "\(elementType)")
    }
    Library.enter()
    defer { Library.leave() }
    let dataset = try place.open(H5I_DATASET, Self.operation)
    let type = try place.own(H5Dget_type(dataset.id), H5Tclose, Self.operation)
    return try readBytes(dataset, type, elementBytes: 1, shape: shape, selection: chdf5_all()).map { $0 != 0 }
  }

  private static let operation = "read dataset"

  private func checkSingle() throws(HDF5Error) {
    guard count == 1 else {
      throw place.error(.wrongShape, Self.operation, expected: "one element", found: "shape \(shape)")
    }
  }

  private func readStored<E: Element>(_ type: E.Type, rows: Range<Int>?) throws(HDF5Error) -> [E] {
    guard elementType == E.elementType else {
      throw place.error(.wrongType, Self.operation, expected: "\(E.elementType)", found: "\(elementType)")
    }
    Library.enter()
    defer { Library.leave() }
    let dataset = try place.open(H5I_DATASET, Self.operation)
    let memoryType = try E.elementType.inMemory(place, Self.operation)
    guard let rows else { return try readArray(dataset, memoryType, shape: shape, selection: chdf5_all()) }
    guard let first = shape.first, rows.lowerBound >= 0, rows.upperBound <= first else {
      throw place.error(
        .outOfRange, Self.operation, expected: "rows of \(shape.first ?? 0)", found: "rows \(rows)")
    }
    let selection = try select(rows, of: dataset)
    return try readArray(
      dataset, memoryType, shape: [rows.count] + shape.dropFirst(), selection: selection.id)
  }

  /// The dataspace of an open dataset with some rows selected.
  private func select(_ rows: Range<Int>, of dataset: borrowing Handle) throws(HDF5Error) -> Handle {
    let space = try place.own(H5Dget_space(dataset.id), H5Sclose, Self.operation)
    let start = [hsize_t(rows.lowerBound)] + shape.dropFirst().map { _ in 0 }
    let extents = [hsize_t(rows.count)] + shape.dropFirst().map { hsize_t($0) }
    try place.check(
      H5Sselect_hyperslab(space.id, H5S_SELECT_SET, start, nil, extents, nil), Self.operation)
    return space
  }

  private func readArray<E: Element>(
    _ dataset: borrowing Handle, _ memoryType: borrowing Handle, shape: [Int], selection: hid_t
  ) throws(HDF5Error) -> [E] {
    let count = try checkedCount(shape, elementBytes: MemoryLayout<E>.stride)
    guard count > 0 else { return [] }
    let memory = try place.space([count], Self.operation)
    var status: herr_t = 0
    let values = [E](unsafeUninitializedCapacity: count) { buffer, filled in
      status = H5Dread(
        dataset.id, memoryType.id, selection == chdf5_all() ? chdf5_all() : memory.id, selection, chdf5_default(),
        buffer.baseAddress)
      filled = status < 0 ? 0 : count
    }
    try place.check(status, Self.operation, code: .damaged)
    return values
  }

  private func readBytes(
    _ dataset: borrowing Handle, _ type: borrowing Handle, elementBytes: Int, shape: [Int], selection: hid_t
  ) throws(HDF5Error) -> [UInt8] {
    let count = try checkedCount(shape, elementBytes: elementBytes) * elementBytes
    guard count > 0 else { return [] }
    var status: herr_t = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      status = H5Dread(dataset.id, type.id, chdf5_all(), selection, chdf5_default(), buffer.baseAddress)
      filled = status < 0 ? 0 : count
    }
    try place.check(status, Self.operation, code: .damaged)
    return bytes
  }

  /// The number of elements, if they fit in memory at all.
  private func checkedCount(_ shape: [Int], elementBytes: Int) throws(HDF5Error) -> Int {
    guard let bytes = Shape.bytes(shape, elementBytes: elementBytes) else {
      throw place.error(.wrongShape, Self.operation, expected: "a size that memory can hold", found: "shape \(shape)")
    }
    return bytes / elementBytes
  }

  /// Reads whatever numbers are stored and makes `Target`s of them.
  private struct Conversion<Target: Element>: ElementVisitor {
    let dataset: Dataset

    func visit<E: Element>(_ type: E.Type) throws(HDF5Error) -> [Target] {
      let stored = try dataset.read(type)
      if let same = stored as? [Target] { return same }
      var converted: [Target] = []
      converted.reserveCapacity(stored.count)
      for value in stored {
        guard let number = Self.convert(value) else {
          throw dataset.place.error(
            .outOfRange, Dataset.operation, expected: "numbers that \(Target.elementType) holds", found: "\(value)")
        }
        converted.append(number)
      }
      return converted
    }

    private static func convert<E: Element>(_ value: E) -> Target? {
      switch value {
      case let value as any BinaryInteger: Target.converted(from: value)
      case let value as Float: Target.converted(from: Double(value))
      case let value as Double: Target.converted(from: value)
      default: nil
      }
    }
  }
}

extension Dataset {
  /// Reads the header of the dataset at `place`.
  init(opening place: Place) throws(HDF5Error) {
    Library.enter()
    defer { Library.leave() }
    let operation = "open dataset"
    let dataset = try place.open(H5I_DATASET, operation)
    let space = try place.own(H5Dget_space(dataset.id), H5Sclose, operation)
    let type = try place.own(H5Dget_type(dataset.id), H5Tclose, operation)
    let list = try place.own(H5Dget_create_plist(dataset.id), H5Pclose, operation)
    self.place = place
    shape = try place.shape(of: space, operation)
    elementType = ElementType(type)
    storage = try Self.storage(list, rank: shape.count, place, operation)
    filters = try Self.filters(list, place, operation)
    storedBytes = Int(clamping: H5Dget_storage_size(dataset.id))
  }

  private static func storage(
    _ list: borrowing Handle, rank: Int, _ place: Place, _ operation: String
  ) throws(HDF5Error) -> Storage {
    switch H5Pget_layout(list.id) {
    case H5D_COMPACT: return .compact
    case H5D_CONTIGUOUS: return .contiguous
    case H5D_VIRTUAL: return .virtual
    case H5D_CHUNKED:
      var extents = [hsize_t](repeating: 0, count: rank)
      try place.check(H5Pget_chunk(list.id, Int32(rank), &extents), operation)
      return .chunked(extents.map { Int(clamping: $0) })
    default: throw place.failure(.notReadable, operation)
    }
  }

  private static func filters(
    _ list: borrowing Handle, _ place: Place, _ operation: String
  ) throws(HDF5Error) -> [Filter] {
    let count = H5Pget_nfilters(list.id)
    try place.check(count, operation)
    var filters: [Filter] = []
    for index in 0..<UInt32(count) {
      var flags: UInt32 = 0
      var valueCount = 1
      var value: UInt32 = 0
      var configuration: UInt32 = 0
      let number = H5Pget_filter2(list.id, index, &flags, &valueCount, &value, 0, nil, &configuration)
      try place.check(number, operation)
      switch number {
      case H5Z_filter_t(H5Z_FILTER_SHUFFLE): filters.append(.shuffle)
      case H5Z_filter_t(H5Z_FILTER_DEFLATE): filters.append(.deflate(level: Int(value)))
      case H5Z_filter_t(H5Z_FILTER_FLETCHER32): filters.append(.fletcher32)
      default: filters.append(.other(Int(number)))
      }
    }
    return filters
  }
}

extension Place {
  /// The extents of a dataspace; a null dataspace has one extent, 0.
  func shape(of space: borrowing Handle, _ operation: String) throws(HDF5Error) -> [Int] {
    if H5Sget_simple_extent_type(space.id) == H5S_NULL { return [0] }
    let rank = H5Sget_simple_extent_ndims(space.id)
    try check(rank, operation)
    var extents = [hsize_t](repeating: 0, count: Int(rank))
    try check(H5Sget_simple_extent_dims(space.id, &extents, nil), operation)
    let shape = extents.map { Int(clamping: $0) }
    guard Shape.bytes(shape, elementBytes: 1) != nil else {
      throw error(.wrongShape, operation, expected: "a size that memory can hold", found: "shape \(shape)")
    }
    return shape
  }

  /// Texts of a fixed length, without what fills them up.
  func texts(
    _ bytes: [UInt8], _ type: borrowing Handle, width: Int, _ operation: String, attribute: String? = nil
  ) throws(HDF5Error) -> [String] {
    let padding = H5Tget_strpad(type.id)
    var texts: [String] = []
    for start in stride(from: 0, to: bytes.count, by: width) {
      var text = bytes[start..<start + width]
      switch padding {
      case H5T_STR_NULLTERM: text = text.prefix { $0 != 0 }
      case H5T_STR_SPACEPAD: while text.last == 0x20 { text.removeLast() }
      default: while text.last == 0 { text.removeLast() }
      }
      texts.append(try self.text(text, operation, attribute: attribute))
    }
    return texts
  }

  /// UTF-8 as a string; bytes that are not UTF-8 are damage.
  func text(
    _ bytes: some Collection<UInt8>, _ operation: String, attribute: String? = nil
  ) throws(HDF5Error) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw error(.damaged, operation, attribute: attribute, expected: "text in UTF-8", found: "other bytes")
    }
    return text
  }
}
