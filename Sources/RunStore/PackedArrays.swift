// The arrays of a group packed in an HDF5 file: their values end to end, one dataset a type, and an index beside them.
//
// What many small arrays cost is their datasets, whatever is in them: a header, links, attributes, a chunk each.

import HDF5

/// An array in a packed group, and its place among all arrays of the file.
struct PackedRow {
  var position: Int
  /// Within the group.
  var name: String
  var array: NamedArray

  init(_ position: Int, _ array: NamedArray, in group: String) {
    self.position = position
    name = String(array.name.dropFirst(group.count + 1))
    self.array = array
  }
}

extension NamedArrays {
  /// The packed group that an array lies in; nil where it has a dataset of its own.
  func packedGroup(of array: NamedArray) -> String? { packedGroups.first { array.name.hasPrefix($0 + "/") } }
}

// Writing.
extension NewGroup {
  /// Writes arrays, at least one, as `values` and `index` in this group.
  func write(packed rows: [PackedRow]) throws {
    try setAttribute("is_packed", true)
    let values = try group("values")
    for type in RunStore.ElementType.allCases {
      let parts = rows.map(\.array.values).filter { $0.type == type }
      guard !parts.isEmpty else { continue }
      let joined = ArrayValues(type, joining: parts)
      _ = try values.write(type.rawValue, joined, shape: [joined.count], options: .evenChunks(of: joined))
    }
    try group("index").write(index: rows)
  }

  private func write(index rows: [PackedRow]) throws {
    var ends: [RunStore.ElementType: Int64] = [:]
    let offsets = rows.map { row in
      let offset = ends[row.array.values.type, default: 0]
      ends[row.array.values.type] = offset + Int64(row.array.values.count)
      return offset
    }
    let rank = rows.map(\.array.shape.count).max() ?? 0
    let axes = rows.flatMap { row in
      row.array.shape.map(Int64.init) + Array(repeating: 1, count: rank - row.array.shape.count)
    }
    try write("name", texts: rows.map(\.name), shape: [rows.count])
    try write("type", texts: rows.map(\.array.values.type.rawValue), shape: [rows.count])
    try write("offset", offsets)
    try write("count", rows.map { Int64($0.array.values.count) })
    try write("rank", rows.map { UInt8($0.array.shape.count) })
    try write("axes", axes, shape: [rows.count, rank])
    try write("position", rows.map { Int64($0.position) })
    for (name, texts) in [("units", rows.map(\.array.unit)), ("long_name", rows.map(\.array.summary))]
    where texts.contains(where: { !$0.isEmpty }) {
      try write(name, texts: texts, shape: [rows.count])
    }
  }
}

extension DatasetOptions {
  /// Chunks of up to 1 MiB that are as long as each other, since the last takes as much room as the first.
  fileprivate static func evenChunks(of values: ArrayValues) -> DatasetOptions {
    guard let size = values.type.byteCount, values.count > 0 else { return .plain }
    let chunks = (values.count * size + (1 << 20) - 1) >> 20
    return DatasetOptions(chunk: [(values.count + chunks - 1) / chunks])
  }
}

// Reading.
extension Group {
  /// Whether the arrays below lie packed.
  var isPacked: Bool { get throws { try hasAttribute("is_packed") } }

  /// Takes in the arrays of this group, whose path as arrays have it is `group`.
  func collectPacked(as group: String, into found: inout FoundArrays) throws {
    var values = try PackedValues(self.group("values"))
    let index = try PackedIndex(self.group("index"))
    for row in 0..<index.count {
      let (name, shape) = try (index.name(row, in: group), index.shape(row))
      let array = NamedArray(
        name, shape: shape, try values.take(row, of: index), unit: index.units?[row] ?? "",
        summary: index.summaries?[row] ?? "")
      try found.add(array, at: index.positions[row], of: index.path + "/position")
    }
    try values.finish()
    found.packedGroups.append(group)
  }
}

/// The index of a packed group: columns of one length, a row an array.
private struct PackedIndex {
  let path: String
  let names: [String]
  let types: [String]
  let offsets: [Int64]
  let counts: [Int64]
  let ranks: [UInt8]
  let axes: [Int64]
  let positions: [Int64]
  let units: [String]?
  let summaries: [String]?
  /// Axes that a row of `axes` has room for.
  let width: Int

  var count: Int { names.count }

  init(_ group: Group) throws {
    path = group.path
    let axes = try group.plainDataset("axes", rank: 2)
    let rows = axes.shape[0]
    func column(_ name: String) throws -> Dataset {
      let dataset = try group.plainDataset(name, rank: 1)
      guard dataset.shape == [rows] else {
        throw ArrayFileError(dataset: dataset.path, expected: "\(rows) rows, as axes", found: "\(dataset.shape[0])")
      }
      return dataset
    }
    func texts(_ name: String) throws -> [String]? {
      try group.contains(name) ? column(name).readTexts() : nil
    }
    width = axes.shape[1]
    self.axes = try axes.read(Int64.self)
    names = try column("name").readTexts()
    types = try column("type").readTexts()
    offsets = try column("offset").read(Int64.self)
    counts = try column("count").read(Int64.self)
    ranks = try column("rank").read(UInt8.self)
    positions = try column("position").read(Int64.self)
    units = try texts("units")
    summaries = try texts("long_name")
  }

  /// What is wrong with a row.
  func error(_ column: String, _ row: Int, expected: String, found: String) -> ArrayFileError {
    ArrayFileError(dataset: "\(path)/\(column)", expected: expected, found: "\(found) in row \(row)")
  }

  func name(_ row: Int, in group: String) throws -> String {
    let name = group + "/" + names[row]
    guard NamedArray.isName(name) else {
      throw error("name", row, expected: "the path of an array", found: "\"\(names[row])\"")
    }
    return name
  }

  func shape(_ row: Int) throws -> [Int] {
    guard Int(ranks[row]) <= width else {
      throw error("rank", row, expected: "\(width) axes at most", found: "\(ranks[row])")
    }
    let all = axes[row * width..<(row + 1) * width].map { Int($0) }
    let shape = Array(all.prefix(Int(ranks[row])))
    guard all.dropFirst(shape.count).allSatisfy({ $0 == 1 }) else {
      throw error("axes", row, expected: "1 behind the array's \(shape.count) axes", found: "\(all)")
    }
    guard elementCount(shape).map({ Int64($0) }) == counts[row] else {
      throw error("count", row, expected: "as many as the axes \(shape) say", found: "\(counts[row])")
    }
    return shape
  }
}

/// The values of a packed group, of which each array takes the next of its type: none is passed over or taken twice.
private struct PackedValues {
  private let path: String
  private var stores: [RunStore.ElementType: (values: ArrayValues, taken: Int)] = [:]

  init(_ group: Group) throws {
    path = group.path
    for child in try group.children() {
      guard let type = RunStore.ElementType(rawValue: child.name) else {
        throw ArrayFileError(dataset: path + "/" + child.name, expected: "a type of ours", found: child.name)
      }
      let values = try group.plainDataset(child.name, rank: 1).values()
      guard values.type == type else {
        throw ArrayFileError(
          dataset: path + "/" + child.name, expected: type.rawValue, found: values.type.rawValue)
      }
      stores[type] = (values, 0)
    }
  }

  /// The values of the array in a row, whose count is that of its shape.
  mutating func take(_ row: Int, of index: PackedIndex) throws -> ArrayValues {
    guard let type = RunStore.ElementType(rawValue: index.types[row]), let store = stores[type] else {
      throw index.error("type", row, expected: "a type that there are values of", found: index.types[row])
    }
    guard index.offsets[row] == Int64(store.taken) else {
      throw index.error(
        "offset", row, expected: "\(store.taken), where the \(type) before end", found: "\(index.offsets[row])")
    }
    guard index.counts[row] <= Int64(store.values.count - store.taken) else {
      throw index.error(
        "count", row, expected: "\(store.values.count - store.taken) at most, as many \(type) are left",
        found: "\(index.counts[row])")
    }
    let end = store.taken + Int(index.counts[row])
    stores[type]!.taken = end
    return store.values[store.taken..<end]
  }

  /// Refuses values that no array has taken.
  func finish() throws {
    for (type, store) in stores.sorted(by: { $0.key.rawValue < $1.key.rawValue }) where store.taken < store.values.count
    {
      throw ArrayFileError(
        dataset: "\(path)/\(type)", expected: "\(store.taken) values, as the index says",
        found: "\(store.values.count)")
    }
  }
}

extension Group {
  /// A dataset of so many axes that claims no more than is stored: packed arrays are not compressed.
  fileprivate func plainDataset(_ name: String, rank: Int) throws -> Dataset {
    let dataset = try dataset(name)
    guard dataset.shape.count == rank else {
      throw ArrayFileError(dataset: dataset.path, expected: "\(rank) axes", found: "shape \(dataset.shape)")
    }
    let bytes = elementCount(dataset.shape + [dataset.elementType.byteCount ?? 1])
    guard let bytes, bytes <= dataset.storedBytes else {
      throw ArrayFileError(
        dataset: dataset.path, expected: "the bytes of shape \(dataset.shape)",
        found: "\(dataset.storedBytes) bytes stored")
    }
    return dataset
  }
}

/// The number of elements of a shape; nil for one below 0 or beyond what `Int` holds.
func elementCount(_ shape: [Int]) -> Int? {
  var count = 1
  for axis in shape {
    let (product, overflows) = count.multipliedReportingOverflow(by: axis)
    if overflows || axis < 0 { return nil }
    count = product
  }
  return count
}
