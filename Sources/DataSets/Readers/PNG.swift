import CZlib

/// Portable network graphics (W3C, third edition): all types and depths but interlaced ones. Transparency is dropped, samples
/// of 16 bits keep their upper eight, those of fewer are spread over 0 to 255.
package enum PNG {
  static let action = "reading a PNG picture"
  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  package static func parse(_ bytes: [UInt8], file: String) throws(DataSetError) -> Picture {
    var cursor = ByteCursor(bytes, action: action, file: file)
    guard try cursor.take(8, "a signature").elementsEqual(signature) else {
      throw cursor.error(at: 0, expected: "the signature of PNG", found: "something else")
    }
    let header = try Header(try chunk("IHDR", &cursor).content, cursor)
    var palette: ArraySlice<UInt8> = []
    var packed: [UInt8] = []
    while true {
      let (type, content) = try chunk(nil, &cursor)
      switch type {
      case "IEND": return try picture(header, palette, packed, cursor)
      case "PLTE": palette = content
      case "IDAT": packed += content
      // Capital first letter: who does not know it cannot read the picture.
      case _ where type.utf8.first! & 0x20 == 0:
        throw cursor.error(.unsupported, expected: "chunks that every reader knows", found: type)
      default: break
      }
    }
  }

  /// What a picture's first chunk says.
  private struct Header {
    let rows: Int
    let columns: Int
    let depth: Int
    let colorType: UInt8

    /// Samples of a pixel as stored.
    var samples: Int { [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][colorType]! }
    var bitsPerPixel: Int { samples * depth }
    /// Bytes of a row as stored, without the filter's.
    var rowBytes: Int { (columns * bitsPerPixel + 7) / 8 }

    init(_ content: ArraySlice<UInt8>, _ cursor: ByteCursor) throws(DataSetError) {
      let bytes = Array(content)
      guard bytes.count == 13 else { throw cursor.error(expected: "a header of 13 bytes", found: "\(bytes.count)") }
      func number(_ place: Int) -> Int { bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) } }
      (columns, rows, depth, colorType) = (number(0), number(4), Int(bytes[8]), bytes[9])
      let depths: [UInt8: [Int]] = [0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16]]
      guard depths[colorType]?.contains(depth) == true, bytes[10] == 0, bytes[11] == 0 else {
        throw cursor.error(expected: "a color type and depth of PNG", found: "\(colorType) and \(depth)")
      }
      guard bytes[12] == 0 else {
        throw cursor.error(.unsupported, expected: "rows in their order", found: "an interlaced picture")
      }
      guard rows > 0, columns > 0, rows <= Picture.pixelLimit / columns else {
        throw cursor.error(
          .unsupported, expected: "at most \(Picture.pixelLimit) pixels", found: "\(columns) x \(rows)")
      }
    }
  }

  /// The next chunk, whose checksum holds.
  private static func chunk(
    _ wanted: String?, _ cursor: inout ByteCursor
  ) throws(DataSetError) -> (type: String, content: ArraySlice<UInt8>) {
    let place = cursor.offset
    let length: UInt32 = try cursor.big("a length")
    let start = cursor.offset
    let name = try cursor.take(4, "a type")
    guard name.allSatisfy({ (65...90).contains($0 & 0xDF) }) else {
      throw cursor.error(at: start, expected: "a chunk's type of four letters", found: "other bytes")
    }
    let type = String(decoding: name, as: UTF8.self)
    guard wanted == nil || type == wanted else { throw cursor.error(at: start, expected: wanted!, found: type) }
    let content = try cursor.take(Int(length), "a chunk's content")
    let stored: UInt32 = try cursor.big("a checksum")
    let found = name.withUnsafeBufferPointer { crc32_z(0, $0.baseAddress, $0.count) }
    let checksum = content.withUnsafeBufferPointer { $0.isEmpty ? found : crc32_z(found, $0.baseAddress, $0.count) }
    guard UInt32(truncatingIfNeeded: checksum) == stored else {
      throw cursor.error(at: place, expected: "the chunk \(type) with its checksum", found: "another checksum")
    }
    return (type, content)
  }

  private static func picture(
    _ header: Header, _ palette: ArraySlice<UInt8>, _ packed: [UInt8], _ cursor: ByteCursor
  ) throws(DataSetError) -> Picture {
    let size = header.rows * (header.rowBytes + 1)
    guard size <= max(packed.count, 1) * 1032 else {
      throw cursor.error(expected: "\(size) bytes of pixels", found: "\(packed.count) packed ones")
    }
    var status = Z_OK
    var raw = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      (status, count) = packed.withUnsafeBufferPointer { inflateAll($0, .zlib, into: buffer) }
    }
    guard status == Z_STREAM_END, raw.count == size else {
      throw cursor.error(
        .badCompression, expected: "\(size) bytes of pixels", found: "\(raw.count), zlib's status \(status)")
    }
    guard unfilter(&raw, header) else { throw cursor.error(expected: "filters 0 to 4", found: "another") }
    return try decode(raw, header, Array(palette), cursor)
  }

  /// Undoes the filter of each row in place (clause 9); false where there is one that does not exist.
  private static func unfilter(_ raw: inout [UInt8], _ header: Header) -> Bool {
    let (stride, step) = (header.rowBytes + 1, max(1, header.bitsPerPixel / 8))
    for row in 0..<header.rows {
      let start = row * stride
      let filter = raw[start]
      guard filter <= 4 else { return false }
      for i in 1..<stride {
        let place = start + i
        let left = i > step ? Int(raw[place - step]) : 0
        let above = row > 0 ? Int(raw[place - stride]) : 0
        let corner = row > 0 && i > step ? Int(raw[place - stride - step]) : 0
        let guess =
          switch filter {
          case 0: 0
          case 1: left
          case 2: above
          case 3: (left + above) / 2
          default: paeth(left, above, corner)
          }
        raw[place] = raw[place] &+ UInt8(truncatingIfNeeded: guess)
      }
    }
    return true
  }

  /// Of left, above and corner the one that is nearest to left + above - corner.
  private static func paeth(_ a: Int, _ b: Int, _ c: Int) -> Int {
    let (pa, pb, pc) = (abs(b - c), abs(a - c), abs(a + b - 2 * c))
    return pa <= pb && pa <= pc ? a : pb <= pc ? b : c
  }

  private static func decode(
    _ raw: [UInt8], _ header: Header, _ palette: [UInt8], _ cursor: ByteCursor
  ) throws(DataSetError) -> Picture {
    let channels = header.colorType == 0 || header.colorType == 4 ? 1 : 3
    var pixels: [UInt8] = []
    pixels.reserveCapacity(header.rows * header.columns * channels)
    for row in 0..<header.rows {
      let start = row * (header.rowBytes + 1) + 1
      for column in 0..<header.columns {
        if header.depth >= 8 {
          let place = start + column * header.bitsPerPixel / 8
          guard header.colorType == 3 else {
            for channel in 0..<channels { pixels.append(raw[place + channel * header.depth / 8]) }
            continue
          }
          try append(Int(raw[place]), of: palette, to: &pixels, cursor)
        } else {
          let bit = column * header.depth
          let most = (1 << header.depth) - 1
          let value = Int(raw[start + bit / 8]) >> (8 - header.depth - bit % 8) & most
          guard header.colorType == 3 else {
            pixels.append(UInt8(value * 255 / most))
            continue
          }
          try append(value, of: palette, to: &pixels, cursor)
        }
      }
    }
    return Picture(rows: header.rows, columns: header.columns, channels: channels, pixels: pixels)
  }

  private static func append(
    _ index: Int, of palette: [UInt8], to pixels: inout [UInt8], _ cursor: ByteCursor
  ) throws(DataSetError) {
    guard 3 * index + 2 < palette.count else {
      throw cursor.error(expected: "a palette of more than \(index) colors", found: "\(palette.count / 3)")
    }
    pixels += palette[3 * index...3 * index + 2]
  }
}
