import DataSets
import Foundation

/// Turns JPEG into pixmaps by what the machine has: djpeg, ImageMagick or Python with Pillow, the first that is found.
enum JPEGConverter {
  private static let tools: [(name: String, arguments: @Sendable (String) -> [String])] = [
    ("djpeg", { ["-pnm", $0] }),
    ("magick", { [$0, "-strip", "-depth", "8", "ppm:-"] }),
    ("convert", { [$0, "-strip", "-depth", "8", "ppm:-"] }),
    ("python3", { ["-c", python, $0] }),
  ]

  private static let python = """
    import sys
    from PIL import Image
    picture = Image.open(sys.argv[1])
    picture = picture if picture.mode == "L" else picture.convert("RGB")
    picture.save(sys.stdout.buffer, "PPM")
    """

  /// The pixmap of a JPEG file.
  static func pixmap(of path: String) throws(DataSetError) -> [UInt8] {
    let action = "converting a JPEG picture"
    var failure: String?
    // An absolute path never looks like an option.
    let file = URL(fileURLWithPath: path).path
    for tool in tools {
      guard let program = find(tool.name) else { continue }
      do {
        let outcome = try ChildProcess.run(
          program, tool.arguments(file), environment: [:], seconds: 60, outputLimit: InputLimits.fileBytes)
        if outcome.end == .exited(0), !outcome.output.isEmpty { return outcome.output }
        failure = "\(program): \(outcome.errors.prefix(200))"
      } catch {
        failure = "\(error)"
      }
    }
    throw DataSetError(
      failure == nil ? .unsupported : .malformed, action, file: path,
      expected:
        "a program that decodes JPEG: djpeg (libjpeg-turbo-progs), ImageMagick, or python3 with Pillow; PNG needs none",
      found: failure ?? "none of them")
  }

  private static func find(_ name: String) -> String? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }
}
