/// NumPy's format of one array (numpy.lib.format, versions 1 to 3): a magic, the length of a header, the header as a Python
/// dictionary, the elements. Numbers in C order only; no Python objects.
package enum NPY {
  package static let action = "reading an NPY array"
  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  private static let headerLimit = 65_536

  package static func parse(_ bytes: [UInt8], file: String) throws(DataSetError) -> NumberArray {
    var cursor = ByteCursor(bytes, action: action, file: file)
    guard try cursor.take(6, "a magic").elementsEqual(magic) else {
      throw cursor.error(at: 0, expected: "the magic of NPY files", found: "something else")
    }
    let version: UInt16 = try cursor.big("a version")
    let length: Int
    switch version >> 8 {
    case 1: length = Int(try cursor.little("a length") as UInt16)
    case 2, 3: length = Int(try cursor.little("a length") as UInt32)
    default: throw cursor.error(at: 6, expected: "version 1, 2 or 3", found: "\(version >> 8)")
    }
    guard length <= headerLimit else {
      throw cursor.error(expected: "a header of at most \(headerLimit) bytes", found: "\(length)")
    }
    let place = cursor.offset
    let header = String(decoding: try cursor.take(length, "a header"), as: UTF8.self)
    guard value(of: "fortran_order", in: header) == "False" else {
      throw cursor.error(
        .unsupported, at: place, expected: "elements in C order (numpy.ascontiguousarray)", found: "another order")
    }
    guard let type = value(of: "descr", in: header), let encoding = encoding(type) else {
      throw cursor.error(
        .unsupported, at: place, expected: "integers of 1 to 8 bytes, or floats of 4 or 8",
        found: value(of: "descr", in: header) ?? "no type")
    }
    guard let shape = value(of: "shape", in: header).flatMap(shape) else {
      throw cursor.error(at: place, expected: "a shape", found: "none")
    }
    return try cursor.rest(as: shape, encoding)
  }

  /// What stands behind `'key':` in a dictionary, up to the next comma outside of brackets: quotation marks are taken off.
  private static func value(of key: String, in header: String) -> String? {
    guard let place = ["'\(key)':", "\"\(key)\":"].lazy.compactMap({ header.firstRange(of: $0) }).first else {
      return nil
    }
    var depth = 0
    var text = ""
    for character in header[place.upperBound...] {
      if character == "(" { depth += 1 }
      if character == ")" { depth -= 1 }
      if depth < 0 || depth == 0 && (character == "," || character == "}") { break }
      if !" '\"".contains(character) { text.append(character) }
    }
    return text
  }

  /// "(3,4)", "(3,)" or "()"; four axes at most.
  private static func shape(_ text: String) -> [Int]? {
    guard text.hasPrefix("("), text.hasSuffix(")") else { return nil }
    let parts = text.dropFirst().dropLast().split(separator: ",")
    let axes = parts.compactMap { Int($0) }
    return axes.count == parts.count && axes.count <= 4 && axes.allSatisfy { $0 >= 0 } ? axes : nil
  }

  /// "<f4", "|u1", ">i8".
  private static func encoding(_ type: String) -> NumberArray.Encoding? {
    let letters = Array(type)
    guard letters.count == 3, "<>|=".contains(letters[0]), let size = letters[2].wholeNumberValue else { return nil }
    let isBigEndian = letters[0] == ">"
    return switch (letters[1], size) {
    case ("u", 1), ("u", 2), ("u", 4), ("u", 8): .init(kind: .unsigned, byteCount: size, isBigEndian: isBigEndian)
    case ("b", 1): .init(kind: .unsigned, byteCount: 1, isBigEndian: false)
    case ("i", 1), ("i", 2), ("i", 4), ("i", 8): .init(kind: .signed, byteCount: size, isBigEndian: isBigEndian)
    case ("f", 4), ("f", 8): .init(kind: .float, byteCount: size, isBigEndian: isBigEndian)
    default: nil
    }
  }
}
