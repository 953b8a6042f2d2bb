import Foundation
import RunStore

/// Which code a run was made by: the commit that the executable lies in, whether the sources differ from it, the
/// executable's own digest.
struct CodeFacts: Sendable {
  /// The commit's id, or "unknown" where the executable lies in no repository or there is no git.
  let revision: String
  /// 1 where files differ from the commit, 0 where none does, 2 where it is not known.
  let modified: UInt8
  /// SHA-256 of `git diff HEAD`, empty where nothing differs or nothing is known.
  let differenceSHA256: String
  /// SHA-256 of the executable; empty where it cannot be read.
  let executableSHA256: String

  /// The facts of the running program.
  init() {
    let path = Environment.executablePath
    executableSHA256 = path.flatMap { FileManager.default.contents(atPath: $0) }.map { Digest.of($0).hex } ?? ""
    let folder = path.map { URL(fileURLWithPath: $0).deletingLastPathComponent().path }
    guard let folder, let revision = Self.git(["rev-parse", "HEAD"], in: folder),
      let top = Self.git(["rev-parse", "--show-toplevel"], in: folder),
      let difference = Self.git(["diff", "HEAD"], in: String(decoding: top, as: UTF8.self).trimmed)
    else {
      self.revision = "unknown"
      modified = 2
      differenceSHA256 = ""
      return
    }
    self.revision = String(decoding: revision, as: UTF8.self).trimmed
    modified = difference.isEmpty ? 0 : 1
    differenceSHA256 = difference.isEmpty ? "" : Digest.of(difference).hex
  }

  /// What git prints; nil where it fails or is not there.
  private static func git(_ arguments: [String], in folder: String) -> Data? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["git", "-C", folder] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return process.terminationStatus == 0 ? data : nil
  }
}

extension String {
  fileprivate var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
