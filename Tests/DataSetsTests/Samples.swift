import CZlib
import DataSets
import Foundation

/// A folder for a test's files; it goes when nobody holds it any more.
final class SampleFolder {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/runs-data-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    do { try FileManager.default.removeItem(atPath: path) } catch {}
  }

  func write(_ bytes: [UInt8], _ name: String) throws {
    let url = URL(fileURLWithPath: path + "/" + name)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
  }
}

/// Files of each format, made by the letter of its description.
enum Samples {
  static func big32(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }
  static func little(_ value: Int, _ bytes: Int) -> [UInt8] {
    (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  static func crc(_ bytes: [UInt8]) -> Int { Int(crc32_z(0, bytes, bytes.count)) }

  /// With a header of RFC 1950, which is two bytes and an end of four.
  static func zlib(_ bytes: [UInt8]) -> [UInt8] {
    var size = compressBound(UInt(bytes.count))
    var packed = [UInt8](repeating: 0, count: Int(size))
    precondition(compress2(&packed, &size, bytes, UInt(bytes.count), 6) == Z_OK)
    return Array(packed[..<Int(size)])
  }

  static func deflated(_ bytes: [UInt8]) -> [UInt8] { Array(zlib(bytes).dropFirst(2).dropLast(4)) }

  static func gzip(_ bytes: [UInt8]) -> [UInt8] {
    [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3] + deflated(bytes) + little(crc(bytes), 4) + little(bytes.count, 4)
  }

  static func idx(_ shape: [Int], _ elements: [UInt8], type: UInt8 = 8) -> [UInt8] {
    [0, 0, type, UInt8(shape.count)] + shape.flatMap(big32) + elements
  }

  static func npy(_ type: String, _ shape: String, _ elements: [UInt8], order: String = "False") -> [UInt8] {
    var header = Array("{'descr': '\(type)', 'fortran_order': \(order), 'shape': \(shape), }".utf8)
    while (10 + header.count + 1) % 64 != 0 { header.append(32) }
    header.append(10)
    return [0x93] + Array("NUMPY".utf8) + [1, 0] + little(header.count, 2) + header + elements
  }

  /// Every other member is deflated.
  static func zip(_ members: [(name: String, bytes: [UInt8])]) -> [UInt8] {
    var (archive, directory): ([UInt8], [UInt8]) = ([], [])
    for (index, member) in members.enumerated() {
      let isDeflated = index % 2 == 1
      let packed = isDeflated ? deflated(member.bytes) : member.bytes
      let facts =
        little(20, 2) + little(0, 2) + little(isDeflated ? 8 : 0, 2) + little(0, 4) + little(crc(member.bytes), 4)
        + little(packed.count, 4) + little(member.bytes.count, 4) + little(member.name.utf8.count, 2)
      directory +=
        [0x50, 0x4B, 1, 2, 20, 0] + facts + little(0, 2) + little(0, 2) + little(0, 8) + little(archive.count, 4)
        + Array(member.name.utf8)
      archive += [0x50, 0x4B, 3, 4] + facts + little(3, 2) + Array(member.name.utf8) + [7, 7, 7] + packed
    }
    return archive + directory + [0x50, 0x4B, 5, 6] + little(0, 4) + little(members.count, 2)
      + little(members.count, 2) + little(directory.count, 4) + little(archive.count, 4) + little(0, 2)
  }

  private static func chunk(_ type: String, _ content: [UInt8]) -> [UInt8] {
    let body = Array(type.utf8) + content
    return big32(content.count) + body + big32(crc(body))
  }

  /// - Parameter rows: the bytes of each row as stored, behind its filter's number.
  static func png(
    columns: Int, depth: UInt8, colorType: UInt8, palette: [UInt8] = [], interlace: UInt8 = 0, rows: [[UInt8]]
  ) -> [UInt8] {
    let header = big32(columns) + big32(rows.count) + [depth, colorType, 0, 0, interlace]
    let packed = zlib(rows.flatMap { $0 })
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header)
      + (palette.isEmpty ? [] : chunk("PLTE", palette)) + chunk("tEXt", Array("a\0b".utf8))
      + chunk("IDAT", Array(packed.prefix(7))) + chunk("IDAT", Array(packed.dropFirst(7))) + chunk("IEND", [])
  }

  /// A record: its label or labels, then 3,072 bytes that tell their place.
  static func cifar(_ labels: [[UInt8]]) -> [UInt8] {
    labels.enumerated().flatMap { record, label in
      label + (0..<3072).map { UInt8(truncatingIfNeeded: record + $0 / 1024 * 50 + $0 % 1024) }
    }
  }
}

/// SplitMix64 (G. L. Steele et al. 2014): seeded chance for tests.
struct Chance {
  var state: UInt64

  mutating func next(below bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return Int((z ^ z >> 31) % UInt64(bound))
  }
}
