// What happened to a run besides its records.

/// How a run ended, or that it goes on.
public enum RunStatus: Equatable, Sendable {
  /// A process has its lock.
  case running(pid: Int32, host: String)
  /// It reached its end.
  case finished
  /// It was stopped on purpose and can be resumed.
  case interrupted
  /// It stopped because of an error, told in the message.
  case failed(String)
  /// Nobody has its lock, and no end was written: its process was killed, or the machine stopped.
  case died
}

/// An entry in a run's history: who did what to it, when and where. Decides nothing and is in no digest.
public struct RunEvent: Equatable, Sendable {
  /// What happened.
  public enum Kind: String, Sendable, CaseIterable {
    /// The run was made.
    case created
    /// A process went on with it.
    case resumed
    /// It reached its end.
    case finished
    /// It was stopped on purpose.
    case interrupted
    /// It stopped because of an error.
    case failed
  }

  /// What happened.
  public var kind: Kind
  /// The number of records then.
  public var recordCount: Int
  /// For a resumption: the iteration of the checkpoint it went on from; -1 when it began anew. Else -1.
  public var checkpoint: Int
  /// Seconds since 1970, UTC, as the writer's clock said.
  public var secondsSince1970: Double
  /// The writer's host.
  public var host: String
  /// The writer's process.
  public var pid: Int32
  /// The error's words for a failure; for a resumption the client's note; else empty.
  public var message: String

  init(
    _ kind: Kind, recordCount: Int, checkpoint: Int = -1, message: String = "", in environment: StoreEnvironment
  ) {
    self.kind = kind
    self.recordCount = recordCount
    self.checkpoint = checkpoint
    secondsSince1970 = environment.secondsSince1970()
    host = environment.host
    pid = environment.pid
    self.message = message
  }

  init(
    kind: Kind, recordCount: Int, checkpoint: Int, secondsSince1970: Double, host: String, pid: Int32, message: String
  ) {
    self.kind = kind
    self.recordCount = recordCount
    self.checkpoint = checkpoint
    self.secondsSince1970 = secondsSince1970
    self.host = host
    self.pid = pid
    self.message = message
  }
}

extension RunEvent {
  init(_ reader: inout ByteReader) throws {
    guard let kind = Kind(rawValue: try reader.text()) else { throw ByteReader.Malformed() }
    self.kind = kind
    recordCount = try reader.int()
    checkpoint = Int(try reader.number(Int64.self))
    secondsSince1970 = try reader.double()
    host = try reader.text()
    pid = try reader.number()
    message = try reader.text()
  }

  func append(to writer: inout ByteWriter) {
    writer.append(kind.rawValue)
    writer.append(UInt64(recordCount))
    writer.append(Int64(checkpoint))
    writer.append(secondsSince1970)
    writer.append(host)
    writer.append(pid)
    writer.append(message)
  }

  /// The status a run has after this event when nobody has its lock.
  var statusAtRest: RunStatus {
    switch kind {
    case .created, .resumed: .died
    case .finished: .finished
    case .interrupted: .interrupted
    case .failed: .failed(message)
    }
  }
}

/// A checkpoint as the journal or run.h5 names it.
public struct CheckpointEntry: Hashable, Sendable {
  /// The iteration it was made after; 0 before the first.
  public var iteration: Int
  /// The file's name in the run's folder `checkpoints`.
  public var name: String
  /// The file's size.
  public var bytes: Int
  /// The file's SHA-256.
  public var sha256: Digest
  /// The digest of the arrays in it, which does not depend on how HDF5 lays them out.
  public var contents: Digest

  static func name(after iteration: Int) -> String {
    let digits = String(iteration)
    return String(repeating: "0", count: max(0, 9 - digits.count)) + digits + ".h5"
  }
}
