/// Comma-separated values (RFC 4180): a line of names, then lines of numbers and a class.
package enum CSV {
  private static let action = "reading a CSV file"
  private static let columnLimit = 65_536

  /// The rows as examples.
  /// - Parameter labels: the column with the classes; the last one if nil. Whole numbers from 0 on are classes as they are,
  ///   anything else is a name: classes are then numbered in the order of their names' bytes.
  package static func parse(_ bytes: [UInt8], labels: String?, file: String) throws(DataSetError) -> GatheredData {
    var lines = CSVLines(bytes, action: action, file: file)
    guard let names = try lines.next(), names.count > 1, names.count <= columnLimit else {
      throw DataSetError(
        .badText, action, file: file, line: 1, expected: "the names of 2 to \(columnLimit) columns", found: "others")
    }
    let found = labels.map { wanted in names.firstIndex { $0 == wanted } } ?? names.count - 1
    guard let column = found else {
      throw DataSetError(
        .unfitting, action, file: file, line: 1, expected: "a column \(labels ?? "")",
        found: names.prefix(16).joined(separator: ", "))
    }
    var numbers: [Float] = []
    var classes: [String] = []
    while let fields = try lines.next() {
      guard fields.count == names.count else {
        throw lines.error(expected: "\(names.count) fields", found: "\(fields.count)")
      }
      for (index, field) in fields.enumerated() where index != column {
        guard let number = Float(field), number.isFinite else {
          throw lines.error(expected: "a finite number for \(names[index])", found: field.isEmpty ? "nothing" : field)
        }
        numbers.append(number)
      }
      classes.append(fields[column])
    }
    let (indices, classNames) = numbered(classes)
    return try GatheredData(
      NumberArray(shape: [classes.count, names.count - 1], .floats(numbers)),
      labels: NumberArray(shape: [classes.count], .integers(indices)), classNames: classNames, action: action,
      file: file)
  }

  /// Numbers for classes, and their names unless they are numbers themselves.
  private static func numbered(_ classes: [String]) -> (indices: [Int64], names: [String]) {
    let numbers = classes.compactMap { Int64($0) }
    if numbers.count == classes.count, numbers.allSatisfy({ $0 >= 0 }) { return (numbers, []) }
    let names = Set(classes).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, Int64($0)) })
    return (classes.map { places[$0]! }, names)
  }
}

/// The records of a CSV file. A field in quotation marks may hold commas, line ends and doubled quotation marks.
private struct CSVLines {
  private let bytes: [UInt8]
  private let action: String
  private let file: String
  private var position = 0
  /// The line that the record last given began in.
  private var line = 0
  private var nextLine = 1

  init(_ bytes: [UInt8], action: String, file: String) {
    // A byte order mark is no part of the first name.
    self.bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    self.action = action
    self.file = file
  }

  func error(expected: String, found: String) -> DataSetError {
    DataSetError(.badText, action, file: file, line: line, expected: expected, found: found)
  }

  /// The next record's fields; nil at the end. Empty lines are none.
  mutating func next() throws(DataSetError) -> [String]? {
    while position < bytes.count, bytes[position] == 10 || bytes[position] == 13 { skipLineEnd() }
    guard position < bytes.count else { return nil }
    line = nextLine
    var fields: [String] = []
    while true {
      fields.append(try field())
      guard position < bytes.count else { return fields }
      if bytes[position] == UInt8(ascii: ",") {
        position += 1
        if position == bytes.count {
          fields.append("")
          return fields
        }
        continue
      }
      skipLineEnd()
      return fields
    }
  }

  private mutating func skipLineEnd() {
    if bytes[position] == 13, position + 1 < bytes.count, bytes[position + 1] == 10 { position += 1 }
    position += 1
    nextLine += 1
  }

  private mutating func field() throws(DataSetError) -> String {
    var content: [UInt8] = []
    if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
      try quoted(into: &content)
    } else {
      while position < bytes.count, ![10, 13, UInt8(ascii: ",")].contains(bytes[position]) {
        content.append(bytes[position])
        position += 1
      }
    }
    guard let text = String(validating: content, as: UTF8.self) else {
      throw error(expected: "UTF-8", found: "other bytes")
    }
    return text
  }

  /// From one quotation mark to the next that is not doubled, behind which the field ends.
  private mutating func quoted(into content: inout [UInt8]) throws(DataSetError) {
    let mark = UInt8(ascii: "\"")
    position += 1
    while position < bytes.count {
      if bytes[position] == mark {
        position += 1
        guard position < bytes.count, bytes[position] == mark else {
          guard position == bytes.count || [10, 13, UInt8(ascii: ",")].contains(bytes[position]) else {
            throw error(expected: "a comma or the line's end behind quotation marks", found: "more")
          }
          return
        }
      }
      if bytes[position] == 10 { nextLine += 1 }
      content.append(bytes[position])
      position += 1
    }
    throw error(expected: "quotation marks that are closed", found: "the end of the file")
  }
}
