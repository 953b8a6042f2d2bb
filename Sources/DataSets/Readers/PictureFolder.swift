/// A folder of folders, each a class, with PNG or JPEG pictures.
package enum PictureFolder {
  private static let action = "reading a folder of pictures"

  /// Makes a pixmap (PNM) of a JPEG file; JPEG is not decoded here.
  package typealias JPEGDecoder = (_ path: String) throws(DataSetError) -> [UInt8]

  /// The pictures, all of one size. If one has color, all have.
  /// - Parameter size: rows and columns that each picture's middle square is brought to; nil where they must be of one size.
  package static func read(
    _ folder: String, size: Int?, jpeg: JPEGDecoder, _ files: InputFiles
  ) throws(DataSetError) -> GatheredData {
    let classes = try files.names(in: folder, for: action).filter { InputFiles.isFolder(folder + "/" + $0) }
    var pictures: [(picture: Picture, label: Int32)] = []
    var bytes = 0
    for (label, name) in classes.enumerated() {
      for file in try files.names(in: folder + "/" + name, for: action) {
        let path = "\(folder)/\(name)/\(file)"
        guard let found = try picture(path, jpeg, files) else { continue }
        let picture = size.map { found.square($0) } ?? found
        if let first = pictures.first?.picture, (first.rows, first.columns) != (picture.rows, picture.columns) {
          throw DataSetError(
            .unfitting, action, file: path,
            expected: "\(first.columns) x \(first.rows) pixels as those before (or a size by --size)",
            found: "\(picture.columns) x \(picture.rows)")
        }
        pictures.append((picture, Int32(label)))
        bytes += picture.rows * picture.columns * 3
        guard bytes <= InputLimits.dataSetBytes, pictures.count <= InputLimits.folderFiles else {
          throw DataSetError(
            .unsupported, action, file: folder, expected: "at most \(InputLimits.dataSetBytes) bytes of pixels",
            found: "more; give a smaller --size")
        }
      }
    }
    guard let first = pictures.first?.picture, classes.count > 1 else {
      throw DataSetError(
        .unfitting, action, file: folder, expected: "two folders at least, with .png or .jpg files in them",
        found: "\(classes.count) folders, \(pictures.count) pictures")
    }
    let hasColor = pictures.contains { $0.picture.channels == 3 }
    return GatheredData(
      content: .images(
        pixels: pictures.flatMap { hasColor ? $0.picture.inColor.pixels : $0.picture.pixels }, rows: first.rows,
        columns: first.columns, channels: hasColor ? 3 : 1),
      labels: pictures.map(\.label), classCount: classes.count, classNames: classes, testCount: 0)
  }

  /// nil for a file of another kind.
  private static func picture(
    _ path: String, _ jpeg: JPEGDecoder, _ files: InputFiles
  ) throws(DataSetError) -> Picture? {
    switch path.split(separator: ".").last?.lowercased() {
    case "png": try PNG.parse(try files.bytes(of: path, for: action), file: path)
    case "jpg", "jpeg":
      if case let bytes = try files.bytes(of: path, for: action), bytes.starts(with: [0xFF, 0xD8]) {
        try PNM.parse(try jpeg(path), action: "reading what a converter made of it", file: path)
      } else {
        throw DataSetError(
          .malformed, action, file: path, offset: 0, expected: "the marks of JPEG", found: "something else")
      }
    default: nil
    }
  }
}
