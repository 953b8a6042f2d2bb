import Foundation
import RunStore

/// Which code a run was made by: the commit that the executable lies in, whether the sources differ from it, the
/// executable's own digest.
package struct CodeFacts: Sendable {
  /// The commit's id, or "unknown" where the executable lies in no repository or there is no git.
  let revision: String
  /// 1 where files differ from the commit, 0 where none does, 2 where it is not known.
  let modified: UInt8
  /// SHA-256 of `git diff HEAD`, empty where nothing differs or nothing is known.
  let differenceSHA256: String
  /// The files that differ, as git names them; empty where none does or nothing is known.
  let changedFiles: [String]
  /// SHA-256 of the executable; empty where it cannot be read.
  let executableSHA256: String

  /// The facts of the running program.
  init() {
    let path = Environment.executablePath
    executableSHA256 = path.flatMap(Self.digest) ?? ""
    let folder = path.map { URL(fileURLWithPath: $0).deletingLastPathComponent().path }
    guard let folder, let answer = Self.git(["rev-parse", "HEAD", "--show-toplevel"], in: folder),
      case let lines = String(decoding: answer, as: UTF8.self).split(separator: "\n"), lines.count == 2,
      let difference = Self.git(["diff", "HEAD"], in: String(lines[1]))
    else {
      self.revision = "unknown"
      modified = 2
      differenceSHA256 = ""
      changedFiles = []
      return
    }
    revision = String(lines[0])
    modified = difference.isEmpty ? 0 : 1
    differenceSHA256 = difference.isEmpty ? "" : Digest.of(difference).hex
    changedFiles = Self.files(in: difference)
  }

  /// Files that differ between two commits, as the repository that the executable lies in knows them; nil where it does not.
  package static func files(between first: String, and second: String) -> [String]? {
    guard let path = Environment.executablePath, [first, second].allSatisfy({ $0.allSatisfy(\.isHexDigit) }),
      let answer = git(
        ["diff", "--name-only", first, second, "--"], in: URL(fileURLWithPath: path).deletingLastPathComponent().path)
    else { return nil }
    return String(decoding: answer, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  /// The files of a difference: each begins with "diff --git a/NAME b/NAME", which no line of a file's own can.
  static func files(in difference: Data) -> [String] {
    String(decoding: difference, as: UTF8.self).split(separator: "\n").compactMap { line in
      guard line.hasPrefix("diff --git "), let name = line.range(of: " b/", options: .backwards) else { return nil }
      return String(line[name.upperBound...])
    }
  }

  /// The SHA-256 of a file; nil where it cannot be read.
  private static func digest(of path: String) -> String? {
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    var hash = SHA256()
    data.withUnsafeBytes { hash.update($0) }
    return hash.finish().hex
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

/// The facts of the running program, gathered while something else is done.
final class CodeFactsSearch: @unchecked Sendable {
  private let found = DispatchSemaphore(value: 0)
  /// Written before the semaphore is signalled, read after it was waited for.
  private var value: CodeFacts?

  init() {
    Thread.detachNewThread { [self] in
      value = CodeFacts()
      found.signal()
    }
  }

  /// The facts, as soon as they are there.
  func facts() -> CodeFacts {
    found.wait()
    found.signal()
    return value!
  }
}
