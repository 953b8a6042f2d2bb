// One writer a run.

/// Who writes a run, as its lock file says.
struct LockHolder: Equatable {
  var host: String
  var pid: Int32
  var secondsSince1970: Double

  static let fileName = "lock"

  /// A line of host, process and start time.
  var line: String { "\(host) \(pid) \(secondsSince1970)\n" }

  /// What the file says; it is only for messages, so a half-written one is "unknown" and no error.
  init(line: [UInt8]) {
    let parts = String(decoding: line.prefix(512), as: UTF8.self).split(whereSeparator: \.isWhitespace)
    host = parts.count == 3 ? String(parts[0]) : "unknown"
    pid = parts.count == 3 ? Int32(parts[1]) ?? 0 : 0
    secondsSince1970 = parts.count == 3 ? Double(parts[2]) ?? 0 : 0
  }

  init(_ environment: StoreEnvironment) {
    host = environment.host
    pid = environment.pid
    secondsSince1970 = environment.secondsSince1970()
  }

  /// Who has the lock of a run's folder now; nil when nobody has. Takes nothing.
  static func current(in folder: Folder, doing: String) throws -> LockHolder? {
    guard let file = try folder.openIfPresent(fileName, doing: doing), try file.isLocked(doing: doing) else {
      return nil
    }
    return LockHolder(line: try file.readAvailable(0..<512, doing: doing))
  }
}

/// A run's lock, held until the last reference goes. The file is never removed: the name may be another's by then.
struct RunLock {
  private let file: OpenFile

  /// Takes the lock, or says who has it.
  init(_ folder: Folder, _ environment: StoreEnvironment, doing: String) throws {
    file = try folder.open(LockHolder.fileName, .createIfMissing, doing: doing)
    guard try Self.take(file, doing: doing) else {
      let holder = LockHolder(line: try file.readAvailable(0..<512, doing: doing))
      throw StoreError(
        .busy(pid: holder.pid, host: holder.host), doing: doing, file: file.path,
        advice: "wait for it, or end that process")
    }
    try file.truncate(to: 0, doing: doing)
    try file.write(Array(LockHolder(environment).line.utf8), at: 0, doing: doing)
  }

  /// A file system that refuses locks is no place for a run.
  private static func take(_ file: OpenFile, doing: String) throws -> Bool {
    do {
      return try file.lock(doing: doing)
    } catch var error as StoreError {
      error.expected = "a lock"
      error.advice = "this file system may keep no locks; put the store on a local disk and copy runs from there"
      throw error
    }
  }
}

extension Folder {
  /// Does something while no other process does such a thing in this folder. Tries for ten seconds.
  func exclusively<Result>(doing: String, _ body: () throws -> Result) throws -> Result {
    // A descriptor of its own: the lock goes with it.
    let own = try OpenFile(system: system, descriptor: reopened(doing: doing), path: path)
    for _ in 0..<1_000 {
      if try own.lock(doing: doing) { return try withExtendedLifetime(own.descriptor) { try body() } }
      pauseForTenMilliseconds()
    }
    throw StoreError(
      .busy(pid: 0, host: "this machine"), doing: doing, file: path,
      advice: "another process has held this folder for ten seconds; find and end it")
  }

  private func reopened(doing: String) throws -> Descriptor {
    try attempt(doing, path) { () throws(SystemFailure) in try system.openFolder(".", in: descriptor) }
  }
}
