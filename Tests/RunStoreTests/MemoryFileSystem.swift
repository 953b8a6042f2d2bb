// A disk in memory that knows which bytes and names a power cut would leave.

import Fuzzing
import Glibc
import RunStore
import Synchronization

/// A file system in memory. What was not synced may be lost in a power cut: any subset of the sectors of a file and of
/// the changes of a folder.
final class MemoryFileSystem: FileSystem {
  fileprivate struct File {
    var bytes: [UInt8] = []
    /// The bytes that the last sync brought to the disk.
    var durable: [UInt8] = []
    /// Sectors that a failed sync left clean: they reach the disk only when they are written again.
    var forgotten: Set<Int> = []
    var changes = 0

    static let sector = 64

    /// The sectors that some bytes lie in.
    static func sectors(_ range: Range<Int>) -> Range<Int> {
      range.lowerBound / sector..<(range.upperBound + sector - 1) / sector
    }

    /// Brings all to the disk but what was forgotten.
    mutating func sync() {
      guard !forgotten.isEmpty else {
        durable = bytes
        return
      }
      let old = durable
      durable = bytes
      for index in forgotten.flatMap({ $0 * Self.sector..<min(($0 + 1) * Self.sector, bytes.count) }) {
        durable[index] = index < old.count ? old[index] : 0
      }
    }

    /// Takes what is not on the disk for clean.
    mutating func forget() {
      for sector in Self.sectors(0..<bytes.count) {
        let range = sector * Self.sector..<min((sector + 1) * Self.sector, bytes.count)
        if range.contains(where: { $0 >= durable.count || durable[$0] != bytes[$0] }) { forgotten.insert(sector) }
      }
    }
  }

  fileprivate enum Change {
    case link(String, Int)
    case unlink(String)
    case rename(String, String, Int)
  }

  fileprivate struct Directory {
    var entries: [String: Int] = [:]
    var durable: [String: Int] = [:]
    var pending: [Change] = []
    var changes = 0

    mutating func apply(_ change: Change) {
      changes += 1
      switch change {
      case .link(let name, let node): entries[name] = node
      case .unlink(let name): entries[name] = nil
      case .rename(let old, let new, let node):
        entries[new] = node
        if entries[old] == node { entries[old] = nil }
      }
    }
  }

  fileprivate enum Node {
    case file(File)
    case folder(Directory)
  }

  fileprivate struct Disk {
    var nodes: [Int: Node] = [0: .folder(Directory())]
    var open: [Int32: Int] = [:]
    var locks: [Int: Int32] = [:]
    var next = 1
    var nextDescriptor: Int32 = 3
  }

  private let disk: Mutex<Disk>

  init() { disk = Mutex(Disk()) }

  private init(_ crashed: Disk) { disk = Mutex(crashed) }

  private func with<Result: Sendable>(
    _ body: (inout Disk) throws(SystemFailure) -> Result
  ) throws(SystemFailure) -> Result {
    let result = disk.withLock { disk in Swift.Result { () throws(SystemFailure) in try body(&disk) } }
    return try result.get()
  }

  private func descriptor(_ node: Int, _ disk: inout Disk) -> Descriptor {
    let number = disk.nextDescriptor
    disk.nextDescriptor += 1
    disk.open[number] = node
    return Descriptor(number) { number in
      self.disk.withLock { disk in
        if let node = disk.open.removeValue(forKey: number), disk.locks[node] == number { disk.locks[node] = nil }
      }
    }
  }

  func openFolder(path: String) throws(SystemFailure) -> Descriptor {
    try with { disk throws(SystemFailure) in
      var node = 0
      for part in path.split(separator: "/") {
        guard let next = try disk.directory(node).entries[String(part)] else { throw SystemFailure(errno: ENOENT) }
        node = next
      }
      _ = try disk.directory(node)
      return self.descriptor(node, &disk)
    }
  }

  func makeFolder(path: String) throws(SystemFailure) {
    var parts = path.split(separator: "/").map(String.init)
    let name = parts.removeLast()
    try makeFolder(name, in: openFolder(path: parts.joined(separator: "/")))
  }

  func openFolder(_ name: String, in folder: Descriptor) throws(SystemFailure) -> Descriptor {
    try with { disk throws(SystemFailure) in
      let here = disk.node(folder)
      if name == "." { return self.descriptor(here, &disk) }
      guard let node = try disk.directory(here).entries[name] else { throw SystemFailure(errno: ENOENT) }
      _ = try disk.directory(node)
      return self.descriptor(node, &disk)
    }
  }

  func makeFolder(_ name: String, in folder: Descriptor) throws(SystemFailure) {
    try with { disk throws(SystemFailure) in try disk.add(.folder(Directory()), name, in: disk.node(folder)) }
  }

  func open(_ name: String, in folder: Descriptor, _ mode: OpenMode) throws(SystemFailure) -> Descriptor {
    try with { disk throws(SystemFailure) in
      let here = disk.node(folder)
      let found = try disk.directory(here).entries[name]
      switch (mode, found) {
      case (.read, nil), (.update, nil): throw SystemFailure(errno: ENOENT)
      case (.createNew, .some): throw SystemFailure(errno: EEXIST)
      case (.createNew, nil), (.createIfMissing, nil): try disk.add(.file(File()), name, in: here)
      default: break
      }
      return self.descriptor(try disk.directory(here).entries[name]!, &disk)
    }
  }

  func read(
    _ file: Descriptor, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(SystemFailure) -> Int {
    let bytes = try with { disk throws(SystemFailure) in try disk.file(disk.node(file)).bytes }
    guard offset < bytes.count else { return 0 }
    let part = bytes[offset..<min(bytes.count, offset + buffer.count)]
    part.withUnsafeBytes { buffer.copyMemory(from: $0) }
    return part.count
  }

  func write(
    _ bytes: UnsafeRawBufferPointer, to file: Descriptor, at offset: Int
  ) throws(SystemFailure) -> Int {
    let copy = Array(bytes)
    try with { disk throws(SystemFailure) in
      try disk.change(file) { file in
        if file.bytes.count < offset { file.bytes += [UInt8](repeating: 0, count: offset - file.bytes.count) }
        let overlap = min(file.bytes.count - offset, copy.count)
        file.bytes.replaceSubrange(offset..<offset + overlap, with: copy)
        if !file.forgotten.isEmpty { file.forgotten.subtract(File.sectors(offset..<offset + copy.count)) }
      }
    }
    return copy.count
  }

  func syncData(_ file: Descriptor) throws(SystemFailure) { try sync(file) }

  func sync(_ file: Descriptor) throws(SystemFailure) {
    try with { disk throws(SystemFailure) in try disk.change(file) { $0.sync() } }
  }

  /// What a failed sync may do on Linux: see `File.forgotten`.
  func forgetUnsynced(_ file: Descriptor) throws(SystemFailure) {
    try with { disk throws(SystemFailure) in try disk.change(file) { $0.forget() } }
  }

  func syncFolder(_ folder: Descriptor) throws(SystemFailure) {
    try with { disk throws(SystemFailure) in
      var directory = try disk.directory(disk.node(folder))
      directory.durable = directory.entries
      directory.pending = []
      disk.nodes[disk.node(folder)] = .folder(directory)
    }
  }

  func truncate(_ file: Descriptor, to size: Int) throws(SystemFailure) {
    try with { disk throws(SystemFailure) in
      try disk.change(file) { file in
        file.bytes = Array(file.bytes.prefix(size)) + [UInt8](repeating: 0, count: max(0, size - file.bytes.count))
        file.forgotten = file.forgotten.filter { $0 * File.sector < size }
      }
    }
  }

  func rename(_ name: String, to newName: String, in folder: Descriptor) throws(SystemFailure) {
    try with { disk throws(SystemFailure) in
      guard let node = try disk.directory(disk.node(folder)).entries[name] else { throw SystemFailure(errno: ENOENT) }
      try disk.apply(.rename(name, newName, node), in: disk.node(folder))
    }
  }

  func remove(_ name: String, in folder: Descriptor) throws(SystemFailure) {
    try with { disk throws(SystemFailure) in
      guard let node = try disk.directory(disk.node(folder)).entries[name] else { throw SystemFailure(errno: ENOENT) }
      _ = try disk.file(node)
      try disk.apply(.unlink(name), in: disk.node(folder))
    }
  }

  func removeFolder(_ name: String, in folder: Descriptor) throws(SystemFailure) {
    try with { disk throws(SystemFailure) in
      guard let node = try disk.directory(disk.node(folder)).entries[name] else { throw SystemFailure(errno: ENOENT) }
      guard try disk.directory(node).entries.isEmpty else { throw SystemFailure(errno: ENOTEMPTY) }
      try disk.apply(.unlink(name), in: disk.node(folder))
    }
  }

  func list(_ folder: Descriptor) throws(SystemFailure) -> [Entry] {
    try with { disk throws(SystemFailure) in
      try disk.directory(disk.node(folder)).entries.sorted { $0.key < $1.key }.map { name, node in
        if case .folder = disk.nodes[node] { return Entry(name: name, kind: .folder) }
        return Entry(name: name, kind: .file)
      }
    }
  }

  func status(_ file: Descriptor) throws(SystemFailure) -> FileStatus {
    try with { disk throws(SystemFailure) in try disk.status(disk.node(file)) }
  }

  func status(_ path: String, in folder: Descriptor) throws(SystemFailure) -> FileStatus {
    try with { disk throws(SystemFailure) in
      var node = disk.node(folder)
      for name in path.split(separator: "/") {
        guard let next = try disk.directory(node).entries[String(name)] else { throw SystemFailure(errno: ENOENT) }
        node = next
      }
      return try disk.status(node)
    }
  }

  func lock(_ file: Descriptor) throws(SystemFailure) -> Bool {
    try with { disk throws(SystemFailure) in
      let node = disk.node(file)
      guard disk.locks[node] == nil || disk.locks[node] == file.number else { return false }
      disk.locks[node] = file.number
      return true
    }
  }

  func isLocked(_ file: Descriptor) throws(SystemFailure) -> Bool {
    try with { disk throws(SystemFailure) in disk.locks[disk.node(file)] != nil }
  }
}

extension MemoryFileSystem {
  /// The same disk after a power cut at this moment: what was synced, and by chance parts of the rest.
  func afterPowerCut(seed: UInt64) -> MemoryFileSystem {
    var chance = SplitMix(state: seed)
    var crashed = disk.withLock { $0 }
    crashed.open = [:]
    crashed.locks = [:]
    for key in crashed.nodes.keys.sorted() {
      switch crashed.nodes[key]! {
      case .file(var file):
        file.bytes = Self.mixed(file, &chance)
        file.durable = file.bytes
        file.forgotten = []
        crashed.nodes[key] = .file(file)
      case .folder(var directory):
        directory.entries = directory.durable
        for change in directory.pending where chance.next() & 1 == 0 {
          directory.apply(change)
        }
        directory.durable = directory.entries
        directory.pending = []
        crashed.nodes[key] = .folder(directory)
      }
    }
    return MemoryFileSystem(crashed)
  }

  /// A copy of the disk as the next process sees it after this one was killed.
  func afterKill() -> MemoryFileSystem {
    var copy = disk.withLock { $0 }
    copy.open = [:]
    copy.locks = [:]
    return MemoryFileSystem(copy)
  }

  private static func mixed(_ file: File, _ chance: inout SplitMix) -> [UInt8] {
    guard file.bytes != file.durable else { return file.bytes }
    let size = chance.next() & 1 == 0 ? file.bytes.count : file.durable.count
    var mixed = [UInt8](repeating: 0, count: size)
    var start = 0
    while start < size {
      // Sectors of 64 bytes: smaller than any, so that small frames are torn too.
      let end = min(start + File.sector, size)
      let isLost = file.forgotten.contains(start / File.sector)
      let source = chance.next() & 1 == 0 && !isLost ? file.bytes : file.durable
      for index in start..<end { mixed[index] = index < source.count ? source[index] : 0 }
      start = end
    }
    return mixed
  }

  /// All files by path, with their bytes.
  var files: [String: [UInt8]] {
    disk.withLock { disk in
      var found: [String: [UInt8]] = [:]
      var open = [(path: "", node: 0)]
      while let (path, node) = open.popLast() {
        switch disk.nodes[node]! {
        case .file(let file): found[path] = file.bytes
        case .folder(let directory):
          for (name, child) in directory.entries { open.append((path + "/" + name, child)) }
        }
      }
      return found
    }
  }

  /// Changes the bytes of a file behind the store's back.
  func tamper(_ path: String, _ change: (inout [UInt8]) -> Void) throws {
    var parts = path.split(separator: "/").map(String.init)
    let name = parts.removeLast()
    let file = try open(name, in: openFolder(path: parts.joined(separator: "/")), .update)
    try with { disk throws(SystemFailure) in
      try disk.change(file) { file in
        change(&file.bytes)
        file.durable = file.bytes
        file.forgotten = []
      }
    }
  }
}

extension MemoryFileSystem.Disk {
  /// Changes are counted in place of a time.
  func status(_ node: Int) throws(SystemFailure) -> FileStatus {
    let links = nodes.values.reduce(0) { count, other in
      if case .folder(let directory) = other { return count + directory.entries.values.filter { $0 == node }.count }
      return count
    }
    guard let found = nodes[node] else { throw SystemFailure(errno: ENOENT) }
    switch found {
    case .file(let file):
      return FileStatus(size: file.bytes.count, links: links, inode: UInt64(node), modified: Int64(file.changes))
    case .folder(let directory):
      return FileStatus(size: 0, links: links, inode: UInt64(node), modified: Int64(directory.changes))
    }
  }

  func node(_ descriptor: Descriptor) -> Int { open[descriptor.number]! }

  func directory(_ node: Int) throws(SystemFailure) -> MemoryFileSystem.Directory {
    guard case .folder(let directory) = nodes[node] else { throw SystemFailure(errno: ENOTDIR) }
    return directory
  }

  func file(_ node: Int) throws(SystemFailure) -> MemoryFileSystem.File {
    guard case .file(let file) = nodes[node] else { throw SystemFailure(errno: EISDIR) }
    return file
  }

  mutating func change(
    _ descriptor: Descriptor, _ body: (inout MemoryFileSystem.File) -> Void
  ) throws(SystemFailure) {
    var file = try file(node(descriptor))
    body(&file)
    file.changes += 1
    nodes[node(descriptor)] = .file(file)
  }

  mutating func apply(_ change: MemoryFileSystem.Change, in node: Int) throws(SystemFailure) {
    var directory = try directory(node)
    directory.pending.append(change)
    directory.apply(change)
    nodes[node] = .folder(directory)
  }

  mutating func add(
    _ new: MemoryFileSystem.Node, _ name: String, in node: Int
  ) throws(SystemFailure) {
    guard try directory(node).entries[name] == nil else { throw SystemFailure(errno: EEXIST) }
    nodes[next] = new
    try apply(.link(name, next), in: node)
    next += 1
  }
}
