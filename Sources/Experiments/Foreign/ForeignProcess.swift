import Foundation
import RunSchema

/// What is wanted of a file from elsewhere.
package enum ForeignContent: String, CaseIterable, Sendable {
  /// Its arrays, whatever they are.
  case arrays
  /// The run in it, where `export` wrote it.
  case run
}

/// What the child process may use.
package struct ForeignLimits: Sendable {
  /// Of its address space, in bytes; the program itself needs some 300 MB of it.
  package var memory = 4 << 30
  /// Of CPU time.
  package var cpuSeconds = 60
  /// Of wall time.
  package var seconds = 90
  /// What it may pass on, in bytes.
  package var stream = 2 << 30

  package init() {}
}

/// A file from elsewhere was not taken in; the words say why.
package struct ForeignFileError: Error, Equatable, CustomStringConvertible {
  package enum Code: Sendable {
    case noSuchFile
    /// It is refused, damaged, or whoever read it did not live to tell.
    case refused
    /// The child process cannot be started, or this program is too old for the file.
    case unfit
  }

  package let code: Code
  package let description: String

  init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }
}

/// A child process that reads a file from elsewhere under limits: such a file may be made to crash, hang or fill whoever
/// reads it.
enum ForeignProcess {
  /// What the child passes on of a file.
  /// - Parameter program: the path of `runs`, which knows the command; nil where it is not known.
  static func stream(
    of content: ForeignContent, in path: String, by program: String?, _ limits: ForeignLimits
  ) throws(ForeignFileError) -> [UInt8] {
    guard let program else { throw ForeignFileError(.unfit, "reading \(path): this program's own path is not known") }
    let child = try ChildProcess.run(
      program,
      [
        ForeignFile.command, "--content", content.rawValue, "--memory", String(limits.memory), "--cpu",
        String(limits.cpuSeconds), "--", path,
      ],
      // No code from elsewhere because a file asks for a filter.
      environment: ["HDF5_PLUGIN_PRELOAD": "::", "HDF5_PLUGIN_PATH": ""], seconds: limits.seconds,
      outputLimit: limits.stream)
    switch child.end {
    case .exited(0): return child.output
    // Its complaints are those of this program.
    case .exited(66): throw ForeignFileError(.noSuchFile, complaint(of: child) ?? "\(path): no such file")
    case .exited(let status):
      guard let words = complaint(of: child) else {
        throw refusal(of: path, "the process that read it ended with \(status)")
      }
      throw ForeignFileError(status == 78 ? .unfit : .refused, words)
    case .killed(let signal):
      throw refusal(of: path, "the process that read it was ended by \(words(forSignal: signal))")
    case .tooSlow: throw refusal(of: path, "the process that read it did not end within \(limits.seconds) s")
    case .tooMuch:
      throw refusal(of: path, "it holds more than the \(limits.stream) bytes that are taken from elsewhere")
    }
  }

  static func refusal(of path: String, _ words: String) -> ForeignFileError {
    ForeignFileError(.refused, "reading \(path): \(words); nothing of it was taken in")
  }

  /// The words of a child's complaint, which may be anything.
  private static func complaint(of child: ChildProcess.Outcome) -> String? {
    let prefix = "runs: error: "
    guard child.errors.hasPrefix(prefix) else { return nil }
    return child.errors.dropFirst(prefix.count).trimmingCharacters(in: .whitespacesAndNewlines).shown
  }

  private static func words(forSignal signal: Int32) -> String {
    let name = String(cString: strsignal(signal))
    return signal == SIGXCPU || signal == SIGKILL
      ? "signal \(signal) (\(name)): it used more CPU time or memory than is allowed" : "signal \(signal) (\(name))"
  }
}
