import Analysis
import Foundation
import RunSchema

/// Turns SVG into PNG by what the machine has: rsvg-convert, Chromium or ImageMagick, the first that is found.
enum PictureConverter {
  private struct Tool: Sendable {
    let names: [String]
    /// From the SVG's path, the PNG's and the picture's size in pixels.
    let arguments: @Sendable (_ svg: String, _ png: String, _ width: Int, _ height: Int) -> [String]
  }

  /// Two pixels of the PNG a pixel of the picture, so that print and sharp screens are served.
  private static let tools = [
    Tool(names: ["rsvg-convert"]) { svg, png, _, _ in ["--zoom=2", "--output", png, svg] },
    Tool(names: ["chromium", "chromium-browser", "google-chrome"]) { svg, png, width, height in
      [
        "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-device-scale-factor=2",
        "--user-data-dir=\((png as NSString).deletingLastPathComponent)/profile",
        "--window-size=\(width),\(height)", "--screenshot=\(png)", "file://\(svg)",
      ]
    },
    Tool(names: ["magick", "convert"]) { svg, png, _, _ in ["-density", "192", svg, png] },
  ]

  private static let pngSignature: [UInt8] = [0x89, 0x50, 0x4E, 0x47]

  static func png(_ svg: String, width: Int) throws -> Data {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("runs-\(UUID().uuidString)")
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw Complaint(.cannotCreate, "making a folder for the picture: \(error.localizedDescription)")
    }
    defer { remove(folder) }
    let (source, target) = (folder.appendingPathComponent("chart.svg"), folder.appendingPathComponent("chart.png"))
    try ResultFile.write(Data(svg.utf8), to: source.path)
    var failure: String?
    for tool in tools {
      guard let path = tool.names.lazy.compactMap({ find($0) }).first else { continue }
      let said = try run(path, tool.arguments(source.path, target.path, width, height(of: svg)), in: folder)
      if let data = FileManager.default.contents(atPath: target.path), data.starts(with: pngSignature) { return data }
      failure = "\(path) made no PNG: \(said.prefix(200).shown)"
    }
    if let failure { throw Complaint(.ioFailed, "\(failure); write an SVG with --out FILE.svg instead") }
    throw Complaint(
      .cannotCreate,
      "no program that makes a PNG of an SVG: install rsvg-convert (librsvg2-bin), chromium or ImageMagick, or write"
        + " --out FILE.svg")
  }

  private static func height(of svg: String) -> Int {
    let after = svg.range(of: " height=\"").map { svg[$0.upperBound...] } ?? ""
    return Int(after.prefix { $0.isNumber }) ?? 600
  }

  private static func find(_ name: String) -> String? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// Runs a program and returns what it said to standard error.
  private static func run(_ path: String, _ arguments: [String], in folder: URL) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.currentDirectoryURL = folder
    let errors = Pipe()
    process.standardError = errors
    process.standardOutput = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    do {
      try process.run()
    } catch {
      throw Complaint(.ioFailed, "starting \(path): \(error.localizedDescription)")
    }
    let said = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: said, as: UTF8.self)
  }

  /// What cannot be removed from the folder for temporary files does no harm there.
  private static func remove(_ folder: URL) {
    do { try FileManager.default.removeItem(at: folder) } catch { Output.tell("left behind: \(folder.path.shown)") }
  }
}
