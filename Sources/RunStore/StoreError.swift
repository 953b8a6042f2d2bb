/// What went wrong in a store: what was being done to which file, what was expected, what was found, what to do next.
public struct StoreError: Error, Equatable, Sendable {
  /// The kind of error; what a program decides by.
  public enum Code: Equatable, Sendable {
    /// The caller's words or values are off.
    case usage
    /// Another process writes this run.
    case busy(pid: Int32, host: String)
    /// A file is not what was written: a checksum, a size or an order does not hold.
    case damaged
    /// There is no such run, checkpoint, table or column.
    case notFound
    /// A reference fits several runs, which are listed.
    case ambiguous([String])
    /// A file or folder cannot be made.
    case cannotCreate(errno: Int32)
    /// The system refused to read or write.
    case io(errno: Int32)
    /// No space is left, or a quota is used up.
    case diskFull
    /// The file system or the permissions allow no writing.
    case readOnly
    /// A value computed again has other bits than the recorded one.
    case differs(Difference)
    /// The file was written by a newer version than this one knows.
    case newerSchema(found: Int, known: Int)
    /// This writer has stopped after an earlier error and writes nothing any more.
    case stopped
  }

  /// Where a value computed again differs from the recorded one.
  public struct Difference: Equatable, Sendable {
    /// The record, counted from 1; for a checkpoint, the iteration it was made after.
    public var iteration: Int
    /// The table's name, or "checkpoint".
    public var table: String
    /// The column's name, or the array's.
    public var column: String
    /// The row inside the record, or the element inside the array, counted from 0.
    public var row: Int

    /// A place.
    public init(iteration: Int, table: String, column: String, row: Int) {
      self.iteration = iteration
      self.table = table
      self.column = column
      self.row = row
    }
  }

  /// The kind of error.
  public var code: Code
  /// What was being done: "committing iteration 12".
  public var doing: String
  /// The path of the file or folder, or the run's id.
  public var file: String
  /// The dataset or table inside the file.
  public var dataset: String?
  /// The byte at which the file stops being right.
  public var offset: Int?
  /// What should have been there.
  public var expected: String?
  /// What was there.
  public var found: String?
  /// What the system or the HDF5 library said.
  public var underlying: String?
  /// What to do next.
  public var advice: String?

  /// An error with all that is known about it.
  public init(
    _ code: Code, doing: String, file: String, dataset: String? = nil, offset: Int? = nil, expected: String? = nil,
    found: String? = nil, underlying: String? = nil, advice: String? = nil
  ) {
    self.code = code
    self.doing = doing
    self.file = file
    self.dataset = dataset
    self.offset = offset
    self.expected = expected
    self.found = found
    self.underlying = underlying
    self.advice = advice
  }
}

extension StoreError.Code {
  /// The kind in words.
  var words: String {
    switch self {
    case .usage: "not possible"
    case .busy(let pid, let host): "process \(pid) on \(host) is writing this run"
    case .damaged: "damaged"
    case .notFound: "not found"
    case .ambiguous(let candidates): "fits several runs: " + candidates.joined(separator: ", ")
    case .cannotCreate: "cannot be created"
    case .io: "input or output failed"
    case .diskFull: "the disk is full"
    case .readOnly: "may not be written"
    case .differs(let difference):
      "iteration \(difference.iteration), \(difference.table)/\(difference.column), row \(difference.row)"
        + " has other bits than recorded"
    case .newerSchema(let found, let known): "written by version \(found) of the format, this is version \(known)"
    case .stopped: "this writer has stopped"
    }
  }
}

extension StoreError: CustomStringConvertible {
  /// One line: what, where, and what to do next.
  public var description: String {
    var line = "\(doing): \(file)"
    if let dataset { line += ", \(dataset)" }
    if let offset { line += ", at byte \(offset)" }
    line += ": \(code.words)"
    if let expected, let found {
      line += "; expected \(expected), found \(found)"
    } else if let expected {
      line += "; expected \(expected)"
    } else if let found {
      line += "; found \(found)"
    }
    if let underlying { line += " (\(underlying))" }
    if let advice { line += "; \(advice)" }
    return line
  }
}
