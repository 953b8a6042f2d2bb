import Foundation

/// The folder that a store is, or would be made in: whether it can be written, how fast a commit reaches the disk, and what
/// file system it lies on.
struct StoreFolder {
  /// The store's own path.
  private let path: String
  /// The store's folder, or the nearest one above that is there.
  private let present: String
  private let mounts: MountTable

  init(_ path: String, _ mounts: MountTable = .ofThisMachine) {
    self.path = path
    self.mounts = mounts
    var folder = URL(fileURLWithPath: path).standardizedFileURL
    while !FileManager.default.fileExists(atPath: folder.path), folder.path != "/" {
      folder = folder.deletingLastPathComponent()
    }
    present = folder.path
  }

  private var place: String {
    present == URL(fileURLWithPath: path).standardizedFileURL.path ? path : "\(path) (to be made below \(present))"
  }

  /// Writes as a commit does, and measures how long the disk takes.
  func writing() -> Finding {
    let repetitions = 20
    let name = "\(present)/.doctor-\(ProcessInfo.processInfo.processIdentifier)"
    let file = open(name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
    guard file >= 0 else {
      return Finding("store", "store", .bad, "\(place): no file can be made there: \(Self.words(errno))")
    }
    defer {
      close(file)
      unlink(name)
    }
    let bytes = [UInt8](repeating: 0, count: 512)
    var seconds: [Double] = []
    for _ in 0..<repetitions {
      let start = Environment.clock()
      guard write(file, bytes, bytes.count) == bytes.count, fsync(file) == 0 else {
        return Finding("store", "store", .bad, "\(place): writing failed: \(Self.words(errno))")
      }
      seconds.append(Environment.clock() - start)
    }
    let median = seconds.sorted()[repetitions / 2] * 1_000
    return Finding(
      "store", "store", median < 50 ? .good : .warning,
      String(format: "%@: writable; a commit reaches the disk in %.2f ms (median of %d)", place, median, repetitions)
        + (median < 50 ? "" : "; if that is too slow, train with --durability interval"))
  }

  func fileSystem() -> Finding {
    guard let type = mounts.type(of: present) else {
      return Finding("file_system", "file system", .warning, "of unknown type\(free)")
    }
    switch Self.risk(of: type) {
    case .none: return Finding("file_system", "file system", .good, type + free)
    case .network:
      return Finding(
        "file_system", "file system", .warning,
        "\(type)\(free): over a network locks and syncs may not hold; write runs on a local disk and copy them")
    case .memory:
      return Finding("file_system", "file system", .warning, "\(type)\(free): in memory, gone when the machine stops")
    }
  }

  /// Nil on a file system of this machine.
  var networkWarning: String? {
    guard let type = mounts.type(of: present), Self.risk(of: type) == .network else { return nil }
    return "\(path) lies on \(type), where locks and syncs may not hold; write runs on a local disk and copy them"
  }

  /// Free space in words; nothing where the system does not say.
  private var free: String {
    do {
      let attributes = try FileManager.default.attributesOfFileSystem(forPath: present)
      guard let bytes = attributes[.systemFreeSize] as? NSNumber else { return "" }
      return ", \(bytes.int64Value / 1_000_000_000) GB free"
    } catch {
      return ""
    }
  }

  private static func words(_ number: Int32) -> String { String(cString: strerror(number)) }

  private enum Risk { case none, network, memory }

  private static func risk(of type: String) -> Risk {
    if ["tmpfs", "ramfs"].contains(type) { return .memory }
    let network = ["nfs", "nfs4", "cifs", "smb3", "lustre", "gpfs", "9p", "ceph", "beegfs", "afs", "glusterfs"]
    return network.contains(type) || type.hasPrefix("fuse") ? .network : .none
  }
}

/// The file systems of this machine by where they are mounted, as Linux lists them (proc_pid_mountinfo(5)).
package struct MountTable: Sendable {
  private var types: [(place: String, type: String)] = []

  /// As this machine is now; empty where it does not say.
  package static var ofThisMachine: MountTable {
    MountTable(String(decoding: FileManager.default.contents(atPath: "/proc/self/mountinfo") ?? Data(), as: UTF8.self))
  }

  /// A line is "36 35 98:0 /root /place options... - type source options"; blanks in a place are "\040".
  package init(_ text: String) {
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard let dash = words.firstIndex(of: "-"), words.count > dash + 1, words.count > 4 else { continue }
      types.append((String(words[4]).replacing("\\040", with: " "), String(words[dash + 1])))
    }
  }

  /// The type of the file system that a folder lies on: of those mounted around it the innermost, mounted last.
  func type(of folder: String) -> String? {
    let path = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
    let around = types.filter { path == $0.place || path.hasPrefix($0.place == "/" ? "/" : $0.place + "/") }
    return around.enumerated().max { ($0.element.place.count, $0.offset) < ($1.element.place.count, $1.offset) }?
      .element.type
  }
}
