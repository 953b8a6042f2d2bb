// The append-only part of a run: what happened since the last published snapshot.

/// The frames of one journal file, as far as they are whole.
struct JournalScan {
  /// What stands behind the last whole frame.
  enum Tail: Equatable {
    case none
    /// A write that was cut off: never acknowledged.
    case torn(bytes: Int)
    /// Bytes that were once acknowledged and are no longer what they were.
    case damaged(at: Int, String)
  }

  var frames: [Frame] = []
  /// Bytes up to the end of the last whole frame.
  var end = 0
  var tail = Tail.none

  /// Reads frames from the start of a journal until one is not whole, and judges what is behind it.
  init(_ bytes: [UInt8]) {
    while end < bytes.count {
      guard let frame = Frame(in: bytes, at: end) else {
        tail = Self.judge(bytes, at: end, after: frames.last)
        return
      }
      if let problem = Self.problem(of: frame, after: frames.last) {
        tail = .damaged(at: end, problem)
        return
      }
      frames.append(frame)
      end += frame.byteCount
    }
  }

  private static func problem(of frame: Frame, after last: Frame?) -> String? {
    guard let last else { return nil }
    if frame.sequence != last.sequence + 1 {
      return "frame \(frame.sequence) behind frame \(last.sequence)"
    }
    if frame.epoch < last.epoch { return "a frame of epoch \(frame.epoch) behind one of epoch \(last.epoch)" }
    return nil
  }

  /// A bad frame with nothing valid behind it is a torn tail. One whose loss a later frame excludes is damage: the
  /// later frame says that its writer had seen the lost one reach the disk.
  private static func judge(_ bytes: [UInt8], at offset: Int, after last: Frame?) -> Tail {
    let missing = (last?.sequence).map { $0 + 1 }
    var position = offset + 1
    while position + Frame.headerCount <= bytes.count {
      if bytes[position] == UInt8(truncatingIfNeeded: Frame.magic), let later = Frame(in: bytes, at: position) {
        if missing.map({ later.durable >= $0 && later.sequence > $0 }) ?? true {
          return .damaged(at: offset, "no valid frame, but frame \(later.sequence) behind it at byte \(position)")
        }
        position += later.byteCount
      } else {
        position += 1
      }
    }
    if Frame.isOneBitOff(in: bytes, at: offset) {
      return .damaged(at: offset, "a frame in which one bit has turned")
    }
    return .torn(bytes: bytes.count - offset)
  }
}

/// The writing end of a journal.
struct JournalWriter {
  let file: OpenFile
  let epoch: UInt16
  private(set) var end: Int
  private(set) var nextSequence: UInt64
  /// The last sequence known to be on the disk.
  private(set) var durable: UInt64

  /// Goes on behind the last whole frame; all before it is on the disk.
  init(_ file: OpenFile, end: Int, nextSequence: UInt64, epoch: UInt16) {
    self.file = file
    self.end = end
    self.nextSequence = nextSequence
    self.epoch = epoch
    durable = nextSequence - 1
  }

  /// Whether frames were written that may not be on the disk yet.
  var isDirty: Bool { durable + 1 < nextSequence }

  /// Writes a frame at the known end. When that fails the file is cut back to where it was.
  mutating func append(_ kind: Frame.Kind, _ payload: [UInt8], doing: String) throws {
    try checkThatNobodyElseWrites(doing: doing)
    let frame = Frame(kind, epoch: epoch, sequence: nextSequence, durable: durable, payload: payload)
    let bytes = frame.encoded
    do {
      try file.write(bytes, at: end, doing: doing)
    } catch {
      // If this fails too, the rest is a torn tail, which the next writer cuts; the first error is the one to tell.
      do { try file.truncate(to: end, doing: doing) } catch {}
      throw error
    }
    end += bytes.count
    nextSequence += 1
  }

  /// Brings all that was written to the disk. After an error nothing may be written any more.
  mutating func sync(doing: String) throws {
    guard isDirty else { return }
    try file.syncData(doing: doing)
    durable = nextSequence - 1
  }

  /// The fence for file systems whose locks do not hold: a journal that has grown or gone is another's.
  private func checkThatNobodyElseWrites(doing: String) throws {
    let status = try file.status(doing: doing)
    guard status.size == end, status.links > 0 else {
      throw StoreError(
        .stopped, doing: doing, file: file.path, offset: end, expected: "\(end) bytes",
        found: status.links > 0 ? "\(status.size)" : "a removed file",
        advice: "another process has taken over this run; end one of the two")
    }
  }
}
