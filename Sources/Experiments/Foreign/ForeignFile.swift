import Foundation
import RunSchema

/// The plain arrays of an HDF5 file from elsewhere. Such a file may be made to crash, hang or fill whoever reads it, so a
/// child process with limits reads it and passes on names, shapes and numbers; this process never opens it.
package struct ForeignFile: Equatable, Sendable {
  package enum Values: Equatable, Sendable {
    case float32([Float])
    case float64([Double])
    case integers([Int64])
    case unsigned([UInt64])
    case booleans([Bool])
    case texts([String])

    var isEmpty: Bool {
      switch self {
      case .float32(let values): values.isEmpty
      case .float64(let values): values.isEmpty
      case .integers(let values): values.isEmpty
      case .unsigned(let values): values.isEmpty
      case .booleans(let values): values.isEmpty
      case .texts(let values): values.isEmpty
      }
    }
  }

  package struct Dataset: Equatable, Sendable {
    /// From the root, without a slash in front.
    package let path: String
    package let shape: [Int]
    package let values: Values
  }

  /// Its path, for messages.
  package let name: String
  /// Those of the root.
  package internal(set) var attributes: [String: Values] = [:]
  /// All, in the order of their paths, groups being gone through where they come.
  package internal(set) var datasets: [Dataset] = []

  init(name: String) { self.name = name }

  package subscript(path: String) -> Dataset? { datasets.first { $0.path == path } }
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
    /// The child process cannot be started.
    case unfit
  }

  package let code: Code
  package let description: String

  init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }
}

extension ForeignFile {
  /// The command that the child process is given.
  package static let command = "read-foreign"

  /// Reads a file by way of a child process.
  /// - Parameter program: the path of `runs`, which knows the command; nil where it is not known.
  package static func read(
    _ path: String, by program: String?, _ limits: ForeignLimits = ForeignLimits()
  ) throws -> ForeignFile {
    guard let program else { throw ForeignFileError(.unfit, "reading \(path): this program's own path is not known") }
    let child = try ChildProcess.run(
      program,
      [command, "--memory", String(limits.memory), "--cpu", String(limits.cpuSeconds), "--", path],
      // No code from elsewhere because a file asks for a filter.
      environment: ["HDF5_PLUGIN_PRELOAD": "::", "HDF5_PLUGIN_PATH": ""], seconds: limits.seconds,
      outputLimit: limits.stream)
    func refused(_ words: String) -> ForeignFileError {
      ForeignFileError(.refused, "reading \(path): \(words); nothing of it was taken in")
    }
    switch child.end {
    case .exited(0): break
    // Its complaints are those of this program.
    case .exited(66): throw ForeignFileError(.noSuchFile, complaint(of: child) ?? "\(path): no such file")
    case .exited(let status):
      guard let words = complaint(of: child) else { throw refused("the process that read it ended with \(status)") }
      throw ForeignFileError(.refused, words)
    case .killed(let signal): throw refused("the process that read it was ended by \(Self.words(forSignal: signal))")
    case .tooSlow: throw refused("the process that read it did not end within \(limits.seconds) s")
    case .tooMuch: throw refused("it holds more than the \(limits.stream) bytes that are taken from elsewhere")
    }
    do {
      return try ForeignFile(name: path, stream: child.output)
    } catch {
      throw refused("the process that read it passed on something else than arrays (\(error))")
    }
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
