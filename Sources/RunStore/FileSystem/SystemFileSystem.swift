// The file operations as system calls.

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The operating system's files.
public struct SystemFileSystem: FileSystem {
  /// The operating system's files.
  public init() {}

  /// Opens a folder by its path.
  public func openFolder(path: String) throws(SystemFailure) -> Descriptor {
    try descriptor(openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
  }

  /// Makes a folder by its path.
  public func makeFolder(path: String) throws(SystemFailure) { try check(mkdir(path, 0o777)) }

  /// Opens a folder in a folder.
  public func openFolder(_ name: String, in folder: Descriptor) throws(SystemFailure) -> Descriptor {
    try descriptor(openat(folder.number, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC))
  }

  /// Makes a folder in a folder.
  public func makeFolder(_ name: String, in folder: Descriptor) throws(SystemFailure) {
    try check(mkdirat(folder.number, name, 0o777))
  }

  /// Opens a regular file in a folder. Without O_NONBLOCK a named pipe in a file's place would hang the reader.
  public func open(_ name: String, in folder: Descriptor, _ mode: OpenMode) throws(SystemFailure) -> Descriptor {
    let flags: Int32 =
      switch mode {
      case .read: O_RDONLY
      case .update: O_RDWR
      case .createNew: O_RDWR | O_CREAT | O_EXCL
      case .createIfMissing: O_RDWR | O_CREAT
      }
    let opened = try descriptor(openat(folder.number, name, flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0o666))
    guard try information(opened).st_mode & S_IFMT == S_IFREG else { throw SystemFailure(errno: EINVAL) }
    return opened
  }

  /// Reads some bytes.
  public func read(
    _ file: Descriptor, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(SystemFailure) -> Int {
    try check(pread(file.number, buffer.baseAddress, buffer.count, off_t(offset)))
  }

  /// Writes some bytes.
  public func write(
    _ bytes: UnsafeRawBufferPointer, to file: Descriptor, at offset: Int
  ) throws(SystemFailure) -> Int {
    try check(pwrite(file.number, bytes.baseAddress, bytes.count, off_t(offset)))
  }

  /// fdatasync; on Darwin, where that stops at the drive's cache, a full sync.
  public func syncData(_ file: Descriptor) throws(SystemFailure) {
    #if canImport(Darwin)
      try check(fcntl(file.number, F_FULLFSYNC))
    #else
      try check(fdatasync(file.number))
    #endif
  }

  /// fsync.
  public func sync(_ file: Descriptor) throws(SystemFailure) {
    #if canImport(Darwin)
      try check(fcntl(file.number, F_FULLFSYNC))
    #else
      try check(fsync(file.number))
    #endif
  }

  /// fsync of a folder.
  public func syncFolder(_ folder: Descriptor) throws(SystemFailure) { try check(fsync(folder.number)) }

  /// Cuts a file.
  public func truncate(_ file: Descriptor, to size: Int) throws(SystemFailure) {
    try check(ftruncate(file.number, off_t(size)))
  }

  /// Renames in a folder.
  public func rename(_ name: String, to newName: String, in folder: Descriptor) throws(SystemFailure) {
    try check(renameat(folder.number, name, folder.number, newName))
  }

  /// Removes a file.
  public func remove(_ name: String, in folder: Descriptor) throws(SystemFailure) {
    try check(unlinkat(folder.number, name, 0))
  }

  /// Removes an empty folder.
  public func removeFolder(_ name: String, in folder: Descriptor) throws(SystemFailure) {
    try check(unlinkat(folder.number, name, AT_REMOVEDIR))
  }

  /// The names in a folder, by a descriptor of its own, since reading moves its position.
  public func list(_ folder: Descriptor) throws(SystemFailure) -> [Entry] {
    let number = openat(folder.number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard number >= 0 else { throw SystemFailure(errno: errno) }
    guard let stream = fdopendir(number) else {
      let failure = SystemFailure(errno: errno)
      _ = close(number)
      throw failure
    }
    defer { closedir(stream) }
    var entries: [Entry] = []
    while true {
      errno = 0
      guard let found = readdir(stream) else {
        guard errno == 0 else { throw SystemFailure(errno: errno) }
        return entries
      }
      let name = withUnsafePointer(to: &found.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard name != ".", name != ".." else { continue }
      entries.append(Entry(name: name, kind: try kind(of: name, type: found.pointee.d_type, in: number)))
    }
  }

  /// What fstat says.
  public func status(_ file: Descriptor) throws(SystemFailure) -> FileStatus { Self.status(try information(file)) }

  /// What fstatat says.
  public func status(_ path: String, in folder: Descriptor) throws(SystemFailure) -> FileStatus {
    var status = stat()
    try check(fstatat(folder.number, path, &status, AT_SYMLINK_NOFOLLOW))
    return Self.status(status)
  }

  private static func status(_ status: stat) -> FileStatus {
    #if canImport(Darwin)
      let time = status.st_mtimespec
    #else
      let time = status.st_mtim
    #endif
    return FileStatus(
      size: Int(status.st_size), links: Int(status.st_nlink), inode: UInt64(status.st_ino),
      modified: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }

  /// Takes the flock, and with it an open-file-description lock of the first byte, which others can see without taking
  /// it. Folders have only the first.
  public func lock(_ file: Descriptor) throws(SystemFailure) -> Bool {
    guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else {
      if errno == EWOULDBLOCK { return false }
      throw SystemFailure(errno: errno)
    }
    guard try information(file).st_mode & S_IFMT == S_IFREG else { return true }
    var region = Self.firstByte
    guard fcntl(file.number, Self.setLock, &region) == 0 else {
      if errno == EAGAIN || errno == EACCES { return false }
      throw SystemFailure(errno: errno)
    }
    return true
  }

  /// Asks for the first byte's lock.
  public func isLocked(_ file: Descriptor) throws(SystemFailure) -> Bool {
    var region = Self.firstByte
    try check(fcntl(file.number, Self.getLock, &region))
    return region.l_type != Int16(F_UNLCK)
  }
}

extension SystemFileSystem {
  /// F_OFD_GETLK and F_OFD_SETLK of fcntl.h, which some headers hide.
  #if canImport(Darwin)
    private static var getLock: Int32 { 92 }
    private static var setLock: Int32 { 90 }
  #else
    private static var getLock: Int32 { 36 }
    private static var setLock: Int32 { 37 }
  #endif

  private static var firstByte: flock {
    var region = flock()
    region.l_type = Int16(F_WRLCK)
    region.l_whence = Int16(SEEK_SET)
    region.l_start = 0
    region.l_len = 1
    region.l_pid = 0
    return region
  }

  @discardableResult
  private func check<Number: SignedInteger>(_ result: Number) throws(SystemFailure) -> Number {
    guard result >= 0 else { throw SystemFailure(errno: errno) }
    return result
  }

  private func descriptor(_ number: Int32) throws(SystemFailure) -> Descriptor {
    guard number >= 0 else { throw SystemFailure(errno: errno) }
    return Descriptor(number) { _ = close($0) }
  }

  private func information(_ file: Descriptor) throws(SystemFailure) -> stat {
    var status = stat()
    try check(fstat(file.number, &status))
    return status
  }

  private func kind(of name: String, type: UInt8, in folder: Int32) throws(SystemFailure) -> EntryKind {
    if type == UInt8(DT_REG) { return .file }
    if type == UInt8(DT_DIR) { return .folder }
    guard type == UInt8(DT_UNKNOWN) else { return .other }
    var status = stat()
    guard fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
      if errno == ENOENT { return .other }
      throw SystemFailure(errno: errno)
    }
    return status.st_mode & S_IFMT == S_IFREG ? .file : status.st_mode & S_IFMT == S_IFDIR ? .folder : .other
  }
}
