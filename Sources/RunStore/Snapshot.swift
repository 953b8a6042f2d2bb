// run.h5 as bytes: who a run is, what happened to it, and its records up to an iteration.

import HDF5

/// What run.h5 holds besides the columns of the records.
struct SnapshotHeader {
  var id: String
  var description: RunDescription
  var creator: String
  var recordCount: Int
  /// The last frame of the journal whose content is in here.
  var coveredSequence: UInt64
  var epoch: UInt16
  /// The number of the last journal that was begun.
  var journal: Int
  /// Whether the journal has ended: a run at rest has none.
  var isSealed: Bool
  var events: [RunEvent]
  var checkpoints: [CheckpointEntry]
  var recordsDigest: Digest
  var identityDigest: Digest
}

enum Snapshot {
  static let fileName = "run.h5"
  /// The version of the store's own layout that this code writes, and the highest it reads.
  static let version: Int64 = 1

  /// The sealed bytes of run.h5. `columns` holds all rows of all columns of all tables.
  static func image(
    _ header: SnapshotHeader, columns: [[ArrayValues]], digest: RecordsDigest, file: String, doing: String
  ) throws -> [UInt8] {
    try withHDF5(file, doing: doing) {
      let new = try NewFile(named: file)
      try write(header, columns: columns, digest: digest, in: new.root)
      return Seal.sealedInParts(try new.finish())
    }
  }

  /// Writes all of it into the root of a new file.
  static func write(
    _ header: SnapshotHeader, columns: [[ArrayValues]], digest: RecordsDigest, in root: NewGroup
  ) throws {
    try root.setAttribute("NX_class", "NXroot")
    try root.setAttribute("default", "run")
    try root.setAttribute("creator", header.creator)
    try root.setAttribute("schema", header.description.format)
    try root.setAttribute("schema_version", Int64(header.description.formatVersion))
    try root.setAttribute("store_version", version)
    let run = try root.group("run")
    try writeHeader(header, digest, in: run)
    try run.write(header.description.identity, to: "identity")
    for (position, schema) in header.description.tables.enumerated() {
      try run.group(schema.name).writeTable(schema, position, columns[position]) { column in
        schema.isScientific ? digest.column(position, column) : nil
      }
    }
    try run.writeList("events", eventColumns(header.events))
    try run.writeList("checkpoints", checkpointColumns(header.checkpoints))
    try run.writeList("lineage", lineageColumns(header.description.lineage))
  }

  private static func writeHeader(_ header: SnapshotHeader, _ digest: RecordsDigest, in run: NewGroup) throws {
    try run.setAttribute("NX_class", "NXentry")
    let tables = header.description.tables
    if let shown = tables.first(where: { $0.signal != nil }) ?? tables.first {
      try run.setAttribute("default", shown.name)
    }
    try run.setAttribute("id", header.id)
    try run.setAttribute("record_count", Int64(header.recordCount))
    try run.setAttribute("records_sha256", digest.value.hex)
    try run.setAttribute("identity_sha256", header.description.identity.digest.hex)
    try run.setAttribute("covered_sequence", header.coveredSequence)
    try run.setAttribute("epoch", Int64(header.epoch))
    try run.setAttribute("journal", Int64(header.journal))
    try run.setAttribute("is_sealed", header.isSealed)
    switch header.description.durability {
    case .each: try run.setAttribute("durability", "each")
    case .interval(let seconds):
      try run.setAttribute("durability", "interval")
      try run.setAttribute("durability_seconds", seconds)
    case .none: try run.setAttribute("durability", "none")
    }
  }
}

// The lists of the store itself: columns of equal length, as in the tables of records.
extension Snapshot {
  static func eventColumns(_ events: [RunEvent]) -> [(String, ArrayValues)] {
    [
      ("kind", .text(events.map(\.kind.rawValue))), ("record_count", .int64(events.map { Int64($0.recordCount) })),
      ("checkpoint", .int64(events.map { Int64($0.checkpoint) })), ("time", .float64(events.map(\.secondsSince1970))),
      ("host", .text(events.map(\.host))), ("pid", .int32(events.map(\.pid))),
      ("message", .text(events.map(\.message))),
    ]
  }

  static func checkpointColumns(_ entries: [CheckpointEntry]) -> [(String, ArrayValues)] {
    [
      ("iteration", .int64(entries.map { Int64($0.iteration) })), ("name", .text(entries.map(\.name))),
      ("bytes", .int64(entries.map { Int64($0.bytes) })), ("sha256", .text(entries.map(\.sha256.hex))),
      ("contents_sha256", .text(entries.map(\.contents.hex))),
    ]
  }

  static func lineageColumns(_ lineage: [Lineage]) -> [(String, ArrayValues)] {
    [
      ("run", .text(lineage.map(\.run))), ("iteration", .int64(lineage.map { Int64($0.iteration) })),
      ("contents_sha256", .text(lineage.map(\.contents.hex))),
    ]
  }
}

extension NewGroup {
  fileprivate func write(_ arrays: NamedArrays, to name: String) throws {
    let group = try group(name)
    try group.setAttribute("NX_class", "NXcollection")
    try group.write(arrays, options: .compressed)
  }

  /// One dataset a column, all of the same length; nothing else is in the group, so that it is a data frame as it is.
  fileprivate func writeTable(
    _ schema: TableSchema, _ position: Int, _ columns: [ArrayValues], digest: (Int) -> Digest?
  ) throws {
    try setAttribute("NX_class", schema.signal == nil ? "NXcollection" : "NXdata")
    if let signal = schema.signal { try setAttribute("signal", signal) }
    if !schema.axes.isEmpty { try setAttribute("axes", schema.axes) }
    try setAttribute("position", Int64(position))
    try setAttribute("rows_per_record", Int64(schema.rowsPerRecord))
    try setAttribute("is_scientific", schema.isScientific)
    for (index, column) in schema.columns.enumerated() {
      let values = columns[index]
      // 4,096 rows a chunk: a tail is read without the rest, and deflate has something to work on.
      let options = DatasetOptions(chunk: [4_096], shuffles: true, deflate: 1)
      let dataset = try write(column.name, values, shape: [values.count], options: options)
      try dataset.setAttribute("position", Int64(index))
      if !column.unit.isEmpty { try dataset.setAttribute("units", column.unit) }
      if !column.summary.isEmpty { try dataset.setAttribute("long_name", column.summary) }
      if let digest = digest(index) { try dataset.setAttribute("sha256", digest.hex) }
    }
  }

  /// Columns of equal length in a group of their own.
  func writeList(_ name: String, _ columns: [(String, ArrayValues)]) throws {
    let group = try group(name)
    try group.setAttribute("NX_class", "NXcollection")
    for (name, values) in columns { _ = try group.write(name, values, shape: [values.count]) }
  }
}
