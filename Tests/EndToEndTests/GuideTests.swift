import Foundation
import Testing

/// The pages of Docs/guide do what they say.
@Suite struct GuideTests {
  /// The blocks of a page that are marked with a language.
  private static func blocks(_ language: String, in page: String) throws -> [String] {
    let file = Command.package.appendingPathComponent("Docs/guide/\(page).md")
    return try String(contentsOf: file, encoding: .utf8)
      .components(separatedBy: "```\(language)\n").dropFirst().map { $0.components(separatedBy: "```")[0] }
  }

  /// A program of this machine, found on the PATH. Its output is what both its streams get.
  private static func tool(_ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }

  private static func isHere(_ arguments: String...) -> Bool {
    do { return try tool(arguments).status == 0 } catch { return false }
  }

  @Test(.enabled("needs swiftc on the PATH") { isHere("swiftc", "--version") })
  func theIdeaInOneFileCompilesAndPrintsWhatThePageSays() throws {
    let program = try #require(try Self.blocks("swift", in: "in-one-file").first)
    let expected = try #require(try Self.blocks("text", in: "in-one-file").first)
    #expect(program.count { $0 == "\n" } < 250)
    let folder = try TemporaryFolder()
    let (source, binary) = (folder.path + "/InOneFile.swift", folder.path + "/InOneFile")
    try Data(program.utf8).write(to: URL(fileURLWithPath: source))
    let compiled = try Self.tool(["swiftc", "-O", source, "-o", binary])
    try #require(compiled.status == 0, "\(compiled.output)")
    let run = try Self.tool([binary])
    #expect(run.status == 0)
    #expect(run.output == expected)
  }

  /// Commands stand behind "$ ", lines of their output below them. A test runs them in order, in one store.
  @Test(arguments: [("first-run", 3), ("compare-runs", 4)])
  func aPageOfCommandsDoesWhatItSays(_ page: String, _ runs: Int) throws {
    let store = try TestStore()
    try runConsole(of: page, in: Command.package, store)
    #expect(try store.runCount == runs)
  }

  @Test func ownDataIsTrainedOnAsThePageSays() throws {
    let store = try TestStore()
    for (name, language) in [("petals.csv", "csv"), ("petals.yaml", "yaml")] {
      let text = try #require(try Self.blocks(language, in: "own-data").first)
      try Data(text.utf8).write(to: URL(fileURLWithPath: store.folder.path + "/" + name))
    }
    try runConsole(of: "own-data", in: store.folder.url, store)
  }

  private func runConsole(of page: String, in folder: URL, _ store: TestStore) throws {
    var command = Command()
    command.folder = folder
    command.environment["RUNS_STORE"] = store.path
    var last: Command.Result?
    for line in try Self.blocks("console", in: page).joined().split(separator: "\n") {
      if line.hasPrefix("$ runs ") {
        let result = try command.run(words(line.dropFirst(7)))
        #expect(result.status == 0, "\(line): \(result.errors)")
        last = result
      } else {
        let found = last?.output.split(separator: "\n") ?? []
        #expect(found.contains { $0.hasPrefix(line) }, "the page says \(line), the command \(found)")
      }
    }
  }

  /// Each command of the page makes the picture or the page that it names.
  @Test func thePicturesOfThePageAreDrawn() throws {
    let store = try TestStore()
    var command = Command()
    command.environment["RUNS_STORE"] = store.path
    command.folder = store.folder.url
    for line in try Self.blocks("console", in: "draw-pictures").joined().split(separator: "\n") {
      let words = words(line.dropFirst(7))
      let result = try command.run(words)
      #expect(result.status == 0, "\(line): \(result.errors)")
      guard let name = words.last, name.hasSuffix(".svg") || name.hasSuffix(".html") else { continue }
      let text = try String(contentsOfFile: store.folder.path + "/" + name, encoding: .utf8)
      #expect(text.hasPrefix(name.hasSuffix(".svg") ? "<svg " : "<!DOCTYPE html>"), "\(line)")
      #expect(text.utf8.count < 1_000_000, "\(line): \(text.utf8.count) bytes")
    }
  }

  private static let canMakePNG = ["rsvg-convert", "chromium", "chromium-browser", "google-chrome", "magick"].contains {
    isHere("which", $0)
  }

  @Test(.enabled("needs rsvg-convert, Chromium or ImageMagick on the PATH") { canMakePNG })
  func aPictureBecomesAPNGOfTwicePixels() throws {
    let store = try TestStore()
    let path = store.folder.path + "/valley.png"
    let result = try store.run(
      "plot-task", "--task", "diagonal_valley", "--kind", "surface", "--steps", "20", "--width", "300", "--out", path)
    #expect(result.status == 0, "\(result.errors)")
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    // The signature, then the header chunk: length, name, width, height.
    #expect(bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) && bytes.count > 1000)
    #expect(bytes[16..<20].reduce(0) { $0 << 8 | Int($1) } == 600)
  }

  /// The words of a shell's command, of which some may stand in quotation marks.
  private func words(_ line: Substring) -> [String] {
    line.components(separatedBy: "\"").enumerated().flatMap { index, part in
      index % 2 == 1 ? [part] : part.split(separator: " ").map(String.init)
    }
  }

  static let programs = [("pandas", 0), ("h5py", 1), ("numpy", 2)]

  @Test(arguments: programs)
  func aProgramInPythonReadsARun(_ module: String, _ index: Int) throws {
    guard Self.isHere("python3", "-c", "import h5py, \(module)") else {
      return print("skipped: this machine's python3 has no h5py or no \(module)")
    }
    let program = try Self.blocks("python", in: "read-a-run-in-python")[index]
    #expect(program.contains(module))
    let store = try TestStore()
    let recipe = try store.recipe(SmallRecipes.all[2].text)
    let id = try #require(try store.json("train", recipe)["id"] as? String)
    let result = try Self.tool(["python3", "-c", program, store.folder(of: id).path + "/run.h5"])
    #expect(result.status == 0, "\(result.output)")
    switch index {
    case 0: #expect(result.output.contains("12") && result.output.contains("positive_loss"))
    case 1: #expect(result.output.hasPrefix("run \(id) seed 0 numerics 1\nhierarchical by persistent_es\n"))
    default:
      #expect(result.output.split(separator: "\n").count >= 2)
      #expect(result.output.contains("12 whole moved by") && !result.output.contains("damaged"))
    }
  }
}
