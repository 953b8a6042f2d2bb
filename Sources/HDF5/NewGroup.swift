// Groups of a new file: where datasets and further groups are written.

import CHDF5

/// A group of a file that is being made.
public struct NewGroup: Sendable {
  /// Where it is.
  public let place: Place

  /// The absolute path, "/" for the root.
  public var path: String { place.path }

  /// The group of this name or path below this one; made if it is not there, with all on the way.
  ///
  /// Components are separated by "/". A component is any text but "", "." and "..", without zero bytes.
  @discardableResult
  public func group(_ path: String) throws(HDF5Error) -> NewGroup {
    Library.enter()
    defer { Library.leave() }
    let operation = "create group"
    var here = self
    for component in path.split(separator: "/", omittingEmptySubsequences: true) {
      let next = try here.member(String(component), operation)
      if try next.isTaken(operation) {
        _ = try next.open(H5I_GROUP, operation)
      } else {
        try next.createGroup(operation)
      }
      here = NewGroup(place: next)
    }
    guard here.path != place.path else {
      throw place.error(.invalidName, operation, expected: "a name", found: "\"\(path)\"")
    }
    return here
  }

  /// Writes a dataset of one axis.
  @discardableResult
  public func write<C: RandomAccessCollection>(
    _ name: String, _ values: C, options: DatasetOptions = .plain
  ) throws(HDF5Error) -> NewDataset where C.Element: Element {
    try write(name, values, shape: [values.count], options: options)
  }

  /// Writes a dataset of this shape, its elements in row-major order. A shape without axes holds one element.
  ///
  /// Throws `wrongShape` if the count of values is not the product of the shape or the shape has more than 32 axes,
  /// `alreadyExists` if the name is taken, `invalidName` if it is not a name.
  @discardableResult
  public func write<C: RandomAccessCollection>(
    _ name: String, _ values: C, shape: [Int], options: DatasetOptions = .plain
  ) throws(HDF5Error) -> NewDataset where C.Element: Element {
    let place = try member(name, "write dataset")
    let type = C.Element.elementType
    let inPlace = values.withContiguousStorageIfAvailable { elements in
      Result { () throws(HDF5Error) in
        try place.writeDataset(UnsafeRawBufferPointer(elements), elements.count, type, shape: shape, options)
      }
    }
    if let inPlace {
      try inPlace.get()
    } else {
      let copied = Array(values).withUnsafeBytes { bytes in
        Result { () throws(HDF5Error) in
          try place.writeDataset(bytes, values.count, type, shape: shape, options)
        }
      }
      try copied.get()
    }
    return NewDataset(place: place)
  }

  /// Writes one number, as a dataset without axes.
  @discardableResult
  public func write<E: Element>(_ name: String, scalar value: E) throws(HDF5Error) -> NewDataset {
    try write(name, CollectionOfOne(value), shape: [])
  }

  /// Writes one text, as a dataset without axes; as one of shape [1] if it has more than 60,000 bytes, which an
  /// object's header does not hold. A text may not contain zero bytes.
  @discardableResult
  public func write(_ name: String, text: String) throws(HDF5Error) -> NewDataset {
    let isLong = text.utf8.count > longestInHeader
    return try write(name, texts: [text], shape: isLong ? [1] : [])
  }

  /// Writes texts as a dataset whose elements have the byte count of the longest.
  @discardableResult
  public func write(
    _ name: String, texts: [String], shape: [Int], options: DatasetOptions = .plain
  ) throws(HDF5Error) -> NewDataset {
    let operation = "write dataset"
    let place = try member(name, operation)
    let (bytes, width) = try place.fixedLength(texts, operation)
    let written = bytes.withUnsafeBytes { bytes in
      Result { () throws(HDF5Error) in
        try place.writeDataset(bytes, texts.count, .text(bytes: width), shape: shape, options)
      }
    }
    try written.get()
    return NewDataset(place: place)
  }

  /// The place of a member of this group, whose name is checked.
  private func member(_ name: String, _ operation: String) throws(HDF5Error) -> Place {
    guard Place.isName(name), !name.contains("/") else {
      throw place.error(
        .invalidName, operation, expected: "a name without \"/\" and zero bytes that is not \"\", \".\" or \"..\"",
        found: "\"\(name)\"")
    }
    return place.place(name)
  }
}

/// A dataset of a file that is being made: written whole, may still get attributes.
public struct NewDataset: Sendable {
  /// Where it is.
  public let place: Place

  /// The absolute path.
  public var path: String { place.path }
}

/// The bytes up to which values without axes fit in an object's header.
private let longestInHeader = 60_000

extension Place {
  /// Whether our files may call an object or attribute so.
  static func isName(_ name: String) -> Bool {
    !name.isEmpty && name != "." && name != ".." && !name.utf8.contains(0) && name.utf8.count <= 1024
  }

  /// The texts as bytes, each filled up with zeros to the same width of at least 1.
  func fixedLength(
    _ texts: [String], _ operation: String, attribute: String? = nil
  ) throws(HDF5Error) -> (bytes: [UInt8], width: Int) {
    let width = max(1, texts.map(\.utf8.count).max() ?? 0)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(width * texts.count)
    for text in texts {
      let utf8 = Array(text.utf8)
      guard !utf8.contains(0) else {
        throw error(
          .invalidName, operation, attribute: attribute, expected: "text without zero bytes", found: "text with one")
      }
      bytes += utf8
      bytes += repeatElement(0, count: width - utf8.count)
    }
    return (bytes, width)
  }

  fileprivate func createGroup(_ operation: String) throws(HDF5Error) {
    let lists = Library.propertyLists
    let id = H5Gcreate2(try file.id(operation, path), path, lists.linkName, lists.group, chdf5_default())
    _ = try own(id, H5Gclose, operation)
  }

  /// Writes `count` elements of `type`, which lie in `bytes`, as the dataset here.
  fileprivate func writeDataset(
    _ bytes: UnsafeRawBufferPointer, _ count: Int, _ type: ElementType, shape: [Int], _ options: DatasetOptions
  ) throws(HDF5Error) {
    Library.enter()
    defer { Library.leave() }
    let operation = "write dataset"
    guard Shape.count(shape) == count, shape.count <= 32 else {
      throw error(.wrongShape, operation, expected: "shape \(shape)", found: "\(count) values")
    }
    let fileType = try type.inFile(self, operation)
    let space = try space(shape, operation)
    let creation = try creationList(shape, elementBytes: bytes.count / max(count, 1), options, operation)
    if try isTaken(operation) { throw error(.alreadyExists, operation, expected: "a new name", found: "an object") }
    let id = H5Dcreate2(
      try file.id(operation, path), path, fileType.id, space.id, Library.propertyLists.linkName, creation.id,
      chdf5_default())
    let dataset = try own(id, H5Dclose, operation)
    if count > 0 {
      let memoryType = try type.inMemory(self, operation)
      let status = H5Dwrite(dataset.id, memoryType.id, chdf5_all(), chdf5_all(), chdf5_default(), bytes.baseAddress)
      try check(status, operation)
    }
  }

  /// How a dataset of this shape is created: no times, and with a checksum over everything.
  private func creationList(
    _ shape: [Int], elementBytes: Int, _ options: DatasetOptions, _ operation: String
  ) throws(HDF5Error) -> Handle {
    guard !shape.isEmpty, !shape.contains(0) else { return Handle(lasting: Library.propertyLists.compact) }
    if let chunk = options.chunk, chunk.count != shape.count {
      throw error(.wrongShape, operation, expected: "a chunk of rank \(shape.count)", found: "\(chunk)")
    }
    let chunk = options.chunk(for: shape, elementBytes: elementBytes)
    guard let size = Shape.bytes(chunk, elementBytes: elementBytes), size <= DatasetOptions.largestChunk else {
      throw error(
        .wrongShape, operation, expected: "a chunk of at most \(DatasetOptions.largestChunk) bytes", found: "\(chunk)")
    }
    let extents = chunk.map { hsize_t($0) }
    if !options.shuffles, options.deflate == nil {
      let list = Library.propertyLists.checked
      try check(H5Pset_chunk(list, Int32(chunk.count), extents), operation)
      return Handle(lasting: list)
    }
    let list = try own(H5Pcreate(chdf5_dataset_creation()), H5Pclose, operation)
    try check(H5Pset_obj_track_times(list.id, false), operation)
    try check(H5Pset_chunk(list.id, Int32(chunk.count), extents), operation)
    if options.shuffles { try check(H5Pset_shuffle(list.id), operation) }
    if let level = options.deflate { try check(H5Pset_deflate(list.id, UInt32(level)), operation) }
    // Last, so that the checksum is over the bytes as stored and is checked before they are decompressed.
    try check(H5Pset_fletcher32(list.id), operation)
    return list
  }

  /// A dataspace; of rank 0 for a shape without axes.
  func space(_ shape: [Int], _ operation: String) throws(HDF5Error) -> Handle {
    if shape.isEmpty { return try own(H5Screate(H5S_SCALAR), H5Sclose, operation) }
    return try own(H5Screate_simple(Int32(shape.count), shape.map { hsize_t($0) }, nil), H5Sclose, operation)
  }

  /// Whether the group that this is a member of, which is there, has a member of this name.
  fileprivate func isTaken(_ operation: String) throws(HDF5Error) -> Bool {
    let found = H5Lexists(try file.id(operation, path), path, chdf5_default())
    try check(found, operation, code: .notReadable)
    return found > 0
  }
}
