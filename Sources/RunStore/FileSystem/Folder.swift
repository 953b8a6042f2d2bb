// Whole steps made of the single operations: complete reads and writes, files replaced as a whole, errors with a path.

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// An open folder of a store.
struct Folder {
  let system: any FileSystem
  let descriptor: Descriptor
  /// For messages only.
  let path: String

  init(_ system: any FileSystem, path: String, doing: String) throws {
    self.system = system
    self.path = path
    descriptor = try attempt(doing, path) { () throws(SystemFailure) in try system.openFolder(path: path) }
  }

  private init(_ system: any FileSystem, _ descriptor: Descriptor, path: String) {
    self.system = system
    self.descriptor = descriptor
    self.path = path
  }

  func path(of name: String) -> String { path + "/" + name }

  func folder(_ name: String, doing: String) throws -> Folder {
    let opened = try attempt(doing, path(of: name)) { () throws(SystemFailure) in
      try system.openFolder(name, in: descriptor)
    }
    return Folder(system, opened, path: path(of: name))
  }

  func makeFolder(_ name: String, doing: String) throws -> Folder {
    try attempt(doing, path(of: name), creating: true) { () throws(SystemFailure) in
      try system.makeFolder(name, in: descriptor)
    }
    return try folder(name, doing: doing)
  }

  func open(_ name: String, _ mode: OpenMode, doing: String) throws -> OpenFile {
    let creating: Bool =
      switch mode {
      case .createNew, .createIfMissing: true
      case .read, .update: false
      }
    let opened = try attempt(doing, path(of: name), creating: creating) { () throws(SystemFailure) in
      try system.open(name, in: descriptor, mode)
    }
    return OpenFile(system: system, descriptor: opened, path: path(of: name))
  }

  /// Like `open` to read, for a file that must be there: that it is not is damage.
  func openPart(_ name: String, doing: String) throws -> OpenFile {
    do {
      return try open(name, .read, doing: doing)
    } catch var error as StoreError where error.code == .notFound {
      error.code = .damaged
      error.expected = "a file"
      error.found = "none"
      throw error
    }
  }

  /// Like `open` to read; nil when there is no such file.
  func openIfPresent(_ name: String, doing: String) throws -> OpenFile? {
    do {
      return try open(name, .read, doing: doing)
    } catch let error as StoreError where error.code == .notFound {
      return nil
    }
  }

  func list(doing: String) throws -> [Entry] {
    try attempt(doing, path) { () throws(SystemFailure) in try system.list(descriptor) }
  }

  func sync(doing: String) throws {
    try attemptOnce(doing, path) { () throws(SystemFailure) in try system.syncFolder(descriptor) }
  }

  func rename(_ name: String, to newName: String, doing: String) throws {
    try attempt(doing, path(of: newName)) { () throws(SystemFailure) in
      try system.rename(name, to: newName, in: descriptor)
    }
  }

  func remove(_ name: String, doing: String) throws {
    try attempt(doing, path(of: name)) { () throws(SystemFailure) in try system.remove(name, in: descriptor) }
  }

  /// Removes a folder and what is in it, two levels deep at most: a run has no more.
  func removeTree(_ name: String, doing: String, depth: Int = 2) throws {
    let inner = try folder(name, doing: doing)
    for entry in try inner.list(doing: doing) {
      if entry.kind == .folder, depth > 0 {
        try inner.removeTree(entry.name, doing: doing, depth: depth - 1)
      } else {
        try inner.remove(entry.name, doing: doing)
      }
    }
    try attempt(doing, path(of: name)) { () throws(SystemFailure) in try system.removeFolder(name, in: descriptor) }
  }

  /// Puts a file in a name's place as a whole: written aside, brought to the disk, renamed, the folder brought to the
  /// disk. Whoever opens the name sees the old bytes or the new ones, also after a power cut.
  func replace(_ name: String, with bytes: [UInt8], doing: String) throws {
    let aside = name + Self.asideEnding
    do {
      let file = try createAside(aside, doing: doing)
      try file.write(bytes, at: 0, doing: doing)
      try file.sync(doing: doing)
    } catch {
      discard(aside)
      throw error
    }
    try rename(aside, to: name, doing: doing)
    try sync(doing: doing)
  }

  /// A new file; what an interrupted `replace` left in its place goes. The caller is the only writer of this name.
  private func createAside(_ aside: String, doing: String) throws -> OpenFile {
    do {
      return try open(aside, .createNew, doing: doing)
    } catch let error as StoreError where error.code == .cannotCreate(errno: EEXIST) {
      try remove(aside, doing: doing)
      return try open(aside, .createNew, doing: doing)
    }
  }

  /// Gives back the room of a half-written file. Its failure is not told: the error that led here is, and the next
  /// writer removes the file.
  private func discard(_ aside: String) {
    do { try system.remove(aside, in: descriptor) } catch {}
  }

  /// Removes what an interrupted `replace` left.
  func removeAsides(doing: String) throws {
    for entry in try list(doing: doing) where entry.name.hasSuffix(Self.asideEnding) && entry.kind == .file {
      try remove(entry.name, doing: doing)
    }
  }

  static let asideEnding = ".tmp"
}

/// An open file of a store.
struct OpenFile {
  let system: any FileSystem
  let descriptor: Descriptor
  let path: String

  func status(doing: String) throws -> FileStatus {
    try attempt(doing, path) { () throws(SystemFailure) in try system.status(descriptor) }
  }

  /// All bytes of a range; an error when the file ends before.
  func read(_ range: Range<Int>, doing: String) throws -> [UInt8] {
    let bytes = try readAvailable(range, doing: doing)
    guard bytes.count == range.count else {
      throw StoreError(
        .damaged, doing: doing, file: path, offset: range.lowerBound + bytes.count,
        expected: "\(range.upperBound) bytes", found: "\(range.lowerBound + bytes.count)")
    }
    return bytes
  }

  /// The bytes of a range that are there.
  func readAvailable(_ range: Range<Int>, doing: String) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
      while count < range.count {
        let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
        let offset = range.lowerBound + count
        let taken = try attempt(doing, path) { () throws(SystemFailure) in
          try system.read(descriptor, at: offset, into: rest)
        }
        if taken == 0 { return }
        count += taken
      }
    }
  }

  /// The whole file.
  func readAll(doing: String) throws -> [UInt8] {
    try readAvailable(0..<status(doing: doing).size, doing: doing)
  }

  /// All bytes, in as many writes as it takes.
  func write(_ bytes: [UInt8], at offset: Int, doing: String) throws {
    try bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count {
        let rest = UnsafeRawBufferPointer(rebasing: buffer[done...])
        let position = offset + done
        let written = try attempt(doing, path) { () throws(SystemFailure) in
          try system.write(rest, to: descriptor, at: position)
        }
        guard written > 0 else { throw storeError(SystemFailure(errno: EIO), doing, path, creating: false) }
        done += written
      }
    }
  }

  func truncate(to size: Int, doing: String) throws {
    try attempt(doing, path) { () throws(SystemFailure) in try system.truncate(descriptor, to: size) }
  }

  func sync(doing: String) throws {
    try attemptOnce(doing, path) { () throws(SystemFailure) in try system.sync(descriptor) }
  }

  func syncData(doing: String) throws {
    try attemptOnce(doing, path) { () throws(SystemFailure) in try system.syncData(descriptor) }
  }

  func lock(doing: String) throws -> Bool {
    try attempt(doing, path) { () throws(SystemFailure) in try system.lock(descriptor) }
  }

  func isLocked(doing: String) throws -> Bool {
    try attempt(doing, path) { () throws(SystemFailure) in try system.isLocked(descriptor) }
  }
}

/// Does an operation again while it is interrupted by a signal, at most a hundred times.
@discardableResult
func attempt<Result>(
  _ doing: String, _ path: String, creating: Bool = false, _ operation: () throws(SystemFailure) -> Result
) throws -> Result {
  var interruptions = 0
  while true {
    do {
      return try operation()
    } catch {
      interruptions += 1
      if error.errno == EINTR, interruptions < 100 { continue }
      throw storeError(error, doing, path, creating: creating)
    }
  }
}

/// For syncs: after a failed one the system may have dropped the bytes, and a second one would say yes.
private func attemptOnce(_ doing: String, _ path: String, _ operation: () throws(SystemFailure) -> Void) throws {
  do {
    try operation()
  } catch {
    throw storeError(error, doing, path, creating: false)
  }
}

private func storeError(_ failure: SystemFailure, _ doing: String, _ path: String, creating: Bool) -> StoreError {
  let words = String(cString: strerror(failure.errno))
  func error(_ code: StoreError.Code, advice: String? = nil) -> StoreError {
    StoreError(code, doing: doing, file: path, underlying: words, advice: advice)
  }
  switch failure.errno {
  case ENOENT where !creating: return error(.notFound)
  case ENOSPC, EDQUOT:
    return error(.diskFull, advice: "what was committed is safe; make room and resume the run")
  case EROFS, EACCES, EPERM:
    return error(.readOnly, advice: "check the permissions of the folder and how it is mounted")
  case ELOOP, ENOTDIR, EINVAL:
    return error(.damaged, advice: "a link or special file stands where the store keeps a file or folder of its own")
  case _ where creating: return error(.cannotCreate(errno: failure.errno))
  default: return error(.io(errno: failure.errno))
  }
}

/// Lets another process finish a short piece of work.
func pauseForTenMilliseconds() {
  var duration = timespec(tv_sec: 0, tv_nsec: 10_000_000)
  nanosleep(&duration, nil)
}
