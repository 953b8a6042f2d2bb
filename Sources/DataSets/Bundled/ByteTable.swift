/// Reads lines of comma-separated whole numbers from 0 to 255.
package enum ByteTable {
  /// The numbers, line after line. The last line may lack its line feed.
  package static func parse(
    _ text: [UInt8], columns: Int, count: Int, action: String, file: String
  ) throws(DataSetError) -> [UInt8] {
    var scanner = Scanner(columns: columns, action: action, file: file)
    scanner.numbers.reserveCapacity(columns * count)
    for byte in text { try scanner.take(byte) }
    if scanner.digits > 0 || scanner.column > 0 { try scanner.endLine() }
    let lines = scanner.line - 1
    guard lines == count else {
      throw DataSetError(.badText, action, file: file, expected: "\(count) lines", found: "\(lines)")
    }
    return scanner.numbers
  }

  private struct Scanner {
    let columns: Int
    let action: String
    let file: String
    var numbers: [UInt8] = []
    var line = 1
    /// The numbers of this line so far.
    var column = 0
    /// The number that is being read, and its digits.
    var value = 0
    var digits = 0

    mutating func take(_ byte: UInt8) throws(DataSetError) {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        value = value * 10 + Int(byte &- UInt8(ascii: "0"))
        digits += 1
        if value > 255 { throw error(expected: "a number below 256 in column \(column + 1)", found: "\(value)") }
      case UInt8(ascii: ","): try endNumber()
      case UInt8(ascii: "\n"): try endLine()
      default: throw error(expected: "digits and commas", found: "the byte \(byte)")
      }
    }

    mutating func endNumber() throws(DataSetError) {
      guard digits > 0 else { throw error(expected: "a number in column \(column + 1)", found: "nothing") }
      numbers.append(UInt8(value))
      column += 1
      value = 0
      digits = 0
    }

    mutating func endLine() throws(DataSetError) {
      try endNumber()
      guard column == columns else { throw error(expected: "\(columns) numbers", found: "\(column)") }
      line += 1
      column = 0
    }

    private func error(expected: String, found: String) -> DataSetError {
      DataSetError(.badText, action, file: file, line: line, expected: expected, found: found)
    }
  }
}
