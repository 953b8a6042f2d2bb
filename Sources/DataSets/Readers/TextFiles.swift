/// Plain texts, a text a line: by bytes, by words, or by subwords.
package enum TextFiles {
  package enum Unit: String, CaseIterable, Sendable {
    case bytes, words, subwords
  }

  private static let action = "reading texts"

  /// The lines of a file, or of all `.txt` files of a folder; of one whose folders hold the texts, each folder is a class.
  package static func read(_ path: String, unit: Unit, _ files: InputFiles) throws(DataSetError) -> GatheredData {
    guard InputFiles.isFolder(path) else {
      return try gathered([("", try lines(of: path, files))], unit: unit, file: path)
    }
    let names = try files.names(in: path, for: action)
    let folders = names.filter { InputFiles.isFolder(path + "/" + $0) }
    guard folders.count > 1 else { return try gathered([("", try texts(in: path, files))], unit: unit, file: path) }
    var classes: [(String, [[UInt8]])] = []
    for folder in folders { classes.append((folder, try texts(in: path + "/" + folder, files))) }
    return try gathered(classes, unit: unit, file: path)
  }

  private static func texts(in folder: String, _ files: InputFiles) throws(DataSetError) -> [[UInt8]] {
    var texts: [[UInt8]] = []
    for name in try files.names(in: folder, for: action) where name.hasSuffix(".txt") {
      texts += try lines(of: folder + "/" + name, files)
    }
    return texts
  }

  private static func lines(of path: String, _ files: InputFiles) throws(DataSetError) -> [[UInt8]] {
    let bytes = try files.unpackedBytes(of: path, for: action)
    // Token 0 stands for none, so the byte 0 is no text.
    if let zero = bytes.firstIndex(of: 0) {
      throw DataSetError(.badText, action, file: path, offset: zero, expected: "text", found: "the byte 0")
    }
    return bytes.split { $0 == 10 || $0 == 13 }.map { Array($0) }
  }

  private static func gathered(
    _ classes: [(name: String, texts: [[UInt8]])], unit: Unit, file: String
  ) throws(DataSetError) -> GatheredData {
    let texts = classes.flatMap(\.texts)
    let labels = classes.enumerated().flatMap { index, kind in kind.texts.map { _ in Int32(index) } }
    guard !texts.isEmpty, texts.count <= InputLimits.examples else {
      throw DataSetError(
        .unfitting, action, file: file, expected: "1 to \(InputLimits.examples) lines", found: "\(texts.count)")
    }
    let tokenized =
      switch unit {
      case .bytes: TokenizedTexts(bytesOf: texts)
      case .words: TokenizedTexts(wordsOf: texts)
      case .subwords: TokenizedTexts(subwordsOf: texts)
      }
    guard !tokenized.tokens.isEmpty else {
      throw DataSetError(.unfitting, action, file: file, expected: "\(unit.rawValue)", found: "none")
    }
    return GatheredData(
      content: .texts(tokenized), labels: labels, classCount: classes.count,
      classNames: classes.count > 1 ? classes.map(\.name) : [], testCount: 0)
  }
}

extension TokenizedTexts {
  /// Each text as its bytes, 1 to 255.
  package init(bytesOf texts: [[UInt8]]) {
    self.init(texts.map { $0.map { Int32($0) } }, vocabularySize: 256, vocabulary: [])
  }

  /// Each text as its words: the most frequent word is token 1, and of two equally frequent ones the smaller by its bytes.
  package init(wordsOf texts: [[UInt8]]) {
    let words = texts.map(Self.words)
    var frequencies: [ArraySlice<UInt8>: Int] = [:]
    for text in words { for word in text { frequencies[word, default: 0] += 1 } }
    let ranked = frequencies.sorted {
      $0.value != $1.value ? $0.value > $1.value : $0.key.lexicographicallyPrecedes($1.key)
    }
    var tokens: [ArraySlice<UInt8>: Int32] = [:]
    for (rank, entry) in ranked.enumerated() { tokens[entry.key] = Int32(rank + 1) }
    self.init(
      words.map { $0.map { tokens[$0]! } }, vocabularySize: ranked.count + 1, vocabulary: ranked.map { Array($0.key) })
  }

  private init(_ texts: [[Int32]], vocabularySize: Int, vocabulary: [[UInt8]]) {
    var bounds = [0]
    for text in texts { bounds.append(bounds[bounds.count - 1] + text.count) }
    self.init(
      tokens: texts.flatMap { $0 }, bounds: bounds, vocabularySize: max(vocabularySize, 2), vocabulary: vocabulary)
  }

  /// Words of letters, digits, apostrophes and all that is not ASCII; capitals of ASCII count as small letters.
  static func words(of text: [UInt8]) -> [ArraySlice<UInt8>] {
    text.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
      .split { byte in
        !(UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
          && !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) && byte != UInt8(ascii: "'") && byte < 0x80
      }
  }

  /// Each text in pieces of words, by byte pairs (P. Gage 1994; R. Sennrich et al., arXiv 1508.07909): 1 to 255 are bytes, the
  /// further tokens two smaller ones that stand side by side most often, of equally frequent pairs the smaller. A piece
  /// crosses no start of a word, which its space belongs to. All tokens of a text together are its bytes.
  package init(subwordsOf texts: [[UInt8]], vocabularySize: Int = 8_192) {
    var pairs = BytePairs(texts)
    pairs.merge(until: vocabularySize)
    self.init(
      texts.map { pairs.tokens(of: $0) }, vocabularySize: pairs.pieces.count,
      vocabulary: Array(pairs.pieces.dropFirst()))
  }
}
