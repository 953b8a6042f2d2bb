import Foundation

/// The files that come with the program.
package struct Resources: Sendable {
  /// The folder that holds them.
  package let folder: String

  package init(folder: String) { self.folder = folder }

  /// The folder of this program's bundle: next to the running executable, or in one of the folders around it, where test
  /// programs find it. SwiftPM's own `Bundle.module` ends the program if there is none; this throws.
  package static func bundled() throws(DataSetError) -> Resources {
    var tried: [String] = []
    var place = executableFolder
    for _ in 0..<5 {
      for suffix in ["bundle", "resources"] {
        let folder = place + "/runs_DataSets." + suffix + "/Resources"
        if FileManager.default.fileExists(atPath: folder) { return Resources(folder: folder) }
        tried.append(folder)
      }
      guard let slash = place.lastIndex(of: "/"), slash != place.startIndex else { break }
      place = String(place[..<slash])
    }
    throw DataSetError(
      .resourcesMissing, "looking for the data sets that come with the program", file: executableFolder,
      expected: "a folder runs_DataSets.resources next to the program",
      found: "none of \(tried.joined(separator: ", "))")
  }

  /// The unpacked bytes of a gzip file in the folder.
  func unpacked(_ name: String, for action: String) throws(DataSetError) -> [UInt8] {
    let path = folder + "/" + name
    let packed: [UInt8]
    do {
      packed = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      throw DataSetError(
        .unreadable, action, file: path, expected: "a readable file", found: error.localizedDescription)
    }
    return try Gzip.unpack(packed, action: action, file: path)
  }

  private static var executableFolder: String {
    let program = Bundle.main.executableURL ?? URL(fileURLWithPath: CommandLine.arguments[0])
    return program.resolvingSymlinksInPath().deletingLastPathComponent().path
  }
}
