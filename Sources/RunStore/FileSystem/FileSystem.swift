// The only door from the store to the disk: every read and write of a store is one of these operations.

/// An open file or folder; closed when the last reference goes.
public final class Descriptor: Sendable {
  /// The system's number.
  public let number: Int32
  private let close: @Sendable (Int32) -> Void

  /// Takes over an open descriptor; `close` is called once, at the end.
  public init(_ number: Int32, close: @escaping @Sendable (Int32) -> Void) {
    self.number = number
    self.close = close
  }

  deinit { close(number) }
}

/// What the system said when it refused an operation.
public struct SystemFailure: Error, Equatable, Sendable {
  /// The system's number of the error.
  public var errno: Int32

  /// A refusal.
  public init(errno: Int32) { self.errno = errno }
}

/// How a file is opened.
public enum OpenMode: Sendable {
  /// To read; it is there.
  case read
  /// To read and write; it is there.
  case update
  /// To read and write; it is not there yet.
  case createNew
  /// To read and write; it is made if it is not there.
  case createIfMissing
}

/// What a name in a folder stands for.
public enum EntryKind: Sendable {
  /// A regular file.
  case file
  /// A folder.
  case folder
  /// A link, a device, a socket: nothing a store makes.
  case other
}

/// A name in a folder.
public struct Entry: Equatable, Sendable {
  /// The name without its folder.
  public var name: String
  /// What it stands for.
  public var kind: EntryKind

  /// An entry.
  public init(name: String, kind: EntryKind) {
    self.name = name
    self.kind = kind
  }
}

/// What the system knows about an open file.
public struct FileStatus: Equatable, Sendable {
  /// Bytes.
  public var size: Int
  /// How many names it has; 0 when it was removed or replaced.
  public var links: Int
  /// The file's number in its file system.
  public var inode: UInt64
  /// The time of the last change, in nanoseconds since 1970: only ever compared for equality.
  public var modified: Int64

  /// A status.
  public init(size: Int, links: Int, inode: UInt64, modified: Int64) {
    self.size = size
    self.links = links
    self.inode = inode
    self.modified = modified
  }
}

/// The operations a store does on a disk. Each is one attempt: it may be interrupted (EINTR), reads and writes may be
/// short; the store deals with that. Names are single parts of a path, relative to an open folder, and links are not
/// followed; only the store's own folder is opened by a path.
public protocol FileSystem: Sendable {
  /// Opens a folder by its path.
  func openFolder(path: String) throws(SystemFailure) -> Descriptor
  /// Makes a folder by its path; its parent is there.
  func makeFolder(path: String) throws(SystemFailure)
  /// Opens a folder in a folder.
  func openFolder(_ name: String, in folder: Descriptor) throws(SystemFailure) -> Descriptor
  /// Makes a folder in a folder.
  func makeFolder(_ name: String, in folder: Descriptor) throws(SystemFailure)
  /// Opens a regular file in a folder.
  func open(_ name: String, in folder: Descriptor, _ mode: OpenMode) throws(SystemFailure) -> Descriptor
  /// Reads at most `buffer.count` bytes from an offset; 0 at the end.
  func read(_ file: Descriptor, at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(SystemFailure) -> Int
  /// Writes some or all bytes at an offset.
  func write(_ bytes: UnsafeRawBufferPointer, to file: Descriptor, at offset: Int) throws(SystemFailure) -> Int
  /// Brings a file's bytes, and what is needed to read them, to the disk.
  func syncData(_ file: Descriptor) throws(SystemFailure)
  /// Brings a file to the disk.
  func sync(_ file: Descriptor) throws(SystemFailure)
  /// Brings a folder's names to the disk.
  func syncFolder(_ folder: Descriptor) throws(SystemFailure)
  /// Cuts a file to a size.
  func truncate(_ file: Descriptor, to size: Int) throws(SystemFailure)
  /// Gives a file or folder another name in its folder, in place of what bears it.
  func rename(_ name: String, to newName: String, in folder: Descriptor) throws(SystemFailure)
  /// Removes a file.
  func remove(_ name: String, in folder: Descriptor) throws(SystemFailure)
  /// Removes an empty folder.
  func removeFolder(_ name: String, in folder: Descriptor) throws(SystemFailure)
  /// The names in a folder, in no order, without "." and "..".
  func list(_ folder: Descriptor) throws(SystemFailure) -> [Entry]
  /// What is known about an open file.
  func status(_ file: Descriptor) throws(SystemFailure) -> FileStatus
  /// What is known about a file or folder by a path of names below an open folder; a link is not followed.
  func status(_ path: String, in folder: Descriptor) throws(SystemFailure) -> FileStatus
  /// Takes a file or folder for one writer; false when another open descriptor has it. Given back at close.
  func lock(_ file: Descriptor) throws(SystemFailure) -> Bool
  /// Whether a writer has a file, without taking it.
  func isLocked(_ file: Descriptor) throws(SystemFailure) -> Bool
}
