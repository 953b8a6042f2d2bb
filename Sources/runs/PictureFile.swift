import Analysis
import Foundation
import RunSchema

/// A picture's place: what its name ends in says its format.
struct PictureFile {
  let path: String
  private let isPNG: Bool

  init(_ path: String) throws {
    self.path = path
    switch (path as NSString).pathExtension.lowercased() {
    case "svg": isPNG = false
    case "png": isPNG = true
    default: throw Complaint(.usage, "--out \(path.shown): expected a name that ends in .svg or .png")
    }
  }

  func write(_ chart: Chart, width: Int, theme: Theme) throws {
    // A PNG is of one kind: light unless dark was asked for.
    let svg = SVGPicture(chart, width: width, theme: isPNG && theme == .auto ? .light : theme).svg
    guard isPNG else { return try ResultFile.write(Data(svg.utf8), to: path) }
    try ResultFile.write(PictureConverter.png(svg, width: width), to: path)
  }
}

/// A file that a command makes: whole or not at all.
enum ResultFile {
  static func write(_ data: Data, to path: String) throws {
    do {
      try data.write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw Complaint(.cannotCreate, "writing \(path.shown): \(error.localizedDescription)")
    }
  }
}
