// What a file from elsewhere may not hold, each with a name.

import CHDF5

/// Why a file from elsewhere is refused.
public enum Refusal: String, Equatable, Sendable, CaseIterable {
  /// A soft, external or user-defined link.
  case linkNotHard
  /// A member that is neither a group nor a dataset.
  case objectKind
  /// A group that is reached twice, be it in a circle.
  case groupReachedTwice
  /// Groups below groups below more groups than allowed.
  case depth
  /// More objects or attributes than allowed.
  case objectCount
  /// An element type other than integers, float32, float64, h5py's booleans and text of a fixed length; for attributes
  /// also text of variable length.
  case elementType
  /// More axes than allowed.
  case rank
  /// Extents whose product no memory holds, or more bytes than the file can hold.
  case size
  /// Values in other files.
  case externalStorage
  /// Values in other datasets.
  case virtualDataset
  /// A filter other than shuffle, deflate and Fletcher-32.
  case filter
  /// A chunk larger than allowed.
  case chunkSize
  /// Values that take far more bytes in memory than in the file.
  case expansion
}

/// An allow-list for files from elsewhere, walked before any of their values are read.
///
/// Checksums find accidents, not attackers, and libhdf5 itself has crashed on crafted files: so this runs in a process of
/// its own with limits on memory and time, and it keeps to what is needed for plain arrays.
public struct Refusals: Sendable {
  /// The most axes of a dataset or attribute: those of a tensor of rank 4 and one for the steps it was recorded at.
  public var rank = 5
  /// The most groups on the way from the root to an object.
  public var depth = 8
  /// The most groups, datasets and attributes together.
  public var objects = 100_000
  /// The most bytes of a chunk in memory.
  public var chunkBytes = DatasetOptions.largestChunk
  /// The most bytes in memory for a byte in the file.
  public var expansion = 1000
  /// Datasets of up to as many bytes may expand as they like: a megabyte of zeros is no danger.
  public var freeBytes = 1 << 20

  /// The limits as they are for every file from elsewhere.
  public init() {}

  /// Throws `refused` with the name of the first thing, in the order of paths, that is not on the list.
  public func check(_ file: File) throws(HDF5Error) {
    Library.enter()
    defer { Library.leave() }
    let place = file.root.place
    var walk = RefusalWalk(limits: self, fileBytes: 0)
    var bytes: hsize_t = 0
    try place.check(H5Fget_filesize(try place.file.id(walk.operation, place.path), &bytes), walk.operation)
    walk.fileBytes = Int(clamping: bytes)
    try walk.visitGroup(place, depth: 0)
  }
}

/// One walk through a file.
private struct RefusalWalk {
  let limits: Refusals
  var fileBytes: Int
  let operation = "accept"
  private var groups: Set<UInt64> = []
  private var objects = 0

  init(limits: Refusals, fileBytes: Int) {
    self.limits = limits
    self.fileBytes = fileBytes
  }

  /// Checks a group and all below it.
  mutating func visitGroup(_ place: Place, depth: Int) throws(HDF5Error) {
    try require(depth <= limits.depth, .depth, place, expected: "depth \(limits.depth) at most", found: "\(depth)")
    try enterOnce(place)
    try visitAttributes(place)
    for link in try Group(place: place).links(operation) {
      let member = place.member(link.name)
      try require(link.isHard, .linkNotHard, member, expected: "a hard link", found: "another")
      switch try kind(member) {
      case H5I_GROUP: try visitGroup(member, depth: depth + 1)
      case H5I_DATASET: try visitDataset(member)
      default: throw refusal(.objectKind, member, expected: "a group or dataset", found: "another object")
      }
    }
  }

  private mutating func visitDataset(_ place: Place) throws(HDF5Error) {
    try count(place)
    try visitAttributes(place)
    let header = try DatasetHeader(place, operation)
    try require(
      header.externalFiles == 0, .externalStorage, place, expected: "values in this file",
      found: "\(header.externalFiles) other files")
    try require(
      header.rank <= limits.rank, .rank, place, expected: "rank \(limits.rank) at most", found: "\(header.rank)")
    let dataset = try Dataset(opening: place)
    try checkType(dataset.elementType, place, isAttribute: false)
    let elementBytes = dataset.elementType.byteCount ?? 1
    let bytes = Shape.bytes(dataset.shape, elementBytes: elementBytes)
    guard let bytes else { throw refusal(.size, place, expected: "a size", found: "shape \(dataset.shape)") }
    switch dataset.storage {
    case .virtual: throw refusal(.virtualDataset, place, expected: "values in this file", found: "a virtual dataset")
    case .compact, .contiguous:
      try require(
        bytes <= max(fileBytes, limits.freeBytes), .size, place, expected: "at most the file's \(fileBytes) bytes",
        found: "\(bytes)")
    case .chunked(let chunk): try checkChunks(dataset, chunk, elementBytes: elementBytes, bytes: bytes)
    }
  }

  private func checkChunks(_ dataset: Dataset, _ chunk: [Int], elementBytes: Int, bytes: Int) throws(HDF5Error) {
    let place = dataset.place
    for case .other(let number) in dataset.filters {
      throw refusal(.filter, place, expected: "shuffle, deflate or Fletcher-32", found: "filter \(number)")
    }
    let chunkBytes = Shape.bytes(chunk, elementBytes: elementBytes) ?? .max
    try require(
      chunkBytes <= limits.chunkBytes, .chunkSize, place, expected: "chunks of \(limits.chunkBytes) bytes at most",
      found: "\(chunk) of \(elementBytes) bytes each")
    let stored = min(dataset.storedBytes, fileBytes)
    try require(
      bytes <= limits.freeBytes || bytes / limits.expansion <= stored, .expansion, place,
      expected: "\(limits.expansion) times the stored bytes at most", found: "\(bytes) bytes of \(stored)")
  }

  private mutating func visitAttributes(_ place: Place) throws(HDF5Error) {
    for name in try place.attributeNames() {
      try count(place)
      let object = try place.open(operation)
      let attribute = try place.own(
        H5Aopen(object.id, name, chdf5_default()), H5Aclose, operation, code: .notReadable, attribute: name)
      let type = try place.own(H5Aget_type(attribute.id), H5Tclose, operation, attribute: name)
      let space = try place.own(H5Aget_space(attribute.id), H5Sclose, operation, attribute: name)
      let elementType = ElementType(type)
      try checkType(elementType, place, isAttribute: true, attribute: name)
      let shape = try place.shape(of: space, operation)
      try require(
        shape.count <= limits.rank, .rank, place, attribute: name, expected: "rank \(limits.rank) at most",
        found: "\(shape.count)")
      let bytes = Shape.bytes(shape, elementBytes: elementType.byteCount ?? MemoryLayout<UnsafeRawPointer>.size)
      try require(
        bytes.map { $0 <= fileBytes } ?? false, .size, place, attribute: name,
        expected: "at most the file's \(fileBytes) bytes", found: "shape \(shape)")
    }
  }

  private func checkType(
    _ type: ElementType, _ place: Place, isAttribute: Bool, attribute: String? = nil
  ) throws(HDF5Error) {
    let isAllowed =
      switch type {
      case .unsupported: false
      case .variableText: isAttribute
      default: true
      }
    try require(
      isAllowed, .elementType, place, attribute: attribute,
      expected: "integers, float32, float64, booleans or text of a fixed length", found: "\(type)")
  }

  private mutating func enterOnce(_ place: Place) throws(HDF5Error) {
    try count(place)
    let object = try place.open(operation)
    var kind: Int32 = 0
    var address: UInt64 = 0
    try place.check(chdf5_identify(object.id, &kind, &address), operation, code: .notReadable)
    try require(
      groups.insert(address).inserted, .groupReachedTwice, place, expected: "a group that is reached once",
      found: "one reached before")
  }

  private mutating func count(_ place: Place) throws(HDF5Error) {
    objects += 1
    try require(
      objects <= limits.objects, .objectCount, place, expected: "\(limits.objects) objects and attributes at most",
      found: "more")
  }

  private func kind(_ place: Place) throws(HDF5Error) -> H5I_type_t {
    // Bound to a name: the handle of a mere expression is closed before its identifier is used.
    let object = try place.open(operation)
    return H5Iget_type(object.id)
  }

  private func require(
    _ holds: Bool, _ reason: Refusal, _ place: Place, attribute: String? = nil, expected: String, found: String
  ) throws(HDF5Error) {
    if !holds { throw refusal(reason, place, attribute: attribute, expected: expected, found: found) }
  }

  private func refusal(
    _ reason: Refusal, _ place: Place, attribute: String? = nil, expected: String, found: String
  ) -> HDF5Error {
    place.error(.refused(reason), operation, attribute: attribute, expected: expected, found: found)
  }
}

/// What is looked at before a dataset is opened as one of ours.
private struct DatasetHeader {
  let rank: Int
  let externalFiles: Int

  init(_ place: Place, _ operation: String) throws(HDF5Error) {
    let dataset = try place.open(H5I_DATASET, operation)
    let space = try place.own(H5Dget_space(dataset.id), H5Sclose, operation)
    let list = try place.own(H5Dget_create_plist(dataset.id), H5Pclose, operation)
    let rank = H5Sget_simple_extent_ndims(space.id)
    try place.check(rank, operation)
    let externalFiles = H5Pget_external_count(list.id)
    try place.check(externalFiles, operation)
    self.rank = Int(rank)
    self.externalFiles = Int(externalFiles)
  }
}
