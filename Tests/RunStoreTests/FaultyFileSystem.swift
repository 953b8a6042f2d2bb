// A file system whose n-th operation fails, in every way an operation can.

import Glibc
import RunStore
import Synchronization
import Testing

/// How an operation fails.
enum Fault: Hashable, Sendable {
  /// The process is gone before the operation, or after it.
  case killedBefore, killedAfter
  /// The process is gone when a part of a write is done.
  case tornAtHalf, tornBeforeLastByte
  /// A part is read or written, and the system says so.
  case short
  /// A sync fails, and the system takes the bytes for clean: a later one says yes and brings none of them to the disk.
  case syncForgets
  /// The system says no, for once or from then on.
  case refused(Refusal, Spell)

  enum Refusal: String, CaseIterable { case EINTR, EIO, ENOSPC, EDQUOT, EROFS, ESTALE }
  enum Spell: String, CaseIterable { case once, fromThenOn }
}

extension Fault: CaseIterable, CustomTestStringConvertible {
  static var allCases: [Fault] {
    [.killedBefore, .killedAfter, .tornAtHalf, .tornBeforeLastByte, .short, .syncForgets]
      + Refusal.allCases.flatMap { refusal in Spell.allCases.map { .refused(refusal, $0) } }
  }

  var testDescription: String {
    if case .refused(let refusal, let spell) = self { return "\(refusal.rawValue) \(spell.rawValue)" }
    return "\(self)"
  }

  /// Whether it can befall an operation of this kind.
  func fits(_ kind: Operation.Kind) -> Bool {
    switch self {
    case .killedBefore, .killedAfter: kind != .look
    case .tornAtHalf, .tornBeforeLastByte: kind == .write
    case .short: kind == .write || kind == .read
    case .syncForgets: kind == .sync
    case .refused(.EINTR, _), .refused(.EIO, _), .refused(.ESTALE, _): true
    case .refused(.ENOSPC, _), .refused(.EDQUOT, _): kind == .write || kind == .create || kind == .sync
    case .refused(.EROFS, _): kind != .look && kind != .read
    }
  }
}

extension Fault.Refusal {
  var number: Int32 {
    switch self {
    case .EINTR: Glibc.EINTR
    case .EIO: Glibc.EIO
    case .ENOSPC: Glibc.ENOSPC
    case .EDQUOT: Glibc.EDQUOT
    case .EROFS: Glibc.EROFS
    case .ESTALE: Glibc.ESTALE
    }
  }
}

/// Counts the operations that go through it, notes them, and has one of them fail.
final class FaultyFileSystem: ForwardingFileSystem {
  private struct State {
    var operations: [Operation] = []
    var isDead = false
  }

  let inner: MemoryFileSystem
  private let place: Int?
  private let fault: Fault
  private let state = Mutex(State())

  /// Passes everything on and counts.
  convenience init(counting inner: MemoryFileSystem) { self.init(inner, failing: nil, .killedBefore) }

  /// Has the operation at a place, counted from 0, fail.
  init(_ inner: MemoryFileSystem, failing place: Int?, _ fault: Fault) {
    self.inner = inner
    self.place = place
    self.fault = fault
  }

  /// The operations so far.
  var operations: [Operation] { state.withLock { $0.operations } }
  /// Their kinds.
  var kinds: [Operation.Kind] { operations.map(\.kind) }

  private enum Course { case pass, half, allButOne, after, forgets }

  /// Decides what becomes of the next operation.
  private func course(_ operation: Operation) throws(SystemFailure) -> Course {
    let result: Result<Course, SystemFailure> = state.withLock { state in
      let index = state.operations.count
      state.operations.append(operation)
      if state.isDead { return .failure(SystemFailure(errno: EIO)) }
      guard let place, index >= place else { return .success(.pass) }
      return outcome(operation.kind, isFirst: index == place, &state)
    }
    return try result.get()
  }

  private func outcome(
    _ kind: Operation.Kind, isFirst: Bool, _ state: inout State
  ) -> Result<Course, SystemFailure> {
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
    case .syncForgets where isFirst && fits: return .success(.forgets)
    case .refused(let refusal, let spell) where fits && (isFirst || spell == .fromThenOn):
      return .failure(SystemFailure(errno: refusal.number))
    default: return .success(.pass)
    }
  }

  func around<Result>(
    _ operation: Operation, _ body: () throws(SystemFailure) -> Result
  ) throws(SystemFailure) -> Result {
    let course = try course(operation)
    let result = try body()
    if course == .after { throw SystemFailure(errno: EIO) }
    return result
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

  func syncData(_ file: Descriptor) throws(SystemFailure) { try sync(file, as: .syncData) }

  func sync(_ file: Descriptor) throws(SystemFailure) { try sync(file, as: .sync) }

  private func sync(_ file: Descriptor, as operation: Operation) throws(SystemFailure) {
    let course = try course(operation)
    if course == .forgets {
      try inner.forgetUnsynced(file)
      throw SystemFailure(errno: EIO)
    }
    try inner.sync(file)
    if course == .after { throw SystemFailure(errno: EIO) }
  }

  func syncFolder(_ folder: Descriptor) throws(SystemFailure) {
    let course = try course(.syncFolder)
    if course == .forgets { throw SystemFailure(errno: EIO) }
    try inner.syncFolder(folder)
    if course == .after { throw SystemFailure(errno: EIO) }
  }
}

/// A disk that fills up and is cleared: writes then get half of their bytes down.
final class FullDisk: ForwardingFileSystem {
  let inner: MemoryFileSystem
  private let isFull = Mutex(false)

  init(_ inner: MemoryFileSystem) { self.inner = inner }

  func fill() { isFull.withLock { $0 = true } }
  func clear() { isFull.withLock { $0 = false } }

  func write(_ bytes: UnsafeRawBufferPointer, to file: Descriptor, at offset: Int) throws(SystemFailure) -> Int {
    guard isFull.withLock({ $0 }) else { return try inner.write(bytes, to: file, at: offset) }
    guard bytes.count > 32 else { throw SystemFailure(errno: ENOSPC) }
    return try inner.write(UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count / 2)]), to: file, at: offset)
  }
}
