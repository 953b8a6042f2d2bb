// What people say about a run: a name, tags, notes; may change while it is being written.

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A run's labels. They are data: never part of a path, never in a digest of the run.
public struct Labels: Equatable, Sendable, Codable {
  /// A remark and when it was made.
  public struct Note: Equatable, Sendable, Codable {
    /// Seconds since 1970, UTC.
    public var secondsSince1970: Double
    /// The remark.
    public var text: String

    /// A remark.
    public init(secondsSince1970: Double, text: String) {
      self.secondsSince1970 = secondsSince1970
      self.text = text
    }
  }

  /// Unique in the store: `[A-Za-z0-9._-]{1,64}`.
  public var name: String?
  /// Runs that belong together, such as the seeds of one setting.
  public var group: String?
  /// Words to find it by, each once, in the order they were given.
  public var tags: [String]
  /// Remarks, oldest first.
  public var notes: [Note]
  /// Iterations whose checkpoints are kept whatever the rules say; forks pin the one they start from.
  public var pinned: [Int]

  /// Labels.
  public init(name: String? = nil, group: String? = nil, tags: [String] = [], notes: [Note] = [], pinned: [Int] = []) {
    self.name = name
    self.group = group
    self.tags = tags
    self.notes = notes
    self.pinned = pinned
  }

  /// Whether a text may name a run.
  public static func isName(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.unicodeScalars.allSatisfy {
        ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
          || "._-".unicodeScalars.contains($0)
      }
  }
}

extension Labels {
  static let fileName = "labels.json"

  /// The file as JSON: the version of its form, the labels, and a digest of the labels' own JSON.
  private struct Sheet: Codable {
    var version: Int
    var labels: Labels
    var sha256: String
  }

  /// What is wrong with these labels; nil when nothing is.
  var problem: String? {
    if let name, !Self.isName(name) { return "the name \(name) is not 1 to 64 of A-Z a-z 0-9 . _ -" }
    let words = tags + [group].compactMap { $0 }
    if words.contains(where: { $0.isEmpty || $0.utf8.count > 256 }) { return "a tag or group of 0 or over 256 bytes" }
    if notes.contains(where: { $0.text.utf8.count > 65_536 }) { return "a note of over 64 KiB" }
    return nil
  }

  private func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return try encoder.encode(self)
  }

  func encoded() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    return Array(try encoder.encode(Sheet(version: 1, labels: self, sha256: Digest.of(json()).hex))) + [10]
  }

  /// Reads the labels of a run; a run without the file has none.
  static func read(in folder: Folder, doing: String) throws -> Labels {
    guard let file = try folder.openIfPresent(fileName, doing: doing) else { return Labels() }
    let bytes = try file.readAll(doing: doing)
    func damage(expected: String, found: String, offset: Int? = nil) -> StoreError {
      StoreError(
        .damaged, doing: doing, file: file.path, offset: offset, expected: expected, found: found,
        advice: "the run itself is not touched; remove this file and label the run anew")
    }
    let sheet: Sheet
    let digest: Digest
    do {
      sheet = try JSONDecoder().decode(Sheet.self, from: Data(bytes))
      digest = try Digest.of(sheet.labels.json())
    } catch {
      throw damage(expected: "labels as JSON", found: "something else")
    }
    guard sheet.version == 1 else {
      throw StoreError(.newerSchema(found: sheet.version, known: 1), doing: doing, file: file.path)
    }
    guard digest.hex == sheet.sha256 else {
      throw damage(expected: "labels with the digest \(sheet.sha256)", found: digest.hex)
    }
    return sheet.labels
  }

  func write(in folder: Folder, doing: String) throws {
    if let problem { throw StoreError(.usage, doing: doing, file: folder.path, found: problem) }
    try folder.replace(Self.fileName, with: encoded(), doing: doing)
  }
}
