import Foundation
import RunStore
import Testing

/// The built command, run as a user would.
struct Command {
  struct Result {
    let status: Int32
    let output: String
    let errors: String

    /// The JSON document that was printed.
    func json(_ location: SourceLocation = #_sourceLocation) throws -> [String: Any] {
      let object = try JSONSerialization.jsonObject(with: Data(output.utf8))
      return try #require(object as? [String: Any], "not a JSON object: \(output)", sourceLocation: location)
    }
  }

  /// The command of this build: it lies beside the test bundle.
  static var binary: URL {
    let bundle = CommandLine.arguments.first { $0.contains(".xctest") } ?? CommandLine.arguments[0]
    var folder = URL(fileURLWithPath: bundle).deletingLastPathComponent()
    while !FileManager.default.fileExists(atPath: folder.appendingPathComponent("runs").path), folder.path != "/" {
      folder.deleteLastPathComponent()
    }
    return folder.appendingPathComponent("runs")
  }

  /// The folder of the package.
  static let package = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Whether Tools/test --sanitize built tests and command.
  static var isSanitized: Bool {
    #if SANITIZED
      true
    #else
      false
    #endif
  }

  var binary = Command.binary
  var environment: [String: String] = [:]
  var folder = Command.package

  func start(_ arguments: [String], output: Any = FileHandle.nullDevice, errors: Any = FileHandle.nullDevice) throws
    -> Process
  {
    let process = Process()
    process.executableURL = binary
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.currentDirectoryURL = folder
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    return process
  }

  /// Runs to the end. Output goes through files, so that no pipe can fill up.
  func run(_ arguments: String...) throws -> Result { try run(arguments) }

  func run(_ arguments: [String]) throws -> Result {
    let folder = try TemporaryFolder()
    let files = ["output", "errors"].map { folder.url.appendingPathComponent($0) }
    for file in files { _ = FileManager.default.createFile(atPath: file.path, contents: nil) }
    let process = try start(
      arguments, output: FileHandle(forWritingTo: files[0]), errors: FileHandle(forWritingTo: files[1]))
    process.waitUntilExit()
    let texts = try files.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
    return Result(status: process.terminationStatus, output: texts[0], errors: texts[1])
  }
}

/// A folder that goes when nobody holds it any more.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("runs-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    do { try FileManager.default.removeItem(at: url) } catch {}
  }

  var path: String { url.path }
}

/// A store in a folder of its own, and what the command does in it.
struct TestStore {
  let folder: TemporaryFolder
  var command = Command()

  init() throws { folder = try TemporaryFolder() }

  var path: String { folder.path + "/store" }

  func run(_ arguments: String...) throws -> Command.Result {
    try command.run([arguments[0], "--store", path] + arguments.dropFirst())
  }

  /// Runs a command that must succeed and gives its JSON document.
  func json(_ arguments: String..., location: SourceLocation = #_sourceLocation) throws -> [String: Any] {
    let result = try command.run([arguments[0], "--store", path, "--json"] + arguments.dropFirst())
    #expect(result.status == 0, "\(arguments): \(result.errors)", sourceLocation: location)
    return try result.json(location)
  }

  /// Writes a recipe into the store's folder and gives its path.
  func recipe(_ text: String, name: String = "recipe") throws -> String {
    let path = folder.path + "/\(name).yaml"
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  func folder(of id: String) -> URL { URL(fileURLWithPath: path).appendingPathComponent(id) }

  /// Waits until a process has committed a record of the only run here, or has ended, which is a failure.
  func waitForRecord(of process: Process, location: SourceLocation = #_sourceLocation) throws {
    let store = Store(at: path)
    while process.isRunning {
      if let id = try store.ids().first, try store.run(id).recordCount > 0 { return }
      usleep(2_000)
    }
    Issue.record("ended with \(process.terminationStatus)", sourceLocation: location)
  }

  /// Runs that are there as a whole.
  var runCount: Int {
    get throws {
      guard FileManager.default.fileExists(atPath: path) else { return 0 }
      return try FileManager.default.contentsOfDirectory(atPath: path).count { !$0.hasPrefix(".") }
    }
  }

  /// The bytes of a run's checkpoints, by file name.
  func checkpoints(of id: String) throws -> [String: Data] {
    let folder = folder(of: id).appendingPathComponent("checkpoints")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    return try Dictionary(
      uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: folder.appendingPathComponent($0))) })
  }
}

/// The three digests that say whether two runs have the same bits.
struct Digests: Equatable {
  let theta: String
  let state: String
  let records: String

  init(_ outcome: [String: Any]) {
    theta = outcome["theta_sha256"] as? String ?? "no theta"
    state = outcome["state_sha256"] as? String ?? "no state"
    records = outcome["records_sha256"] as? String ?? "no records"
  }
}
