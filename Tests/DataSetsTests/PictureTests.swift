import DataSets
import Foundation
import Testing

struct PictureTests {
  @Test func everyFilterOfPNGIsUndone() throws {
    // 3 x 5 pixels of grey; the third row is above + left, the fourth their mean, the fifth by Paeth.
    let rows: [[UInt8]] = [[0, 10, 20, 30], [1, 5, 5, 5], [2, 1, 1, 1], [3, 100, 0, 0], [4, 7, 7, 7]]
    let picture = try PNG.parse(Samples.png(columns: 3, depth: 8, colorType: 0, rows: rows), file: "x.png")
    #expect(picture.rows == 5 && picture.columns == 3 && picture.channels == 1)
    // By hand: row 1 sums from the left; row 2 adds 1 to it; row 3: 100 + 6/2, (103 + 11)/2, (57 + 16)/2;
    // row 4: above 103 + 7; of 110, 57, 103 the nearest to 64 is 57; of 64, 36, 57 the nearest to 43 is 36.
    #expect(picture.pixels == [10, 20, 30, 5, 10, 15, 6, 11, 16, 103, 57, 36, 110, 64, 43])
  }

  struct Kind: Sendable {
    let depth: UInt8
    let colorType: UInt8
    var palette: [UInt8] = []
    let row: [UInt8]
    let pixels: [UInt8]
  }

  private static let nine: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8, 9]
  static let kinds: [Kind] = [
    Kind(depth: 1, colorType: 0, row: [0b1010_0000], pixels: [255, 0, 255]),
    Kind(depth: 2, colorType: 0, row: [0b0001_1011], pixels: [0, 85, 170]),
    Kind(depth: 4, colorType: 3, palette: [1, 2, 3, 4, 5, 6], row: [1, 0], pixels: [1, 2, 3, 4, 5, 6, 1, 2, 3]),
    Kind(depth: 8, colorType: 2, row: nine, pixels: nine),
    Kind(depth: 8, colorType: 4, row: [1, 99, 2, 99, 3, 99], pixels: [1, 2, 3]),
    Kind(depth: 8, colorType: 6, row: [1, 2, 3, 99, 4, 5, 6, 99, 7, 8, 9, 99], pixels: nine),
    Kind(depth: 16, colorType: 0, row: [1, 99, 2, 99, 3, 99], pixels: [1, 2, 3]),
    Kind(depth: 16, colorType: 2, row: nine.flatMap { [$0, 99] }, pixels: nine),
  ]

  @Test(arguments: kinds)
  func everyTypeOfPNGIsRead(_ kind: Kind) throws {
    let bytes = Samples.png(
      columns: 3, depth: kind.depth, colorType: kind.colorType, palette: kind.palette, rows: [[0] + kind.row])
    #expect(try PNG.parse(bytes, file: "x.png").pixels == kind.pixels)
  }

  @Test func whatIsNotReadIsSaid() {
    let interlaced = Samples.png(columns: 1, depth: 8, colorType: 0, interlace: 1, rows: [[0, 1]])
    let error = #expect(throws: DataSetError.self) { try PNG.parse(interlaced, file: "x.png") }
    #expect(error?.code == .unsupported && error?.found == "an interlaced picture")
    let index = Samples.png(columns: 1, depth: 8, colorType: 3, palette: [1, 2, 3], rows: [[0, 1]])
    #expect(throws: DataSetError.self) { try PNG.parse(index, file: "x.png") }
  }

  @Test func pixmapsHaveCommentsAndOneBlank() throws {
    let grey = Array("P5 # made\n2 1\n255\n".utf8) + [10, 32]
    let picture = try PNM.parse(grey, action: "test", file: "x")
    #expect(picture.pixels == [10, 32] && picture.columns == 2)
    #expect(throws: DataSetError.self) { try PNM.parse(Array("P3 1 1 255 1 2 3".utf8), action: "test", file: "x") }
    #expect(throws: DataSetError.self) { try PNM.parse(Array("P5 9 9 255\n".utf8), action: "test", file: "x") }
  }

  /// Rows from above, red, green and blue side by side; more than there is, less and other depths are refused.
  @Test func pixmapsHaveColor() throws {
    let pixels = (1...18).map { UInt8($0) }
    let picture = try PNM.parse(Array("P6 2 3 255\n".utf8) + pixels, action: "test", file: "x")
    #expect((picture.rows, picture.columns, picture.channels) == (3, 2, 3) && picture.pixels == pixels)
    for head in ["P6 2 4 255\n", "P6 2 3 65535\n", "P6 0 3 255\n", "P4 2 3 255\n", "P6 99999999 99999999 255\n"] {
      #expect(throws: DataSetError.self, "\(head)") {
        try PNM.parse(Array(head.utf8) + pixels, action: "test", file: "x")
      }
    }
  }

  /// JPEG comes as a converter's pixmap; classes are the folders' places.
  @Test func foldersOfJPEGAreThoseOfTheirPixmaps() throws {
    let folder = try SampleFolder()
    let marks: [UInt8] = [0xFF, 0xD8, 0]
    try folder.write(marks, "ants/1.jpg")
    try folder.write(marks, "bees/1.JPEG")
    try folder.write(Samples.png(columns: 2, depth: 8, colorType: 0, rows: [[0, 7, 8]]), "bees/2.png")
    func decoded(_ path: String) throws(DataSetError) -> [UInt8] {
      Array("P6 2 1 255\n".utf8) + (path.contains("ants") ? [1, 2, 3, 4, 5, 6] : [11, 12, 13, 14, 15, 16])
    }
    let data = try PictureFolder.read(folder.path, size: nil, jpeg: decoded, InputFiles())
    #expect(
      data.content
        == .images(
          pixels: [1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16, 7, 7, 7, 8, 8, 8], rows: 1, columns: 2, channels: 3))
    #expect(data.labels == [0, 1, 1] && data.classNames == ["ants", "bees"])
    func larger(_ path: String) throws(DataSetError) -> [UInt8] {
      path.contains("ants") ? try decoded(path) : Array("P5 1 2 255\n".utf8) + [1, 2]
    }
    let other = #expect(throws: DataSetError.self) {
      try PictureFolder.read(folder.path, size: nil, jpeg: larger, InputFiles())
    }
    #expect(other?.file.hasSuffix("bees/1.JPEG") == true && other?.found == "1 x 2")
    try folder.write([0x89, 0x50, 0], "ants/0.jpg")
    let unmarked = #expect(throws: DataSetError.self) {
      try PictureFolder.read(folder.path, size: nil, jpeg: decoded, InputFiles())
    }
    #expect(unmarked?.expected == "the marks of JPEG" && unmarked?.file.hasSuffix("ants/0.jpg") == true)
  }

  private static func noJPEG(_ path: String) throws(DataSetError) -> [UInt8] {
    throw DataSetError(.unsupported, "test", file: path, expected: "no JPEG", found: "one")
  }

  @Test func foldersOfPicturesAreClasses() throws {
    let folder = try SampleFolder()
    try folder.write(Samples.png(columns: 1, depth: 8, colorType: 0, rows: [[0, 7]]), "cats/1.png")
    try folder.write(Samples.png(columns: 1, depth: 8, colorType: 2, rows: [[0, 1, 2, 3]]), "ants/2.PNG")
    try folder.write([1], "ants/notes.md")
    let data = try PictureFolder.read(folder.path, size: nil, jpeg: Self.noJPEG, InputFiles())
    #expect(data.content == .images(pixels: [1, 2, 3, 7, 7, 7], rows: 1, columns: 1, channels: 3))
    #expect(data.labels == [0, 1] && data.classNames == ["ants", "cats"])
    try folder.write(Samples.png(columns: 2, depth: 8, colorType: 0, rows: [[0, 1, 2]]), "cats/3.png")
    let error = #expect(throws: DataSetError.self) {
      try PictureFolder.read(folder.path, size: nil, jpeg: Self.noJPEG, InputFiles())
    }
    #expect(error?.file.hasSuffix("cats/3.png") == true && error?.found == "2 x 1")
  }

  @Test func picturesAreBroughtToASizeByAreas() throws {
    let folder = try SampleFolder()
    // The middle square of 4 x 3 is its columns 0 to 2.
    let rows: [[UInt8]] = [[0, 0, 30, 60, 9], [0, 90, 120, 150, 9], [0, 180, 210, 240, 9]]
    try folder.write(Samples.png(columns: 4, depth: 8, colorType: 0, rows: rows), "a/1.png")
    try folder.write(Samples.png(columns: 1, depth: 8, colorType: 0, rows: [[0, 80]]), "b/1.png")
    let data = try PictureFolder.read(folder.path, size: 2, jpeg: Self.noJPEG, InputFiles())
    // Each target covers 1.5 x 1.5: (0 + 30/2 + 90/2 + 120/4) / 2.25 = 40, and so on by symmetry of a plane.
    #expect(data.content == .images(pixels: [40, 80, 160, 200, 80, 80, 80, 80], rows: 2, columns: 2, channels: 1))
  }
}
