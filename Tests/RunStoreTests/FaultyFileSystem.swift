// A file system whose n-th operation fails, in every way an operation can.

import Glibc
import RunStore
import Synchronization

/// How an operation fails.
enum Fault: CaseIterable {
  case killedBefore, killedAfter, tornAtHalf, tornBeforeLastByte, short, interrupted
  case ioErrorOnce, ioErrorFromThen, fullOnce, fullFromThen, readOnlyOnce, readOnlyFromThen

  /// Whether it can befall an operation of this kind.
  func fits(_ kind: FaultyFileSystem.Kind) -> Bool {
    switch self {
    case .killedBefore, .killedAfter: kind != .look
    case .tornAtHalf, .tornBeforeLastByte: kind == .write
    case .short: kind == .write || kind == .read
    case .interrupted, .ioErrorOnce, .ioErrorFromThen: true
    case .fullOnce, .fullFromThen: kind == .write || kind == .create || kind == .sync
    case .readOnlyOnce, .readOnlyFromThen: kind != .look && kind != .read
    }
  }
}

/// A disk that fills up and is cleared: writes then get half of their bytes down.
final class FullDisk: FileSystem {
  private let inner: MemoryFileSystem
  private let isFull = Mutex(false)

  init(_ inner: MemoryFileSystem) { self.inner = inner }

  func fill() { isFull.withLock { $0 = true } }
  func clear() { isFull.withLock { $0 = false } }

  func write(_ bytes: UnsafeRawBufferPointer, to file: Descriptor, at offset: Int) throws(SystemFailure) -> Int {
    guard isFull.withLock({ $0 }) else { return try inner.write(bytes, to: file, at: offset) }
    guard bytes.count > 32 else { throw SystemFailure(errno: ENOSPC) }
    return try inner.write(UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count / 2)]), to: file, at: offset)
  }

  func openFolder(path: String) throws(SystemFailure) -> Descriptor { try inner.openFolder(path: path) }
  func makeFolder(path: String) throws(SystemFailure) { try inner.makeFolder(path: path) }
  func openFolder(_ name: String, in folder: Descriptor) throws(SystemFailure) -> Descriptor {
    try inner.openFolder(name, in: folder)
  }
  func makeFolder(_ name: String, in folder: Descriptor) throws(SystemFailure) {
    try inner.makeFolder(name, in: folder)
  }
  func open(_ name: String, in folder: Descriptor, _ mode: OpenMode) throws(SystemFailure) -> Descriptor {
    try inner.open(name, in: folder, mode)
  }
  func read(
    _ file: Descriptor, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(SystemFailure) -> Int { try inner.read(file, at: offset, into: buffer) }
  func syncData(_ file: Descriptor) throws(SystemFailure) { try inner.syncData(file) }
  func sync(_ file: Descriptor) throws(SystemFailure) { try inner.sync(file) }
  func syncFolder(_ folder: Descriptor) throws(SystemFailure) { try inner.syncFolder(folder) }
  func truncate(_ file: Descriptor, to size: Int) throws(SystemFailure) { try inner.truncate(file, to: size) }
  func rename(_ name: String, to newName: String, in folder: Descriptor) throws(SystemFailure) {
    try inner.rename(name, to: newName, in: folder)
  }
  func remove(_ name: String, in folder: Descriptor) throws(SystemFailure) { try inner.remove(name, in: folder) }
  func removeFolder(_ name: String, in folder: Descriptor) throws(SystemFailure) {
    try inner.removeFolder(name, in: folder)
  }
  func list(_ folder: Descriptor) throws(SystemFailure) -> [Entry] { try inner.list(folder) }
  func status(_ file: Descriptor) throws(SystemFailure) -> FileStatus { try inner.status(file) }
  func status(_ path: String, in folder: Descriptor) throws(SystemFailure) -> FileStatus {
    try inner.status(path, in: folder)
  }
  func lock(_ file: Descriptor) throws(SystemFailure) -> Bool { try inner.lock(file) }
  func isLocked(_ file: Descriptor) throws(SystemFailure) -> Bool { try inner.isLocked(file) }
}

/// Counts the operations that go through it, notes their kinds, and has one of them fail.
final class FaultyFileSystem: FileSystem {
  /// What an operation does, as far as faults care.
  enum Kind { case look, read, write, create, change, sync, lock }

  private struct State {
    var kinds: [Kind] = []
    var isDead = false
  }

  private let inner: any FileSystem
  private let place: Int?
  private let fault: Fault
  private let state = Mutex(State())

  /// Passes everything on and counts.
  convenience init(counting inner: any FileSystem) { self.init(inner, failing: nil, .killedBefore) }

  /// Has the operation at a place, counted from 0, fail.
  init(_ inner: any FileSystem, failing place: Int?, _ fault: Fault) {
    self.inner = inner
    self.place = place
    self.fault = fault
  }

  /// The operations so far.
  var kinds: [Kind] { state.withLock { $0.kinds } }

  private enum Course { case pass, half, allButOne, after }

  /// Decides what becomes of the next operation.
  private func course(_ kind: Kind) throws(SystemFailure) -> Course {
    let result: Result<Course, SystemFailure> = state.withLock { state in
      let index = state.kinds.count
      state.kinds.append(kind)
      if state.isDead { return .failure(SystemFailure(errno: EIO)) }
      guard let place, index >= place else { return .success(.pass) }
      return outcome(kind, isFirst: index == place, &state)
    }
    return try result.get()
  }

  private func outcome(_ kind: Kind, isFirst: Bool, _ state: inout State) -> Result<Course, SystemFailure> {
    let fits = fault.fits(kind)
    switch fault {
    case .killedBefore where isFirst:
      state.isDead = true
      return .failure(SystemFailure(errno: EIO))
    case .killedAfter where isFirst:
      state.isDead = true
      return .success(.after)
    case .tornAtHalf where isFirst && fits, .tornBeforeLastByte where isFirst && fits:
      state.isDead = true
      return .success(fault == .tornAtHalf ? .half : .allButOne)
    case .short where isFirst && fits: return .success(.half)
    case .interrupted where isFirst: return .failure(SystemFailure(errno: EINTR))
    case .ioErrorOnce where isFirst, .ioErrorFromThen: return .failure(SystemFailure(errno: EIO))
    case .fullOnce where isFirst && fits, .fullFromThen where fits: return .failure(SystemFailure(errno: ENOSPC))
    case .readOnlyOnce where isFirst && fits, .readOnlyFromThen where fits:
      return .failure(SystemFailure(errno: EROFS))
    default: return .success(.pass)
    }
  }

  private func pass<Result>(
    _ kind: Kind, _ body: () throws(SystemFailure) -> Result
  ) throws(SystemFailure) -> Result {
    let course = try course(kind)
    let result = try body()
    if course == .after { throw SystemFailure(errno: EIO) }
    return result
  }

  func openFolder(path: String) throws(SystemFailure) -> Descriptor {
    try pass(.look) { () throws(SystemFailure) in try inner.openFolder(path: path) }
  }
  func makeFolder(path: String) throws(SystemFailure) {
    try pass(.create) { () throws(SystemFailure) in try inner.makeFolder(path: path) }
  }
  func openFolder(_ name: String, in folder: Descriptor) throws(SystemFailure) -> Descriptor {
    try pass(.look) { () throws(SystemFailure) in try inner.openFolder(name, in: folder) }
  }
  func makeFolder(_ name: String, in folder: Descriptor) throws(SystemFailure) {
    try pass(.create) { () throws(SystemFailure) in try inner.makeFolder(name, in: folder) }
  }
  func open(_ name: String, in folder: Descriptor, _ mode: OpenMode) throws(SystemFailure) -> Descriptor {
    let kind: Kind =
      switch mode {
      case .read, .update: .look
      case .createNew, .createIfMissing: .create
      }
    return try pass(kind) { () throws(SystemFailure) in try inner.open(name, in: folder, mode) }
  }
  func read(
    _ file: Descriptor, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(SystemFailure) -> Int {
    switch try course(.read) {
    case .half where buffer.count > 1:
      return try inner.read(
        file, at: offset, into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<(buffer.count / 2)]))
    case .after: throw SystemFailure(errno: EIO)
    default: return try inner.read(file, at: offset, into: buffer)
    }
  }
  func write(
    _ bytes: UnsafeRawBufferPointer, to file: Descriptor, at offset: Int
  ) throws(SystemFailure) -> Int {
    let course = try course(.write)
    let count = course == .half ? max(1, bytes.count / 2) : course == .allButOne ? bytes.count - 1 : bytes.count
    var written = 0
    while written < count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[written..<count])
      written += try inner.write(rest, to: file, at: offset + written)
    }
    if course == .after || (course != .pass && fault != .short) { throw SystemFailure(errno: EIO) }
    return count
  }
  func syncData(_ file: Descriptor) throws(SystemFailure) {
    try pass(.sync) { () throws(SystemFailure) in try inner.syncData(file) }
  }
  func sync(_ file: Descriptor) throws(SystemFailure) {
    try pass(.sync) { () throws(SystemFailure) in try inner.sync(file) }
  }
  func syncFolder(_ folder: Descriptor) throws(SystemFailure) {
    try pass(.sync) { () throws(SystemFailure) in try inner.syncFolder(folder) }
  }
  func truncate(_ file: Descriptor, to size: Int) throws(SystemFailure) {
    try pass(.change) { () throws(SystemFailure) in try inner.truncate(file, to: size) }
  }
  func rename(_ name: String, to newName: String, in folder: Descriptor) throws(SystemFailure) {
    try pass(.change) { () throws(SystemFailure) in try inner.rename(name, to: newName, in: folder) }
  }
  func remove(_ name: String, in folder: Descriptor) throws(SystemFailure) {
    try pass(.change) { () throws(SystemFailure) in try inner.remove(name, in: folder) }
  }
  func removeFolder(_ name: String, in folder: Descriptor) throws(SystemFailure) {
    try pass(.change) { () throws(SystemFailure) in try inner.removeFolder(name, in: folder) }
  }
  func list(_ folder: Descriptor) throws(SystemFailure) -> [Entry] {
    try pass(.look) { () throws(SystemFailure) in try inner.list(folder) }
  }
  func status(_ file: Descriptor) throws(SystemFailure) -> FileStatus {
    try pass(.look) { () throws(SystemFailure) in try inner.status(file) }
  }
  func status(_ path: String, in folder: Descriptor) throws(SystemFailure) -> FileStatus {
    try pass(.look) { () throws(SystemFailure) in try inner.status(path, in: folder) }
  }
  func lock(_ file: Descriptor) throws(SystemFailure) -> Bool {
    try pass(.lock) { () throws(SystemFailure) in try inner.lock(file) }
  }
  func isLocked(_ file: Descriptor) throws(SystemFailure) -> Bool {
    try pass(.look) { () throws(SystemFailure) in try inner.isLocked(file) }
  }
}
