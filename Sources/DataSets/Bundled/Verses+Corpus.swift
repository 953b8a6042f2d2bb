package import Tasks

/// The verses as texts to learn: by bytes, or by words. The classes are the six kinds of book.
extension Verses {
  /// Each verse as its bytes, 1 to 255; 0 does not occur in the text.
  package static func bytes(of verses: [Verse]) -> TextCorpus {
    corpus(verses, name: "kjv_bytes", vocabularySize: 256, texts: verses.map { $0.text.map { Int32($0) } })
  }

  /// Each verse as its words: the most frequent word is token 1, and of two equally frequent ones the first to occur is
  /// smaller. Every other character than letters and apostrophes ends a word; capitals count as small letters.
  package static func words(of verses: [Verse]) -> TextCorpus {
    var numbers: [ArraySlice<UInt8>: Int] = [:]
    var frequencies: [Int] = []
    let texts = verses.map { verse in
      split(verse.text).map { word -> Int in
        let number = numbers[word] ?? frequencies.count
        if number == frequencies.count {
          numbers[word] = number
          frequencies.append(0)
        }
        frequencies[number] += 1
        return number
      }
    }
    var tokens = [Int32](repeating: 0, count: frequencies.count)
    let ranked = frequencies.indices.sorted { (-frequencies[$0], $0) < (-frequencies[$1], $1) }
    for (rank, number) in ranked.enumerated() { tokens[number] = Int32(rank + 1) }
    return corpus(
      verses, name: "kjv_words", vocabularySize: tokens.count + 1, texts: texts.map { $0.map { tokens[$0] } })
  }

  /// The small letters of a text, in words.
  private static func split(_ text: [UInt8]) -> [ArraySlice<UInt8>] {
    text.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
      .split { !(UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) && $0 != UInt8(ascii: "'") }
  }

  private static func corpus(_ verses: [Verse], name: String, vocabularySize: Int, texts: [[Int32]]) -> TextCorpus {
    TextCorpus(
      name: name, source: "King James Bible, public domain", vocabularySize: vocabularySize, classCount: 6,
      texts: texts, labels: verses.map { Int32($0.kind) })
  }
}
