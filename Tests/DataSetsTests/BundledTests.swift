import DataSets
import Foundation
import Tasks
import Testing

struct BundledTests {
  @Test func digitsAreThoseOfTheRepository() throws {
    let digits = try Digits.load(from: Resources.bundled())
    #expect(digits.count == 1797)
    #expect(digits.width == 64)
    // The first line of the file is 0,0,5,13,9,1,0,0,... and shows a zero.
    let first: [Float] = [0, 0, 5, 13, 9, 1, 0, 0]
    #expect(digits.features(of: 0)[0..<8].map { $0 * 16 } == first)
    #expect(digits.labels[0..<5] == [0, 1, 2, 3, 4])
    let perClass = (0..<10).map { digit in digits.labels.count { $0 == digit } }
    #expect(perClass == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180])
    let numbers = (0..<digits.count).flatMap { digits.features(of: $0) }
    #expect(numbers.min() == 0 && numbers.max() == 1)
  }

  @Test func versesAreAllThere() throws {
    let verses = try Verses.load(from: Resources.bundled())
    #expect(verses.count == 31_102)
    #expect(verses[0].reference == "Ge 1:1")
    #expect(verses[0].text.starts(with: Array("In the beginning God created".utf8)))
    #expect((0..<6).map { kind in verses.count { $0.kind == kind } } == [5852, 7018, 4785, 5490, 4786, 3171])
  }

  @Test func versesBecomeBytesAndWords() throws {
    let verses = try Verses.load(from: Resources.bundled())
    let (bytes, words) = (Verses.bytes(of: verses), Verses.words(of: verses))
    #expect(bytes.tokens.prefix(3) == [73, 110, 32])  // "In "
    #expect(bytes.bounds[1] == verses[0].text.count && bytes.classCount == 6)
    // "the" is the most frequent word, "and" the next; the first verse is "In the beginning God created ...".
    #expect(words.tokens[1] == 1 && words.tokens[5] == 1)
    #expect(words.tokens.count { $0 == 1 } > words.tokens.count { $0 == 2 })
    #expect(words.vocabularySize > 10_000 && words.tokens.min() == 1)
    #expect(words.tokens.contains(Int32(words.vocabularySize - 1)))
    #expect(words.labels == bytes.labels)
  }

  @Test func missingFolderAndFileAreNamed() {
    let resources = Resources(folder: "/nowhere")
    let error = #expect(throws: DataSetError.self) { try Digits.load(from: resources) }
    #expect(error?.code == .unreadable)
    #expect(error?.file == "/nowhere/digits.csv.gz")
  }

  @Test(arguments: [
    ("1,2,3\n4,5\n", 2, "3 numbers", "2"),
    ("1,2,3\n4,x,6\n", 2, "digits and commas", "the byte 120"),
    ("1,2,3\n4,,6\n", 2, "a number in column 2", "nothing"),
    ("1,2,3\n4,5,256\n", 2, "a number below 256 in column 3", "256"),
    ("1,2,3\n", nil, "2 lines", "1"),
    ("", nil, "2 lines", "0"),
  ])
  func badTextIsNamedByItsLine(_ text: String, _ line: Int?, _ expected: String, _ found: String) {
    let error = #expect(throws: DataSetError.self) {
      try ByteTable.parse(Array(text.utf8), columns: 3, count: 2, action: "reading numbers", file: "numbers.csv")
    }
    #expect(error?.line == line)
    #expect(error?.expected == expected)
    #expect(error?.found == found)
    #expect(error?.description.hasPrefix("reading numbers: numbers.csv") == true)
  }

  @Test func lastLineMayLackItsLineFeed() throws {
    let numbers = try ByteTable.parse(
      Array("1,2,3\n4,5,255".utf8), columns: 3, count: 2, action: "reading numbers", file: "numbers.csv")
    #expect(numbers == [1, 2, 3, 4, 5, 255])
  }

  @Test func everyPrefixOfAGzipFileIsRefused() throws {
    let path = try Resources.bundled().folder + "/digits.csv.gz"
    let packed = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
    for length in Array(0..<40) + Array(stride(from: 40, to: packed.count, by: 997)) + [packed.count - 1] {
      let error = #expect(throws: DataSetError.self) {
        try Gzip.unpack(Array(packed[..<length]), action: "unpacking", file: "digits.csv.gz")
      }
      #expect(error?.code == .badCompression)
    }
  }

  @Test func aFlippedBitInAGzipFileIsRefused() throws {
    let path = try Resources.bundled().folder + "/digits.csv.gz"
    let packed = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
    for place in stride(from: 20, to: packed.count - 8, by: 1501) {
      var broken = packed
      broken[place] ^= 0x10
      #expect(throws: DataSetError.self) {
        try Gzip.unpack(broken, action: "unpacking", file: "digits.csv.gz")
      }
    }
  }
}
