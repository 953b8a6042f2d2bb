/// Binary portable grey- and pixmaps with 8 bits a sample: what converters of pictures put out.
package enum PNM {
  package static func parse(_ bytes: [UInt8], action: String, file: String) throws(DataSetError) -> Picture {
    var cursor = ByteCursor(bytes, action: action, file: file)
    let magic = try cursor.take(2, "a magic")
    guard magic.first == UInt8(ascii: "P"), let kind = magic.last,
      kind == UInt8(ascii: "5") || kind == UInt8(ascii: "6")
    else { throw cursor.error(at: 0, expected: "a binary pixmap (P5, P6)", found: "something else") }
    let columns = try number(&cursor)
    let rows = try number(&cursor)
    let highest = try number(&cursor)
    let channels = kind == UInt8(ascii: "5") ? 1 : 3
    guard highest == 255, rows > 0, columns > 0, rows <= Picture.pixelLimit / columns else {
      throw cursor.error(expected: "at most \(Picture.pixelLimit) pixels of 8 bits", found: "\(columns) x \(rows)")
    }
    let pixels = try cursor.take(rows * columns * channels, "pixels")
    return Picture(rows: rows, columns: columns, channels: channels, pixels: Array(pixels))
  }

  /// A decimal number between white space or comments; one white space ends it.
  private static func number(_ cursor: inout ByteCursor) throws(DataSetError) -> Int {
    var value: Int?
    var isComment = false
    while true {
      let byte: UInt8 = try cursor.little("a number")
      switch byte {
      case UInt8(ascii: "\n") where isComment: isComment = false
      case _ where isComment: break
      case UInt8(ascii: "#") where value == nil: isComment = true
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        value = (value ?? 0) * 10 + Int(byte - UInt8(ascii: "0"))
        guard value! <= Picture.pixelLimit else { throw cursor.error(expected: "a size", found: "\(value!)") }
      case 9, 10, 13, 32: if let value { return value }
      default: throw cursor.error(expected: "a number", found: "the byte \(byte)")
      }
    }
  }
}
