/// The text of the King James Bible, verse by verse: the stuff of character models.
package enum Verses {
  /// One verse of one book.
  package struct Verse: Hashable, Sendable {
    /// The kind of book: 0 law, 1 history, 2 poetry, 3 prophecy, 4 gospels and acts, 5 letters and revelation.
    package let kind: UInt8
    /// Book, chapter and verse, as "Ge 1:1".
    package let reference: String
    package let text: [UInt8]
  }

  /// All 31,102 verses in their order.
  package static func load(from resources: Resources) throws(DataSetError) -> [Verse] {
    let file = resources.folder + "/" + fileName
    let text = try resources.unpacked(fileName, for: action)
    var verses: [Verse] = []
    verses.reserveCapacity(count)
    for line in text.split(separator: UInt8(ascii: "\n")) {
      let fields = line.split(separator: UInt8(ascii: "\t"), maxSplits: 2)
      guard fields.count == 3, fields[0].count == 1, let mark = fields[0].first, mark >= UInt8(ascii: "0"),
        mark <= UInt8(ascii: "5")
      else {
        throw DataSetError(
          .badText, action, file: file, line: verses.count + 1, expected: "a kind of book (0 to 5), reference and text",
          found: "\(fields.count) fields")
      }
      verses.append(
        Verse(
          kind: mark - UInt8(ascii: "0"), reference: String(decoding: fields[1], as: UTF8.self), text: Array(fields[2]))
      )
    }
    guard verses.count == count else {
      throw DataSetError(.badText, action, file: file, expected: "\(count) lines", found: "\(verses.count)")
    }
    return verses
  }

  /// Of the unpacked file.
  package static let digest = "sha256:3ca4fce27a11fd84119a2a140f46c2901ad099b2ac6d112bc7cf10d4f26b7b41"

  private static let fileName = "kjv.tsv.gz"
  private static let action = "reading the verses"
  private static let count = 31_102
}
