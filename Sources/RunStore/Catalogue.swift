// What lists need of every run, in one file beside the runs: a cache on which nothing depends.

/// What a client's lists show of a run besides what the store itself knows.
public struct RunFacts: Sendable {
  /// Texts in an order of the client's.
  public var texts: [String?]
  /// Numbers in an order of the client's.
  public var numbers: [Double?]

  /// Facts.
  public init(texts: [String?], numbers: [Double?]) {
    self.texts = texts
    self.numbers = numbers
  }
}

/// Makes the facts of a run. They are kept in the store's catalogue for as long as the run's files stay as they are.
public struct Summarizer: Sendable {
  /// Names what `facts` makes: another name for whatever differs, since facts of other names are made anew.
  public let name: String
  /// The facts of a run, which depend on nothing else.
  public let facts: @Sendable (Run) throws -> RunFacts

  /// A maker of facts.
  public init(name: String, facts: @escaping @Sendable (Run) throws -> RunFacts) {
    self.name = name
    self.facts = facts
  }
}

/// What a run's files looked like: as long as they do, what is known of the run holds.
struct RunStamp: Equatable {
  struct Journal: Equatable {
    var number: Int
    var status: FileStatus
  }

  /// Changes whenever a file of the run appears, goes or is replaced.
  var folder: FileStatus
  var run: FileStatus
  /// Nil for a run without labels.
  var labels: FileStatus?
  /// In their order; none for a run at rest.
  var journals: [Journal]

  /// The last change of any of them, in nanoseconds since 1970.
  var modified: Int64 {
    journals.map(\.status.modified).reduce(max(folder.modified, run.modified, labels?.modified ?? 0), max)
  }
}

/// What a catalogue knows of a run that is whole.
struct CatalogueEntry {
  var stamp: RunStamp
  /// Without notes and pins, which no list shows.
  var labels: Labels
  /// The status when nobody has the run's lock.
  var statusAtRest: RunStatus
  var recordCount: Int
  /// When it was made, in seconds since 1970.
  var created: Double
  /// The run it started from.
  var parent: Lineage?
  var facts: RunFacts
}

/// A store's runs as they were when somebody looked last.
struct Catalogue {
  /// The dot keeps it out of what could be a run's id.
  static let fileName = ".catalogue"
  static let asidePrefix = ".catalogue-"
  private static let magic = Array("RUNSCAT1".utf8)

  var summarizer: String
  var entries: [RunID: CatalogueEntry]
}

// As bytes: magic, the summarizer's name, all texts once, the entries, a CRC-32C. Texts are given by their numbers.
extension Catalogue {
  var encoded: [UInt8] {
    var texts = TextTable()
    var body = ByteWriter()
    body.append(UInt64(entries.count))
    for (id, entry) in entries.sorted(by: { $0.key < $1.key }) { entry.append(to: &body, id, &texts) }
    var writer = ByteWriter(bytes: Self.magic)
    writer.append(summarizer)
    writer.append(UInt64(texts.all.count))
    for text in texts.all { writer.append(text) }
    writer.bytes += body.bytes
    writer.append(Self.checksum(writer.bytes[...]))
    return writer.bytes
  }

  /// Throws `ByteReader.Malformed` for bytes that are no catalogue of this version.
  init(encoded bytes: [UInt8]) throws {
    guard bytes.count >= Self.magic.count + 4, bytes.starts(with: Self.magic) else { throw ByteReader.Malformed() }
    let contents = bytes[..<(bytes.count - 4)]
    var trailer = ByteReader(bytes[contents.endIndex...])
    guard try trailer.number(UInt32.self) == Self.checksum(contents) else { throw ByteReader.Malformed() }
    var reader = ByteReader(contents[Self.magic.count...])
    summarizer = try reader.text()
    let textCount = try reader.int()
    guard textCount <= reader.remaining / 4 else { throw ByteReader.Malformed() }
    let texts = try (0..<textCount).map { _ in try reader.text() }
    let count = try reader.int()
    guard count <= reader.remaining / CatalogueEntry.leastByteCount else { throw ByteReader.Malformed() }
    entries = Dictionary(minimumCapacity: count)
    for _ in 0..<count {
      let (id, entry) = try CatalogueEntry.read(&reader, texts)
      entries[id] = entry
    }
    guard reader.remaining == 0 else { throw ByteReader.Malformed() }
  }

  private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var crc = CRC32C()
    bytes.withUnsafeBytes { crc.update($0) }
    return crc.value
  }

  /// Numbers for texts: runs of a store share most of theirs, the recipe above all.
  struct TextTable {
    static let none = UInt32.max
    private(set) var all: [String] = []
    private var numbers: [String: UInt32] = [:]

    mutating func number(_ text: String?) -> UInt32 {
      guard let text else { return Self.none }
      if let known = numbers[text] { return known }
      let number = UInt32(all.count)
      numbers[text] = number
      all.append(text)
      return number
    }
  }
}

extension CatalogueEntry {
  /// Less than any entry takes: what bounds their number by the file's size.
  static let leastByteCount = 64

  func append(to writer: inout ByteWriter, _ id: RunID, _ texts: inout Catalogue.TextTable) {
    writer.append(texts.number(id.text))
    writer.append(stamp.folder)
    writer.append(stamp.run)
    writer.append(UInt8(stamp.labels == nil ? 0 : 1))
    if let labels = stamp.labels { writer.append(labels) }
    writer.append(UInt32(stamp.journals.count))
    for journal in stamp.journals {
      writer.append(UInt64(journal.number))
      writer.append(journal.status)
    }
    writer.append(texts.number(labels.name))
    writer.append(texts.number(labels.group))
    writer.append(UInt32(labels.tags.count))
    for tag in labels.tags { writer.append(texts.number(tag)) }
    let (word, message) = statusAtRest.atRestWords
    writer.append(texts.number(word))
    writer.append(texts.number(message))
    writer.append(UInt64(recordCount))
    writer.append(created)
    writer.append(texts.number(parent?.run))
    if let parent {
      writer.append(UInt64(parent.iteration))
      writer.append(parent.contents)
    }
    writer.append(UInt32(facts.texts.count))
    for text in facts.texts { writer.append(texts.number(text)) }
    writer.append(UInt32(facts.numbers.count))
    for number in facts.numbers {
      writer.append(UInt8(number == nil ? 0 : 1))
      if let number { writer.append(number) }
    }
  }

  static func read(_ reader: inout ByteReader, _ texts: [String]) throws -> (RunID, CatalogueEntry) {
    guard let id = RunID(try reader.text(of: texts)) else { throw ByteReader.Malformed() }
    var stamp = RunStamp(folder: try reader.status(), run: try reader.status(), journals: [])
    if try reader.number(UInt8.self) == 1 { stamp.labels = try reader.status() }
    stamp.journals = try reader.list { reader in
      RunStamp.Journal(number: try reader.int(), status: try reader.status())
    }
    var labels = Labels()
    labels.name = try reader.optionalText(of: texts)
    labels.group = try reader.optionalText(of: texts)
    labels.tags = try reader.list { try $0.text(of: texts) }
    guard let status = RunStatus(atRest: try reader.text(of: texts), try reader.text(of: texts)) else {
      throw ByteReader.Malformed()
    }
    return (
      id,
      CatalogueEntry(
        stamp: stamp, labels: labels, statusAtRest: status, recordCount: try reader.int(),
        created: try reader.double(), parent: try reader.lineage(of: texts),
        facts: RunFacts(
          texts: try reader.list { try $0.optionalText(of: texts) },
          numbers: try reader.list { try $0.number(UInt8.self) == 1 ? $0.double() : nil }))
    )
  }
}

extension ByteWriter {
  fileprivate mutating func append(_ status: FileStatus) {
    append(Int64(status.size))
    append(status.inode)
    append(status.modified)
  }
}

extension ByteReader {
  /// Of a file that has one name; how many it has is not kept.
  fileprivate mutating func status() throws -> FileStatus {
    FileStatus(size: Int(try number(Int64.self)), links: 1, inode: try number(), modified: try number())
  }

  fileprivate mutating func lineage(of texts: [String]) throws -> Lineage? {
    guard let run = try optionalText(of: texts) else { return nil }
    return Lineage(run: run, iteration: try int(), contents: try digest())
  }

  fileprivate mutating func text(of texts: [String]) throws -> String {
    guard let text = try optionalText(of: texts) else { throw Malformed() }
    return text
  }

  fileprivate mutating func optionalText(of texts: [String]) throws -> String? {
    let number = try number(UInt32.self)
    if number == Catalogue.TextTable.none { return nil }
    guard Int(number) < texts.count else { throw Malformed() }
    return texts[Int(number)]
  }

  /// A number of elements, each of a byte at least.
  fileprivate mutating func list<Element>(_ element: (inout ByteReader) throws -> Element) throws -> [Element] {
    let count = Int(try number(UInt32.self))
    guard count <= remaining else { throw Malformed() }
    var elements: [Element] = []
    for _ in 0..<count { elements.append(try element(&self)) }
    return elements
  }
}

extension RunStatus {
  /// A status of nobody's run in two texts.
  fileprivate var atRestWords: (String, String) {
    switch self {
    case .finished: ("finished", "")
    case .interrupted: ("interrupted", "")
    case .failed(let message): ("failed", message)
    case .died, .running: ("died", "")
    }
  }

  fileprivate init?(atRest word: String, _ message: String) {
    switch word {
    case "finished": self = .finished
    case "interrupted": self = .interrupted
    case "failed": self = .failed(message)
    case "died": self = .died
    default: return nil
    }
  }
}
