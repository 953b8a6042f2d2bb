import DataSets
import Foundation
import Testing

/// Damaged files never end the program: each is an error in words, or, where a format has no checksum, other numbers.
struct HarmTests {
  struct Format: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let bytes: [UInt8]
    /// Whether any turned bit must be noticed.
    let hasChecksum: Bool
    /// Reads, and gives something to compare.
    let read: @Sendable ([UInt8]) throws -> AnyHashable
  }

  private static func formats() -> [Format] {
    let pixels = (0..<60).map { UInt8($0) }
    let png = Samples.png(
      columns: 4, depth: 8, colorType: 2, rows: (0..<5).map { [UInt8($0)] + pixels[12 * $0..<12 * $0 + 12] })
    let npz = Samples.zip([
      ("x.npy", Samples.npy("|u1", "(5, 3, 4)", pixels)), ("y.npy", Samples.npy("|u1", "(5,)", [0, 1, 2, 3, 4])),
    ])
    return [
      Format(testDescription: "idx", bytes: Samples.idx([5, 3, 4], pixels), hasChecksum: false) {
        "\(try IDX.parse($0, file: "f"))"
      },
      Format(testDescription: "gzip", bytes: Samples.gzip(Samples.idx([5, 3, 4], pixels)), hasChecksum: true) {
        "\(try IDX.parse(try Gzip.unpack($0, action: "test", file: "f"), file: "f"))"
      },
      Format(testDescription: "cifar", bytes: Samples.cifar([[1], [2]]), hasChecksum: false) {
        try CIFAR.ten.parse($0, file: "f").pixels
      },
      Format(testDescription: "npy", bytes: Samples.npy("<i2", "(5, 6)", pixels), hasChecksum: false) {
        "\(try NPY.parse($0, file: "f"))"
      },
      Format(testDescription: "npz", bytes: npz, hasChecksum: true) {
        "\(try NPZ.examples(of: try NPZ.parse($0, file: "f"), features: "x", labels: "y", file: "f"))"
      },
      Format(testDescription: "png", bytes: png, hasChecksum: true) { try PNG.parse($0, file: "f").pixels },
      Format(
        testDescription: "csv", bytes: Array("a,\"b\"\"c\",k\n1,2.5,x\n-3,4e2,y\n5,6,x\n".utf8), hasChecksum: false
      ) { "\(try CSV.parse($0, labels: nil, file: "f"))" },
      Format(testDescription: "pixmap", bytes: Array("P6 4 5 255\n".utf8) + pixels, hasChecksum: false) {
        try PNM.parse($0, action: "test", file: "f").pixels
      },
    ]
  }

  static let all = formats()

  @Test(arguments: all)
  func aTruncatedFileIsRefused(_ format: Format) throws {
    let whole = try format.read(format.bytes)
    for length in 0..<format.bytes.count {
      do {
        let found = try format.read(Array(format.bytes[..<length]))
        // A text may end at many places, and a record's end is the end of a file without a head.
        let mayEnd = format.testDescription == "csv" || format.testDescription == "cifar"
        #expect(mayEnd || found == whole, "cut to \(length) bytes: \(found)")
      } catch is DataSetError {}
    }
  }

  @Test(arguments: all)
  func turnedBitsAreRefusedOrOtherNumbers(_ format: Format) throws {
    let whole = try format.read(format.bytes)
    for bit in 0..<8 * min(format.bytes.count, 600) {
      var harmed = format.bytes
      harmed[bit / 8] ^= 1 << UInt8(bit % 8)
      do {
        let found = try format.read(harmed)
        #expect(!format.hasChecksum || found == whole, "bit \(bit): other values and no word")
      } catch is DataSetError {}
    }
    // Several at once, and runs of bytes, by seeded chance.
    var chance = Chance(state: 20_261_124)
    for _ in 0..<2_000 {
      var harmed = format.bytes
      for _ in 0...chance.next(below: 6) { harmed[chance.next(below: harmed.count)] = UInt8(chance.next(below: 256)) }
      if chance.next(below: 4) == 0 { harmed.removeSubrange(chance.next(below: harmed.count)...) }
      do { _ = try format.read(harmed) } catch is DataSetError {}
    }
  }

  /// Headers that say more than there is, or more than memory holds: refused at a byte, and nothing is asked for.
  @Test func lyingHeadersAreRefusedByTheirByte() {
    func offset(_ body: () throws -> Void) -> Int? {
      do {
        try body()
        return nil
      } catch { return (error as? DataSetError)?.offset }
    }
    let huge = [0xFF, 0xFF, 0xFF, 0xFF] as [UInt8]
    #expect(offset { _ = try IDX.parse([0, 0, 8, 3] + huge + huge + huge + [1, 2], file: "f") } == 16)
    #expect(offset { _ = try IDX.parse([0, 0, 8, 9], file: "f") } == 3)
    let array = Samples.npy("<f8", "(9223372036854775807, 4)", [1, 2])
    #expect(offset { _ = try NPY.parse(array, file: "f") } == array.count - 2)
    var png = Samples.png(columns: 1, depth: 8, colorType: 0, rows: [[0, 1]])
    png.replaceSubrange(8..<12, with: huge)
    #expect(offset { _ = try PNG.parse(png, file: "f") } == 16)
    // A million rows in a few packed bytes, with a checksum that holds.
    let header = Samples.big32(1_000) + Samples.big32(60_000) + [8, 0, 0, 0, 0]
    let body = Array("IHDR".utf8) + header
    png = Array(png[..<8]) + Samples.big32(13) + body + Samples.big32(Samples.crc(body)) + png[33...]
    png.replaceSubrange(8..<12, with: Samples.big32(13))
    #expect(offset { _ = try PNG.parse(png, file: "f") } != nil)
    // A member that says it is 2 GiB.
    var zip = Samples.zip([("x.npy", Samples.npy("|u1", "(1,)", [7]))])
    let directory = zip.count - 22 - 46 - 5
    zip.replaceSubrange(directory + 24..<directory + 28, with: Samples.little(2 << 30, 4))
    #expect(offset { _ = try NPZ.parse(zip, file: "f") } == 0)
  }
}
