package import RunStore
import Tasks

/// What a registered data set says of itself.
package struct DataCard: Sendable {
  package let name: String
  /// What it was read from, as `runs data add --kind` names it.
  package let kind: String
  /// "images", "table" or "texts".
  package let content: String
  /// Of an example: rows, columns, channels, or numbers; of texts the tokens and the size of the vocabulary.
  package let shape: [Int]
  package let examples: Int
  package let classes: Int
  /// Examples in each split.
  package let splits: [(name: String, count: Int)]
  /// The files that it was read from, with their SHA-256.
  package let files: [(name: String, digest: String)]
  /// SHA-256 of all that decides a bit.
  package let digest: String
  /// The file's size.
  package let byteCount: Int

  static let splits: [(name: String, array: String)] = Split.allCases.map { split in
    let array = DataNames.split(split)
    return (String(array.dropFirst("split/".count)), array)
  }

  package init(_ head: DataFileHead) {
    let about = head.about
    func integers(_ name: String) -> [Int] {
      if case .int64(let values)? = about[name]?.values { values.map { Int($0) } } else { [] }
    }
    func texts(_ name: String) -> [String] {
      if case .text(let values)? = about[name]?.values { values } else { [] }
    }
    name = head.name
    kind = texts(AboutNames.kind).first ?? ""
    content = texts(AboutNames.content).first ?? ""
    shape = integers(AboutNames.shape)
    examples = integers(AboutNames.examples).first ?? 0
    classes = integers(AboutNames.classes).first ?? 0
    splits = zip(Self.splits, integers(AboutNames.splits)).map { ($0.name, $1) }
    files = zip(texts(AboutNames.files), texts(AboutNames.fileDigests)).map { ($0, $1) }
    digest = "sha256:\(head.contentsDigest)"
    byteCount = head.byteCount
  }

  /// The shape of an example as people write it.
  package var shapeWords: String {
    content == "texts"
      ? "\(shape.first ?? 0) tokens below \(shape.last ?? 0)" : shape.map(String.init).joined(separator: " x ")
  }
}
