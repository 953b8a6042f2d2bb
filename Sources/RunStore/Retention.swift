// Which checkpoints are kept: the union of rules, and why.

/// Rules for keeping checkpoints. One is kept when any rule keeps it; the newest two always are.
public struct Retention: Equatable, Sendable {
  /// How many of the newest are kept; nil for all.
  public var last: Int?
  /// Keeps those whose iteration is a multiple of this.
  public var every: Int?
  /// How many of those with the lowest scores are kept.
  public var best: Int

  /// Rules.
  public init(last: Int?, every: Int? = nil, best: Int = 0) {
    self.last = last
    self.every = every
    self.best = best
  }

  /// Keeps all.
  public static let all = Retention(last: nil)

  /// Rules as people write them: "last=3,every=1000,best=1"; nil for other words.
  public init?(_ text: String) {
    self.init(last: 2)
    for part in text.split(separator: ",") {
      let words = part.split(separator: "=", maxSplits: 1)
      guard words.count == 2, let number = Int(words[1]), number > 0 else { return nil }
      switch words[0] {
      case "last": last = number
      case "every": every = number
      case "best": best = number
      default: return nil
      }
    }
  }
}

/// What becomes of a checkpoint, and why.
public struct RetentionVerdict: Equatable, Sendable {
  /// The checkpoint.
  public var checkpoint: CheckpointEntry
  /// Why it is kept; empty when it goes.
  public var reasons: [String]
  /// Whether it is kept.
  public var isKept: Bool { !reasons.isEmpty }
}

extension Retention {
  /// What becomes of each checkpoint, oldest first. `pinned` are iterations that other runs or people need; `scores`
  /// are by iteration, the lowest best, NaN never.
  public func plan(
    _ checkpoints: [CheckpointEntry], pinned: Set<Int> = [], scores: [Int: Double] = [:]
  ) -> [RetentionVerdict] {
    let sorted = checkpoints.sorted { $0.iteration < $1.iteration }
    let ranked = sorted.filter { !(scores[$0.iteration] ?? .nan).isNaN }
      .sorted { (scores[$0.iteration]!, $0.iteration) < (scores[$1.iteration]!, $1.iteration) }
    let bestOnes = Set(ranked.prefix(best).map(\.iteration))
    return sorted.enumerated().map { index, entry in
      var reasons: [String] = []
      let age = sorted.count - index
      if let last {
        if age <= max(2, last) { reasons.append("one of the last \(max(2, last))") }
      } else {
        reasons.append("all are kept")
      }
      if let every, entry.iteration % every == 0 { reasons.append("a multiple of \(every)") }
      if bestOnes.contains(entry.iteration) { reasons.append("one of the best \(best)") }
      if pinned.contains(entry.iteration) { reasons.append("pinned") }
      return RetentionVerdict(checkpoint: entry, reasons: reasons)
    }
  }
}

extension Store {
  /// What rules would keep of a run's checkpoints, and why.
  public func retentionPlan(
    of id: RunID, _ retention: Retention, scores: [Int: Double] = [:]
  ) throws -> [RetentionVerdict] {
    let run = try run(id)
    return retention.plan(run.checkpoints, pinned: Set(try labels(of: id).pinned), scores: scores)
  }

  /// Removes the checkpoints of a run at rest that rules do not keep, and returns the plan it followed.
  ///
  /// Throws `busy` when a process writes the run; its own rules decide then.
  public func removeCheckpoints(
    of id: RunID, notKeptBy retention: Retention, scores: [Int: Double] = [:]
  ) throws -> [RetentionVerdict] {
    let doing = "removing checkpoints of run \(id)"
    let folder = try folder(of: id, doing: doing)
    let lock = try RunLock(folder, environment, doing: doing)
    let labels = try Labels.read(in: folder, doing: doing)
    let contents = try RunContents(recovering: folder, id: id, doing: doing)
    let plan = retention.plan(contents.checkpoints, pinned: Set(labels.pinned), scores: scores)
    let going = plan.filter { !$0.isKept }.map(\.checkpoint)
    guard !going.isEmpty else { return plan }
    let nothing = Resumption(
      checkpoint: nil, state: nil, recordCount: contents.recordCount, damagedCheckpoints: [], tornBytes: 0,
      previousStatus: nil)
    let writer = try RunWriter(opening: id, contents, nothing, in: folder, lock: lock, environment, doing: doing)
    try writer.drop(going, doing: doing)
    if contents.header.isSealed { try writer.seal(doing: doing) }
    return plan
  }
}
