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

extension ForeignFile {
  /// The command that the child process is given.
  package static let command = "read-foreign"

  /// Reads a file by way of a child process.
  /// - Parameter program: the path of `runs`, which knows the command; nil where it is not known.
  package static func read(
    _ path: String, by program: String?, _ limits: ForeignLimits = ForeignLimits()
  ) throws -> ForeignFile {
    let stream = try ForeignProcess.stream(of: .arrays, in: path, by: program, limits)
    do {
      return try ForeignFile(name: path, stream: stream)
    } catch {
      throw ForeignProcess.refusal(
        of: path, "the process that read it passed on something else than arrays (\(error))")
    }
  }
}
