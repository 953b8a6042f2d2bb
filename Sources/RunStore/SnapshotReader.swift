// run.h5 opened from its bytes, after its seal was checked.

import HDF5

/// A published snapshot: what it says about the run, and rows of its columns.
struct SnapshotReader {
  let header: SnapshotHeader
  let path: String
  private let run: Group
  /// Where the bytes come from, if they are read in parts.
  private let parts: SealedParts?

  /// Opens a run.h5: a small one as a whole, a large one in parts, as they are needed. The open file stays the one it is
  /// when another takes its name.
  init(_ file: OpenFile, doing: String) throws {
    guard let table = try Seal.parts(of: file, doing: doing) else {
      try self.init(sealed: file.readAll(doing: doing), path: file.path, doing: doing)
      return
    }
    let parts = SealedParts(file, table, doing: doing)
    let root = try SealedParts?(parts).reading {
      try withHDF5(file.path, doing: doing) { try File.open(source: parts, named: file.path).root }
    }
    try self.init(root: root, parts: parts, path: file.path, doing: doing)
  }

  /// Opens the sealed bytes of a run.h5.
  init(sealed bytes: [UInt8], path: String, doing: String) throws {
    try self.init(image: Seal.opened(bytes, file: path, doing: doing), path: path, doing: doing)
  }

  /// Opens the bytes before the seal, which nobody checked.
  init(image: [UInt8], path: String, doing: String) throws {
    let root = try withHDF5(path, doing: doing) { try File.open(image: image, named: path).root }
    try self.init(root: root, path: path, doing: doing)
  }

  /// Reads the root of an open file.
  init(root: Group, parts: SealedParts? = nil, path: String, doing: String) throws {
    self.path = path
    self.parts = parts
    (run, header) = try parts.reading {
      try withHDF5(path, doing: doing) {
        let version = try root.attribute("store_version", Int64.self)
        guard version <= Snapshot.version else {
          throw StoreError(
            .newerSchema(found: Int(version), known: Int(Snapshot.version)), doing: doing, file: path,
            advice: "update this program")
        }
        let run = try root.group("run")
        return (run, try SnapshotHeader(root: root, run: run))
      }
    }
  }

  /// Rows of a column; `rows` lies within those the snapshot has.
  func values(_ table: Int, _ column: Int, rows: Range<Int>, doing: String) throws -> ArrayValues {
    let schema = header.description.tables[table]
    let type = schema.columns[column].type
    if rows.isEmpty { return .empty(type) }
    return try read(doing: doing) {
      let dataset = try run.group(schema.name).dataset(schema.columns[column].name)
      guard dataset.shape == [header.recordCount * schema.rowsPerRecord] else {
        throw ArrayFileError(
          dataset: dataset.path, expected: "\(header.recordCount * schema.rowsPerRecord) rows",
          found: "shape \(dataset.shape)")
      }
      let values = try dataset.values(rows: rows)
      guard values.type == type else {
        throw ArrayFileError(dataset: dataset.path, expected: type.rawValue, found: values.type.rawValue)
      }
      return values
    }
  }

  /// All rows of all columns.
  func allColumns(doing: String) throws -> [[ArrayValues]] {
    try header.description.tables.enumerated().map { table, schema in
      let rows = 0..<header.recordCount * schema.rowsPerRecord
      return try schema.columns.indices.map { try values(table, $0, rows: rows, doing: doing) }
    }
  }

  /// The digest stored beside a scientific column.
  func storedDigest(_ table: Int, _ column: Int, doing: String) throws -> String {
    let schema = header.description.tables[table]
    return try read(doing: doing) {
      try run.group(schema.name).dataset(schema.columns[column].name).textAttribute("sha256")
    }
  }

  private func read<Result>(doing: String, _ body: () throws -> Result) throws -> Result {
    try parts.reading { try withHDF5(path, doing: doing, body) }
  }
}

extension SnapshotHeader {
  fileprivate init(root: Group, run: Group) throws {
    id = try run.textAttribute("id")
    creator = try root.textAttribute("creator")
    recordCount = Int(try run.attribute("record_count", Int64.self))
    coveredSequence = try run.attribute("covered_sequence", UInt64.self)
    journal = Int(try run.attribute("journal", Int64.self))
    recordsDigest = try run.digestAttribute("records_sha256")
    identityDigest = try run.digestAttribute("identity_sha256")
    guard let epoch = UInt16(exactly: try run.attribute("epoch", Int64.self)), recordCount >= 0, journal >= 0 else {
      throw ArrayFileError(dataset: "/run", expected: "an epoch and counts", found: "numbers out of range")
    }
    self.epoch = epoch
    isSealed = try run.attribute("is_sealed").values == .booleans([true])
    events = try run.events()
    checkpoints = try run.checkpoints()
    description = RunDescription(
      format: try root.textAttribute("schema"), formatVersion: Int(try root.attribute("schema_version", Int64.self)),
      identity: try run.group("identity").arrays(), tables: try run.tables(), durability: try run.durability(),
      lineage: try run.lineage())
    let digest = description.identity.digest
    guard digest == identityDigest else {
      throw ArrayFileError(dataset: "/run/identity", expected: "SHA-256 \(identityDigest)", found: "\(digest)")
    }
  }
}

extension Group {
  func digestAttribute(_ name: String) throws -> Digest {
    let text = try textAttribute(name)
    guard let digest = Digest(hex: text) else {
      throw ArrayFileError(dataset: path + "@" + name, expected: "a SHA-256", found: text)
    }
    return digest
  }

  fileprivate func durability() throws -> Durability {
    let word = try textAttribute("durability")
    switch word {
    case "each": return .each
    case "interval": return .interval(seconds: try attribute("durability_seconds", Double.self))
    case "none": return .none
    default: throw ArrayFileError(dataset: path + "@durability", expected: "each, interval or none", found: word)
    }
  }

  /// The tables of records, in their order.
  fileprivate func tables() throws -> [TableSchema] {
    var found: [(position: Int64, schema: TableSchema)] = []
    for child in try children() where child.kind == .group && !TableSchema.reservedNames.contains(child.name) {
      let group = try group(child.name)
      found.append((try group.attribute("position", Int64.self), try group.table(child.name)))
    }
    found.sort { $0.position < $1.position }
    guard found.enumerated().allSatisfy({ Int64($0.offset) == $0.element.position }) else {
      throw ArrayFileError(dataset: path, expected: "tables in an order", found: "\(found.map(\.position))")
    }
    return found.map(\.schema)
  }

  private func table(_ name: String) throws -> TableSchema {
    var columns: [(position: Int64, column: Column)] = []
    for child in try children() where child.kind == .dataset {
      let dataset = try dataset(child.name)
      guard let type = RunStore.ElementType(dataset.elementType) else {
        throw ArrayFileError(dataset: dataset.path, expected: "a type of ours", found: "\(dataset.elementType)")
      }
      let column = Column(
        child.name, type, unit: try dataset.hasAttribute("units") ? dataset.textAttribute("units") : "",
        summary: try dataset.hasAttribute("long_name") ? dataset.textAttribute("long_name") : "")
      columns.append((try dataset.attribute("position", Int64.self), column))
    }
    columns.sort { $0.position < $1.position }
    guard columns.enumerated().allSatisfy({ Int64($0.offset) == $0.element.position }) else {
      throw ArrayFileError(dataset: path, expected: "columns in an order", found: "\(columns.map(\.position))")
    }
    var axes: [String] = []
    if try hasAttribute("axes"), case .texts(let texts) = try attribute("axes").values { axes = texts }
    let isScientific = try attribute("is_scientific").values == .booleans([true])
    return TableSchema(
      name, columns: columns.map(\.column), rowsPerRecord: Int(try attribute("rows_per_record", Int64.self)),
      isScientific: isScientific, signal: try hasAttribute("signal") ? textAttribute("signal") : nil, axes: axes)
  }
}

// The store's own lists.
extension Group {
  fileprivate func events() throws -> [RunEvent] {
    let list = try group("events")
    let kinds = try list.dataset("kind").readTexts()
    let counts = try list.dataset("record_count").read(Int64.self)
    let checkpoints = try list.dataset("checkpoint").read(Int64.self)
    let times = try list.dataset("time").read(Double.self)
    let hosts = try list.dataset("host").readTexts()
    let pids = try list.dataset("pid").read(Int32.self)
    let messages = try list.dataset("message").readTexts()
    let lengths = [counts.count, checkpoints.count, times.count, hosts.count, pids.count, messages.count]
    try list.check(lengths, kinds.count)
    return try kinds.indices.map { index in
      guard let kind = RunEvent.Kind(rawValue: kinds[index]) else {
        throw ArrayFileError(dataset: list.path + "/kind", expected: "a kind of event", found: kinds[index])
      }
      return RunEvent(
        kind: kind, recordCount: Int(counts[index]), checkpoint: Int(checkpoints[index]),
        secondsSince1970: times[index], host: hosts[index], pid: pids[index], message: messages[index])
    }
  }

  fileprivate func checkpoints() throws -> [CheckpointEntry] {
    let list = try group("checkpoints")
    let iterations = try list.dataset("iteration").read(Int64.self)
    let names = try list.dataset("name").readTexts()
    let sizes = try list.dataset("bytes").read(Int64.self)
    let digests = try list.digests("sha256")
    let contents = try list.digests("contents_sha256")
    try list.check([names.count, sizes.count, digests.count, contents.count], iterations.count)
    return iterations.indices.map { index in
      CheckpointEntry(
        iteration: Int(iterations[index]), name: names[index], bytes: Int(sizes[index]), sha256: digests[index],
        contents: contents[index])
    }
  }

  fileprivate func lineage() throws -> [Lineage] {
    let list = try group("lineage")
    let runs = try list.dataset("run").readTexts()
    let iterations = try list.dataset("iteration").read(Int64.self)
    let contents = try list.digests("contents_sha256")
    try list.check([iterations.count, contents.count], runs.count)
    return runs.indices.map { Lineage(run: runs[$0], iteration: Int(iterations[$0]), contents: contents[$0]) }
  }

  private func digests(_ name: String) throws -> [Digest] {
    try dataset(name).readTexts().map { text in
      guard let digest = Digest(hex: text) else {
        throw ArrayFileError(dataset: path + "/" + name, expected: "a SHA-256", found: text)
      }
      return digest
    }
  }

  private func check(_ lengths: [Int], _ length: Int) throws {
    guard lengths.allSatisfy({ $0 == length }) else {
      throw ArrayFileError(dataset: path, expected: "columns of \(length) rows", found: "\(lengths)")
    }
  }
}

extension RunStore.ElementType {
  /// The same type in the store's words; nil for a type the store does not write.
  fileprivate init?(_ type: HDF5.ElementType) {
    switch type {
    case .float32: self = .float32
    case .float64: self = .float64
    case .int32: self = .int32
    case .int64: self = .int64
    case .uint32: self = .uint32
    case .uint64: self = .uint64
    case .uint8: self = .uint8
    case .text: self = .text
    default: return nil
    }
  }
}
