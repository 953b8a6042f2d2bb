/// A vocabulary of pieces of words, made of the pairs that stand side by side most often.
struct BytePairs {
  private struct Pair: Hashable, Comparable {
    let left: Int32
    let right: Int32

    static func < (one: Pair, other: Pair) -> Bool { (one.left, one.right) < (other.left, other.right) }
  }

  /// What each token stands for; 0 for nothing.
  private(set) var pieces: [[UInt8]] = [[]] + (1...255).map { [UInt8($0)] }
  /// The different words, as tokens by now, and how often each occurs.
  private var words: [[Int32]] = []
  private var frequencies: [Int] = []
  private var places: [ArraySlice<UInt8>: Int] = [:]
  /// How often each pair occurs, and in which words it may.
  private var counts: [Pair: Int] = [:]
  private var homes: [Pair: Set<Int>] = [:]

  init(_ texts: [[UInt8]]) {
    for text in texts {
      for word in Self.words(of: text) {
        if let place = places[word] {
          frequencies[place] += 1
        } else {
          places[word] = words.count
          words.append(word.map { Int32($0) })
          frequencies.append(1)
        }
      }
    }
    for place in words.indices { count(place, 1) }
  }

  /// Makes tokens until there are so many, or no pair occurs twice.
  mutating func merge(until size: Int) {
    while pieces.count < size {
      // The dictionary's order is by chance: ties are decided by the pairs themselves.
      guard
        let best = counts.max(by: { $0.value != $1.value ? $0.value < $1.value : $0.key > $1.key }), best.value > 1
      else { return }
      let token = Int32(pieces.count)
      pieces.append(pieces[Int(best.key.left)] + pieces[Int(best.key.right)])
      for place in homes[best.key] ?? [] {
        count(place, -1)
        words[place] = Self.merged(words[place], best.key, token)
        count(place, 1)
      }
      homes[best.key] = nil
    }
  }

  /// The tokens of a text whose words were all given at the start.
  func tokens(of text: [UInt8]) -> [Int32] { Self.words(of: text).flatMap { words[places[$0]!] } }

  private mutating func count(_ place: Int, _ sign: Int) {
    let word = words[place]
    for (left, right) in zip(word, word.dropFirst()) {
      let pair = Pair(left: left, right: right)
      let now = counts[pair, default: 0] + sign * frequencies[place]
      counts[pair] = now == 0 ? nil : now
      if sign > 0 { homes[pair, default: []].insert(place) }
    }
  }

  private static func merged(_ word: [Int32], _ pair: Pair, _ token: Int32) -> [Int32] {
    var result: [Int32] = []
    var index = 0
    while index < word.count {
      if index + 1 < word.count, word[index] == pair.left, word[index + 1] == pair.right {
        result.append(token)
        index += 2
      } else {
        result.append(word[index])
        index += 1
      }
    }
    return result
  }

  /// A text cut in front of each run of spaces; a space belongs to the word behind it.
  private static func words(of text: [UInt8]) -> [ArraySlice<UInt8>] {
    let space = UInt8(ascii: " ")
    var words: [ArraySlice<UInt8>] = []
    var start = 0
    for index in 1..<max(text.count, 1) where text[index] == space && text[index - 1] != space {
      words.append(text[start..<index])
      start = index
    }
    if start < text.count { words.append(text[start...]) }
    return words
  }
}
