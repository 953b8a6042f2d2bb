// Named arrays in groups of HDF5 files.

import HDF5

extension NewGroup {
  /// Writes arrays, each with its place in the order, its unit and its summary: those of packed groups packed, each other
  /// one as a dataset at its path.
  func write(_ arrays: NamedArrays, options: DatasetOptions = .plain) throws {
    // Arrays of one group follow each other; to find it again by its path takes as long as to write a small one.
    var open: (path: Substring, group: NewGroup) = ("", self)
    var packed: [String: [PackedRow]] = [:]
    for (position, array) in arrays.arrays.enumerated() {
      if let group = arrays.packedGroup(of: array) {
        packed[group, default: []].append(PackedRow(position, array, in: group))
        continue
      }
      let slash = array.name.lastIndex(of: "/")
      let path = slash.map { array.name[..<$0] } ?? ""
      let name = slash.map { array.name[array.name.index(after: $0)...] } ?? array.name[...]
      if path != open.path { open = (path, path.isEmpty ? self : try group(String(path))) }
      let dataset = try open.group.write(String(name), array.values, shape: array.shape, options: options)
      try dataset.setAttribute("position", Int64(position))
      if !array.unit.isEmpty { try dataset.setAttribute("units", array.unit) }
      if !array.summary.isEmpty { try dataset.setAttribute("long_name", array.summary) }
    }
    for (name, rows) in packed.sorted(by: { $0.key < $1.key }) { try group(name).write(packed: rows) }
    try setAttribute("array_count", Int64(arrays.arrays.count))
  }

  /// Writes one dataset. A text without axes that is too long for an object's header gets one axis and says so.
  func write(
    _ name: String, _ values: ArrayValues, shape: [Int], options: DatasetOptions = .plain
  ) throws -> NewDataset {
    switch values {
    case .float32(let values): return try write(name, values, shape: shape, options: options)
    case .float64(let values): return try write(name, values, shape: shape, options: options)
    case .int32(let values): return try write(name, values, shape: shape, options: options)
    case .int64(let values): return try write(name, values, shape: shape, options: options)
    case .uint32(let values): return try write(name, values, shape: shape, options: options)
    case .uint64(let values): return try write(name, values, shape: shape, options: options)
    case .uint8(let values): return try write(name, values, shape: shape, options: options)
    case .text(let texts):
      guard shape.isEmpty, texts[0].utf8.count > 16_384 else {
        return try write(name, texts: texts, shape: shape, options: options)
      }
      let dataset = try write(name, texts: texts, shape: [1], options: .compressed)
      try dataset.setAttribute("is_scalar", true)
      return dataset
    }
  }
}

extension Group {
  /// The arrays that `write` wrote, all of them, in their order.
  func arrays() throws -> NamedArrays {
    var found = FoundArrays()
    try collect(below: "", into: &found)
    let count = Int(try attribute("array_count", Int64.self))
    guard found.arrays.count == count else {
      throw ArrayFileError(dataset: path, expected: "\(count) arrays", found: "\(found.arrays.count)")
    }
    var arrays = NamedArrays()
    for position in 0..<count {
      guard let array = found.arrays[position] else {
        throw ArrayFileError(dataset: path, expected: "\(count) arrays", found: "none at place \(position)")
      }
      if let problem = arrays.problem(withName: array.name) {
        throw ArrayFileError(dataset: path, expected: "each array once", found: problem)
      }
      arrays.append(array)
    }
    for group in found.packedGroups { arrays.pack(group) }
    return arrays
  }

  private func collect(below path: String, into found: inout FoundArrays) throws {
    for child in try children() {
      let name = path.isEmpty ? child.name : path + "/" + child.name
      switch child.kind {
      case .group:
        let group = try group(child.name)
        if try group.isPacked {
          try group.collectPacked(as: name, into: &found)
        } else {
          try group.collect(below: name, into: &found)
        }
      case .dataset:
        let dataset = try dataset(child.name)
        try found.add(dataset.array(name), at: dataset.attribute("position", Int64.self), of: dataset.path)
      case .link, .other:
        throw ArrayFileError(dataset: name, expected: "groups and datasets", found: "something else")
      }
    }
  }
}

/// Arrays as they are come upon in a file, by their places in the order.
struct FoundArrays {
  private(set) var arrays: [Int: NamedArray] = [:]
  var packedGroups: [String] = []

  /// Takes in an array; `dataset` is where its place stands.
  mutating func add(_ array: NamedArray, at position: Int64, of dataset: String) throws {
    let position = Int(position)
    guard arrays[position] == nil else {
      throw ArrayFileError(dataset: dataset, expected: "one array at place \(position)", found: "two")
    }
    arrays[position] = array
  }
}

/// A file of ours that does not hold what we write.
struct ArrayFileError: Error {
  var dataset: String
  var expected: String
  var found: String
}

extension Dataset {
  fileprivate func array(_ name: String) throws -> NamedArray {
    let isScalar = try hasAttribute("is_scalar")
    let values = try values()
    let shape = isScalar ? [] : shape
    guard NamedArray.isName(name), elementCount(shape) == values.count else {
      throw ArrayFileError(dataset: path, expected: "an array of ours", found: "shape \(shape)")
    }
    return NamedArray(
      name, shape: shape, values, unit: try hasAttribute("units") ? textAttribute("units") : "",
      summary: try hasAttribute("long_name") ? textAttribute("long_name") : "")
  }

  /// All values.
  func values() throws -> ArrayValues {
    switch elementType {
    case .float32: .float32(try read(Float.self))
    case .float64: .float64(try read(Double.self))
    case .int32: .int32(try read(Int32.self))
    case .int64: .int64(try read(Int64.self))
    case .uint32: .uint32(try read(UInt32.self))
    case .uint64: .uint64(try read(UInt64.self))
    case .uint8: .uint8(try read(UInt8.self))
    case .text: .text(try readTexts())
    default: throw ArrayFileError(dataset: path, expected: "a type of ours", found: "\(elementType)")
    }
  }

  /// The values of some rows.
  func values(rows: Range<Int>) throws -> ArrayValues {
    switch elementType {
    case .float32: .float32(try read(Float.self, rows: rows))
    case .float64: .float64(try read(Double.self, rows: rows))
    case .int32: .int32(try read(Int32.self, rows: rows))
    case .int64: .int64(try read(Int64.self, rows: rows))
    case .uint32: .uint32(try read(UInt32.self, rows: rows))
    case .uint64: .uint64(try read(UInt64.self, rows: rows))
    case .uint8: .uint8(try read(UInt8.self, rows: rows))
    case .text: .text(Array(try readTexts()[rows]))
    default: throw ArrayFileError(dataset: path, expected: "a type of ours", found: "\(elementType)")
    }
  }
}

/// Does something with HDF5 and says in the store's words what went wrong.
func withHDF5<Result>(_ file: String, doing: String, _ body: () throws -> Result) throws -> Result {
  func damage(_ dataset: String?, _ expected: String?, _ found: String?, _ underlying: String?) -> StoreError {
    StoreError(
      .damaged, doing: doing, file: file, dataset: dataset, expected: expected, found: found, underlying: underlying,
      advice: "check the run to see what is whole")
  }
  do {
    return try body()
  } catch let error as HDF5Error {
    throw damage(error.object, error.expected, error.found, "\(error)")
  } catch let error as ArrayFileError {
    throw damage(error.dataset, error.expected, error.found, nil)
  } catch is ByteReader.Malformed {
    throw damage(nil, "bytes of the store", "others", nil)
  }
}
