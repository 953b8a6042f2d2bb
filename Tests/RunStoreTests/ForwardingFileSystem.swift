// A file system in front of another: what a double has in common with what it stands for.

import RunStore

/// An operation of a file system, by what the system is asked for.
enum Operation: String, CaseIterable {
  case openFolder, makeFolder, open, create, read, write, syncData, sync, syncFolder, truncate, rename, remove
  case removeFolder, list, status, lock, isLocked

  /// What an operation does, as far as faults care.
  enum Kind { case look, read, write, create, change, sync, lock }

  var kind: Kind {
    switch self {
    case .openFolder, .open, .list, .status, .isLocked: .look
    case .makeFolder, .create: .create
    case .read: .read
    case .write: .write
    case .syncData, .sync, .syncFolder: .sync
    case .truncate, .rename, .remove, .removeFolder: .change
    case .lock: .lock
    }
  }
}

/// Passes every operation on. A double says what it does around all of them, or in place of some.
protocol ForwardingFileSystem: FileSystem {
  associatedtype Inner: FileSystem
  var inner: Inner { get }

  /// Does an operation, or not.
  func around<Result>(
    _ operation: Operation, _ body: () throws(SystemFailure) -> Result
  ) throws(SystemFailure) -> Result
}

extension ForwardingFileSystem {
  func around<Result>(
    _ operation: Operation, _ body: () throws(SystemFailure) -> Result
  ) throws(SystemFailure) -> Result { try body() }

  func openFolder(path: String) throws(SystemFailure) -> Descriptor {
    try around(.openFolder) { () throws(SystemFailure) in try inner.openFolder(path: path) }
  }
  func makeFolder(path: String) throws(SystemFailure) {
    try around(.makeFolder) { () throws(SystemFailure) in try inner.makeFolder(path: path) }
  }
  func openFolder(_ name: String, in folder: Descriptor) throws(SystemFailure) -> Descriptor {
    try around(.openFolder) { () throws(SystemFailure) in try inner.openFolder(name, in: folder) }
  }
  func makeFolder(_ name: String, in folder: Descriptor) throws(SystemFailure) {
    try around(.makeFolder) { () throws(SystemFailure) in try inner.makeFolder(name, in: folder) }
  }
  func open(_ name: String, in folder: Descriptor, _ mode: OpenMode) throws(SystemFailure) -> Descriptor {
    let operation: Operation =
      switch mode {
      case .read, .update: .open
      case .createNew, .createIfMissing: .create
      }
    return try around(operation) { () throws(SystemFailure) in try inner.open(name, in: folder, mode) }
  }
  func read(
    _ file: Descriptor, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(SystemFailure) -> Int {
    try around(.read) { () throws(SystemFailure) in try inner.read(file, at: offset, into: buffer) }
  }
  func write(_ bytes: UnsafeRawBufferPointer, to file: Descriptor, at offset: Int) throws(SystemFailure) -> Int {
    try around(.write) { () throws(SystemFailure) in try inner.write(bytes, to: file, at: offset) }
  }
  func syncData(_ file: Descriptor) throws(SystemFailure) {
    try around(.syncData) { () throws(SystemFailure) in try inner.syncData(file) }
  }
  func sync(_ file: Descriptor) throws(SystemFailure) {
    try around(.sync) { () throws(SystemFailure) in try inner.sync(file) }
  }
  func syncFolder(_ folder: Descriptor) throws(SystemFailure) {
    try around(.syncFolder) { () throws(SystemFailure) in try inner.syncFolder(folder) }
  }
  func truncate(_ file: Descriptor, to size: Int) throws(SystemFailure) {
    try around(.truncate) { () throws(SystemFailure) in try inner.truncate(file, to: size) }
  }
  func rename(_ name: String, to newName: String, in folder: Descriptor) throws(SystemFailure) {
    try around(.rename) { () throws(SystemFailure) in try inner.rename(name, to: newName, in: folder) }
  }
  func remove(_ name: String, in folder: Descriptor) throws(SystemFailure) {
    try around(.remove) { () throws(SystemFailure) in try inner.remove(name, in: folder) }
  }
  func removeFolder(_ name: String, in folder: Descriptor) throws(SystemFailure) {
    try around(.removeFolder) { () throws(SystemFailure) in try inner.removeFolder(name, in: folder) }
  }
  func list(_ folder: Descriptor) throws(SystemFailure) -> [Entry] {
    try around(.list) { () throws(SystemFailure) in try inner.list(folder) }
  }
  func status(_ file: Descriptor) throws(SystemFailure) -> FileStatus {
    try around(.status) { () throws(SystemFailure) in try inner.status(file) }
  }
  func status(_ path: String, in folder: Descriptor) throws(SystemFailure) -> FileStatus {
    try around(.status) { () throws(SystemFailure) in try inner.status(path, in: folder) }
  }
  func lock(_ file: Descriptor) throws(SystemFailure) -> Bool {
    try around(.lock) { () throws(SystemFailure) in try inner.lock(file) }
  }
  func isLocked(_ file: Descriptor) throws(SystemFailure) -> Bool {
    try around(.isLocked) { () throws(SystemFailure) in try inner.isLocked(file) }
  }
}
