// What the frames of a journal say.

/// The meaning of a frame.
enum JournalEntry {
  /// The first of a file: the format's version and whose journal it is.
  case opened(version: Int, run: String, number: Int)
  /// The values of a record, still as bytes.
  case record(iteration: Int, values: ArraySlice<UInt8>)
  case checkpoint(CheckpointEntry)
  case event(RunEvent)
  /// A checkpoint that is no longer kept.
  case dropped(name: String)
}

extension JournalEntry {
  /// The version of the journal's format that this code writes and the highest it reads.
  static let version = 1

  init(_ frame: Frame) throws {
    guard let kind = Frame.Kind(rawValue: frame.kind) else { throw ByteReader.Malformed() }
    var reader = ByteReader(frame.payload)
    switch kind {
    case .opened: self = .opened(version: try reader.int(), run: try reader.text(), number: try reader.int())
    case .record: self = .record(iteration: try reader.int(), values: try reader.take(reader.remaining))
    case .checkpoint:
      self = .checkpoint(
        CheckpointEntry(
          iteration: try reader.int(), name: try reader.text(), bytes: try reader.int(),
          sha256: try reader.digest(), contents: try reader.digest()))
    case .event: self = .event(try RunEvent(&reader))
    case .dropped: self = .dropped(name: try reader.text())
    }
    guard reader.remaining == 0 else { throw ByteReader.Malformed() }
  }

  var kind: Frame.Kind {
    switch self {
    case .opened: .opened
    case .record: .record
    case .checkpoint: .checkpoint
    case .event: .event
    case .dropped: .dropped
    }
  }

  var payload: [UInt8] {
    var writer = ByteWriter()
    switch self {
    case .opened(let version, let run, let number):
      writer.append(UInt64(version))
      writer.append(run)
      writer.append(UInt64(number))
    case .record(let iteration, let values):
      writer.append(UInt64(iteration))
      writer.bytes.append(contentsOf: values)
    case .checkpoint(let entry):
      writer.append(UInt64(entry.iteration))
      writer.append(entry.name)
      writer.append(UInt64(entry.bytes))
      writer.append(entry.sha256)
      writer.append(entry.contents)
    case .event(let event): event.append(to: &writer)
    case .dropped(let name): writer.append(name)
    }
    return writer.bytes
  }
}

extension Record {
  /// The values of all columns, table by table.
  var journalBytes: [UInt8] {
    var writer = ByteWriter()
    for columns in tables {
      for values in columns { writer.append(values) }
    }
    return writer.bytes
  }

  /// The record that these bytes say.
  init(iteration: Int, journalBytes: ArraySlice<UInt8>, _ schemas: [TableSchema]) throws {
    var reader = ByteReader(journalBytes)
    self.iteration = iteration
    tables = try schemas.map { schema in
      try schema.columns.map { try reader.values($0.type, count: schema.rowsPerRecord) }
    }
    guard reader.remaining == 0 else { throw ByteReader.Malformed() }
  }
}
