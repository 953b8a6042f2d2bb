// A run as bytes for a pipe: from the process that reads a file from elsewhere to the one that asked for it.

/// Magic, then all parts of the run one behind the other; counts and lengths stand before what they count. The reader takes
/// nothing on trust: the writer may have been taken over by the file it read.
extension PortableRun {
  private static let magic = Array("RUNSIMP1".utf8)

  /// The run in bytes.
  public var stream: [UInt8] {
    var writer = ByteWriter(bytes: Self.magic)
    writer.append(id.text)
    writer.append(creator)
    writer.append(description)
    writer.append(UInt64(recordCount))
    for values in columns.joined() { writer.append(values) }
    writer.append(UInt32(events.count))
    for event in events { event.append(to: &writer) }
    writer.append(UInt32(checkpoints.count))
    for checkpoint in checkpoints {
      writer.append(UInt64(checkpoint.iteration))
      writer.append(checkpoint.contents)
      writer.append(checkpoint.state)
    }
    writer.append(labels)
    writer.append(identityDigest)
    writer.append(recordsDigest)
    return writer.bytes
  }

  /// The run in a stream, whole to its end and checked; `path` is where it is said to come from.
  ///
  /// Throws `damaged` for anything else.
  public init(stream: [UInt8], from path: String) throws {
    let doing = "reading \(path)"
    do {
      var reader = ByteReader(stream[...])
      self = try PortableRun(&reader)
      guard reader.remaining == 0 else { throw ByteReader.Malformed() }
    } catch is ByteReader.Malformed {
      throw StoreError(
        .damaged, doing: doing, file: path, expected: "a run", found: "something else",
        advice: "nothing of it was taken in")
    }
    try check(file: path, doing: doing)
  }

  private init(_ reader: inout ByteReader) throws {
    guard try reader.take(Self.magic.count).elementsEqual(Self.magic), let id = RunID(try reader.text()) else {
      throw ByteReader.Malformed()
    }
    self.id = id
    creator = try reader.text()
    description = try reader.runDescription()
    recordCount = try reader.int()
    var columns: [[ArrayValues]] = []
    for schema in description.tables {
      let (rows, overflow) = recordCount.multipliedReportingOverflow(by: schema.rowsPerRecord)
      guard rows >= 0, !overflow else { throw ByteReader.Malformed() }
      columns.append(try schema.columns.map { try reader.values($0.type, count: rows) })
    }
    self.columns = columns
    events = try reader.list { try RunEvent(&$0) }
    checkpoints = try reader.list { reader in
      let (iteration, contents) = (try reader.int(), try reader.digest())
      return StoredState(iteration: iteration, state: try reader.namedArrays(), contents: contents)
    }
    labels = try reader.labels()
    identityDigest = try reader.digest()
    recordsDigest = try reader.digest()
  }
}

// Writing.
extension ByteWriter {
  fileprivate mutating func append(_ flag: Bool) { append(UInt8(flag ? 1 : 0)) }

  fileprivate mutating func append(_ text: String?) {
    append(text != nil)
    if let text { append(text) }
  }

  fileprivate mutating func append(_ texts: [String]) {
    append(UInt32(texts.count))
    for text in texts { append(text) }
  }

  fileprivate mutating func append(_ description: RunDescription) {
    append(description.format)
    append(Int64(description.formatVersion))
    append(description.identity)
    append(UInt32(description.tables.count))
    for table in description.tables { append(table) }
    switch description.durability {
    case .each: append(UInt8(0))
    case .interval(let seconds):
      append(UInt8(1))
      append(seconds)
    case .none: append(UInt8(2))
    }
    append(UInt32(description.lineage.count))
    for parent in description.lineage {
      append(parent.run)
      append(Int64(parent.iteration))
      append(parent.contents)
    }
  }

  fileprivate mutating func append(_ table: TableSchema) {
    append(table.name)
    append(UInt32(table.columns.count))
    for column in table.columns {
      append(column.name)
      append(column.type.rawValue)
      append(column.unit)
      append(column.summary)
    }
    append(Int64(table.rowsPerRecord))
    append(table.isScientific)
    append(table.signal)
    append(table.axes)
  }

  fileprivate mutating func append(_ arrays: NamedArrays) {
    append(UInt32(arrays.arrays.count))
    for array in arrays.arrays {
      append(array.name)
      append(array.values.type.rawValue)
      append(UInt32(array.shape.count))
      for axis in array.shape { append(UInt64(axis)) }
      append(array.unit)
      append(array.summary)
      append(array.values)
    }
    append(arrays.packedGroups)
  }

  fileprivate mutating func append(_ labels: Labels) {
    append(labels.name)
    append(labels.group)
    append(labels.tags)
    append(UInt32(labels.notes.count))
    for note in labels.notes {
      append(note.secondsSince1970)
      append(note.text)
    }
    append(UInt32(labels.pinned.count))
    for iteration in labels.pinned { append(Int64(iteration)) }
  }
}

// Reading.
extension ByteReader {
  fileprivate mutating func flag() throws -> Bool { try number(UInt8.self) != 0 }

  fileprivate mutating func optionalText() throws -> String? { try flag() ? text() : nil }

  fileprivate mutating func signed() throws -> Int { Int(try number(Int64.self)) }

  fileprivate mutating func elementType() throws -> ElementType {
    guard let type = ElementType(rawValue: try text()) else { throw Malformed() }
    return type
  }

  /// Elements, each of which takes a byte at least, so that no count asks for memory that the stream does not fill.
  fileprivate mutating func list<Element>(_ element: (inout ByteReader) throws -> Element) throws -> [Element] {
    let count = Int(try number(UInt32.self))
    guard count <= remaining else { throw Malformed() }
    var elements: [Element] = []
    for _ in 0..<count { elements.append(try element(&self)) }
    return elements
  }

  fileprivate mutating func runDescription() throws -> RunDescription {
    let (format, version) = (try text(), try signed())
    let (identity, tables) = (try namedArrays(), try list { try $0.tableSchema() })
    let durability: Durability
    switch try number(UInt8.self) {
    case 0: durability = .each
    case 1: durability = .interval(seconds: try double())
    case 2: durability = .none
    default: throw Malformed()
    }
    let lineage = try list { reader in
      Lineage(run: try reader.text(), iteration: try reader.signed(), contents: try reader.digest())
    }
    return RunDescription(
      format: format, formatVersion: version, identity: identity, tables: tables, durability: durability,
      lineage: lineage)
  }

  fileprivate mutating func tableSchema() throws -> TableSchema {
    let name = try text()
    let columns = try list { reader in
      Column(
        try reader.text(), try reader.elementType(), unit: try reader.text(), summary: try reader.text())
    }
    let (rows, isScientific) = (try signed(), try flag())
    return TableSchema(
      name, columns: columns, rowsPerRecord: rows, isScientific: isScientific, signal: try optionalText(),
      axes: try list { try $0.text() })
  }

  fileprivate mutating func namedArrays() throws -> NamedArrays {
    var arrays = NamedArrays()
    for array in try list({ try $0.namedArray() }) {
      guard arrays.problem(withName: array.name) == nil else { throw Malformed() }
      arrays.append(array)
    }
    for group in try list({ try $0.text() }) {
      guard NamedArray.isName(group), arrays.mayPack(group) else { throw Malformed() }
      arrays.pack(group)
    }
    return arrays
  }

  private mutating func namedArray() throws -> NamedArray {
    let (name, type) = (try text(), try elementType())
    let shape = try list { try $0.int() }
    var count = 1
    for axis in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: axis)
      guard !overflow else { throw Malformed() }
      count = product
    }
    guard NamedArray.isName(name) else { throw Malformed() }
    let (unit, summary) = (try text(), try text())
    return NamedArray(name, shape: shape, try values(type, count: count), unit: unit, summary: summary)
  }

  fileprivate mutating func labels() throws -> Labels {
    Labels(
      name: try optionalText(), group: try optionalText(), tags: try list { try $0.text() },
      notes: try list { Labels.Note(secondsSince1970: try $0.double(), text: try $0.text()) },
      pinned: try list { try $0.signed() })
  }
}
