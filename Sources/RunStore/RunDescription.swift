// Who a run is: written once, before its first record, and never changed.

/// When a committed record is brought to the disk.
public enum Durability: Hashable, Sendable {
  /// Before `commit` returns: nothing acknowledged is lost, whatever happens.
  case each
  /// At most this many seconds later: a power cut takes what was committed since; the end of the process takes nothing.
  case interval(seconds: Double)
  /// When the system likes; checkpoints and the end of a run are still brought to the disk.
  case none
}

/// A checkpoint of another run that a run started from.
public struct Lineage: Hashable, Sendable {
  /// The other run.
  public var run: String
  /// The iteration its checkpoint was made after.
  public var iteration: Int
  /// The digest of the arrays in that checkpoint.
  public var contents: Digest

  /// A checkpoint of another run.
  public init(run: String, iteration: Int, contents: Digest) {
    self.run = run
    self.iteration = iteration
    self.contents = contents
  }
}

/// What a run is before anything happens in it.
public struct RunDescription: Equatable, Sendable {
  /// The name of the client's schema: what the identity and the tables mean.
  public var format: String
  /// The version of the client's schema.
  public var formatVersion: Int
  /// Everything that says what the run is: settings, seeds, versions, initial values. Written once.
  public var identity: NamedArrays
  /// The tables that each record adds rows to.
  public var tables: [TableSchema]
  /// When records are brought to the disk.
  public var durability: Durability
  /// The checkpoints of other runs that this one started from; they are pinned there.
  public var lineage: [Lineage]

  /// A description.
  public init(
    format: String, formatVersion: Int, identity: NamedArrays, tables: [TableSchema], durability: Durability = .each,
    lineage: [Lineage] = []
  ) {
    self.format = format
    self.formatVersion = formatVersion
    self.identity = identity
    self.tables = tables
    self.durability = durability
    self.lineage = lineage
  }

  /// What is wrong with it; nil when nothing is.
  var problem: String? {
    if format.isEmpty || format.utf8.contains(0) { return "a format without a name" }
    if let array = identity.arrays.first(where: { $0.values.holdsNUL }) { return "\(array.name): a text with a NUL" }
    if case .interval(let seconds) = durability, !(seconds >= 0) { return "an interval of \(seconds) s" }
    return TableSchema.problem(in: tables)
  }
}
