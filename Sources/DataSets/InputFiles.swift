import Foundation

/// How much is taken in. Larger things are refused in words before memory is asked for.
package enum InputLimits {
  /// Of a file, packed or unpacked.
  package static let fileBytes = 2 << 30
  /// Of a data set, as it is kept in memory.
  package static let dataSetBytes = 4 << 30
  /// Of a data set: examples have 32-bit numbers.
  package static let examples = Int(Int32.max)
  package static let classes = 65_536
  /// In a folder of pictures or texts.
  package static let folderFiles = 10_000_000
}

/// The files that a data set is read from.
package struct InputFiles: Sendable {
  /// Called with each file that was read, and its bytes as they lie on the disk.
  private let observe: @Sendable (_ path: String, _ bytes: [UInt8]) -> Void

  package init(observe: @escaping @Sendable (_ path: String, _ bytes: [UInt8]) -> Void = { _, _ in }) {
    self.observe = observe
  }

  /// All bytes of a regular file.
  package func bytes(of path: String, for action: String) throws(DataSetError) -> [UInt8] {
    func failure(_ code: DataSetError.Code, _ expected: String, _ found: String) -> DataSetError {
      DataSetError(code, action, file: path, expected: expected, found: found)
    }
    // Looked at before it is opened: a named pipe would be waited for.
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw failure(.unreadable, "a readable file", String(cString: strerror(errno)))
    }
    guard status.st_mode & S_IFMT == S_IFREG else { throw failure(.unreadable, "a regular file", "something else") }
    guard Int(status.st_size) <= InputLimits.fileBytes else {
      throw failure(.unsupported, "at most \(InputLimits.fileBytes) bytes", "\(status.st_size)")
    }
    let bytes: [UInt8]
    do {
      bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      throw failure(.unreadable, "a readable file", error.localizedDescription)
    }
    observe(path, bytes)
    return bytes
  }

  /// The bytes of a file, unpacked where it is a gzip file.
  package func unpackedBytes(of path: String, for action: String) throws(DataSetError) -> [UInt8] {
    let bytes = try bytes(of: path, for: action)
    return bytes.starts(with: [0x1F, 0x8B]) ? try Gzip.unpack(bytes, action: action, file: path) : bytes
  }

  /// The names in a folder, sorted by their bytes, without those that begin with a dot.
  package func names(in folder: String, for action: String) throws(DataSetError) -> [String] {
    do {
      let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      return names.filter { !$0.hasPrefix(".") }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    } catch {
      throw DataSetError(
        .unreadable, action, file: folder, expected: "a readable folder", found: error.localizedDescription)
    }
  }

  package static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }
}
