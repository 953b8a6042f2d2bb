internal import RunSchema
package import RunStore

/// A run that is computed again, iteration by iteration, from a state of its own. What does so knows learning; this module
/// does not.
package protocol Recomputation {
  /// Outer iterations done.
  var iteration: Int { get }
  /// The whole state after them.
  var state: NamedArrays { get }
  /// Computes the next iteration and gives the record that comes out, which need not be the recorded one.
  mutating func advance() throws -> Record
}

/// Where two runs part, found by computing them again from the last state that both have.
///
/// From checkpoints one knows between which two iterations their states part; from there each is computed again, and after
/// every iteration records and states are held against each other and against what was recorded. Runs that are the same
/// but for what changes no bit are one computation.
package struct Parting: Sendable {
  /// Something recorded that is not what comes out.
  package struct Departure: Sendable {
    package let isFirst: Bool
    package let iteration: Int
    /// Recorded against computed; nil where the record is as computed and the stored state is not.
    package let record: RecordDifference?
    /// Of the stored state: recorded against computed. Empty where its file cannot be read.
    package let tensors: [TensorDifference]
    /// Whether what was recorded next is as computed: then this was changed afterwards. Nil where nothing follows.
    package let isAlone: Bool?
  }

  /// The outer iteration of the state it was computed from, and iterations computed.
  package let origin: Int
  package let computed: Int
  /// The first that tells the two apart: what comes out of them, or what one recorded.
  package let iteration: Int
  /// How the records differ that come out; nil where they are the same.
  package let record: RecordDifference?
  /// How the states differ that come out.
  package let tensors: [TensorDifference]
  package let departures: [Departure]
}

extension Parting {
  /// - Parameters:
  ///   - recompute: gives a run computed up to an outer iteration.
  ///   - observe: called after each iteration with how many of how many are done.
  /// - Returns: nil where nothing that both recorded differs, or they share no state from which to compute.
  package static func find(
    _ diff: RunDiff, recompute: (ComparedRun, _ iteration: Int) throws -> any Recomputation,
    observe: (Int, Int) -> Void
  ) throws -> Parting? {
    guard let end = [diff.record?.iteration, diff.checkpoint?.iteration].compactMap({ $0 }).min(),
      let origin = origin(of: diff, before: end)
    else { return nil }
    var left = try recompute(diff.left, origin)
    var right = diff.isOneExperiment ? nil : try recompute(diff.right, origin)
    if let right, right.state.digest != left.state.digest {
      return Parting(
        origin: origin, computed: 0, iteration: origin, record: nil,
        tensors: TensorDifference.all(left.state, right.state), departures: [])
    }
    for iteration in origin + 1...end {
      let mine = try left.advance()
      let theirs = try right?.advance() ?? mine
      observe(iteration - origin, end - origin)
      var departures = [try departure(of: diff.left, isFirst: true, mine, left)]
      departures.append(try departure(of: diff.right, isFirst: false, theirs, right ?? left))
      let record = right == nil ? nil : RecordDifference(mine, theirs, at: iteration, in: diff.left.run.tables)
      let tensors = right.map { TensorDifference.all(left.state, $0.state) } ?? []
      let found = departures.compactMap { $0 }
      if record != nil || !tensors.isEmpty || !found.isEmpty {
        return Parting(
          origin: origin, computed: iteration - origin, iteration: iteration, record: record, tensors: tensors,
          departures: found)
      }
    }
    return nil
  }

  /// The last outer iteration before another after which both have the same state.
  private static func origin(of diff: RunDiff, before end: Int) -> Int? {
    for (iteration, a, b) in CheckpointDifference.common(diff.left, diff.right).reversed()
    where iteration < end && a.contents == b.contents { return iteration }
    let first = max(diff.left.firstIteration, diff.right.firstIteration)
    return diff.start.isEmpty && first < end ? first : nil
  }

  /// What a run recorded of an iteration, against the record and the state that came out.
  private static func departure(
    of run: ComparedRun, isFirst: Bool, _ computed: Record, _ recomputation: any Recomputation
  ) throws -> Departure? {
    let iteration = recomputation.iteration
    let record = try run.record(of: iteration).flatMap {
      RecordDifference($0, computed, at: iteration, in: run.run.tables)
    }
    let entry = run.checkpoints.first { run.firstIteration + $0.iteration == iteration }
    let isStateKept = entry.map { $0.contents == recomputation.state.digest }
    guard record != nil || isStateKept == false else { return nil }
    let tensors =
      try isStateKept == false
      ? entry.flatMap { try run.storedState($0) }.map { TensorDifference.all($0, recomputation.state) } ?? [] : []
    var next = recomputation
    let follows = try run.record(of: iteration + 1).map { recorded in
      RecordDifference(recorded, try next.advance(), at: iteration + 1, in: run.run.tables) == nil
    }
    return Departure(
      isFirst: isFirst, iteration: iteration, record: record, tensors: tensors,
      isAlone: follows ?? (isStateKept == true ? true : nil))
  }
}

extension ComparedRun {
  /// What was recorded of an outer iteration; nil where nothing was.
  fileprivate func record(of iteration: Int) throws -> Record? {
    guard (firstIteration + 1..<lastIteration + 1).contains(iteration) else { return nil }
    let position = iteration - firstIteration
    return try run.records(position..<position + 1).first
  }

  /// Nil where the file is not what was written.
  func storedState(_ entry: CheckpointEntry) throws -> NamedArrays? {
    do {
      return try run.loadCheckpoint(entry)
    } catch let error as StoreError where error.code == .damaged || error.code == .notFound {
      return nil
    }
  }
}

// In words.
extension Parting {
  /// A line each, under what the records alone say.
  func findings(_ diff: RunDiff) -> [(label: String, words: String)] {
    var lines = [("computed again", scope)]
    if let record {
      lines.append(("they part", "in outer iteration \(iteration), \(record.place): \(record.values.words)"))
    } else if let tensor = tensors.first(where: { $0.name != "outer_iteration" }) ?? tensors.first {
      let place = computed == 0 ? "they start from" : "after outer iteration \(iteration), the records being the same:"
      lines.append(("they part", "\(place) states that differ in \(tensors.count) arrays; \(RunDiff.words(tensor))"))
    }
    for run in [diff.left, diff.right] {
      let isFirst = run.id == diff.left.id
      let departure = departures.first { $0.isFirst == isFirst }
      lines.append((run.label, departure?.words ?? "what it recorded there is what comes out"))
    }
    return lines
  }

  private var scope: String {
    if computed == 0 { return "nothing: they have no state in common" }
    let iterations = computed == 1 ? "outer iteration \(iteration)" : "outer iterations \(origin + 1) to \(iteration)"
    return iterations + (origin == 0 ? ", from the start" : ", from the state after \(origin) that both have")
  }

  var json: JSONValue {
    [
      "from_iteration": .integer(origin), "iterations_computed": .integer(computed), "iteration": .integer(iteration),
      "record": record?.json ?? .null, "tensors": .array(tensors.map(\.json)),
      "departures": .array(
        departures.map { departure in
          [
            "run": .integer(departure.isFirst ? 0 : 1), "iteration": .integer(departure.iteration),
            "record": departure.record?.json ?? .null, "tensors": .array(departure.tensors.map(\.json)),
            "what_follows_is_as_computed": departure.isAlone.map { .bool($0) } ?? .null,
            "words": .text(departure.words),
          ]
        }),
    ]
  }
}

extension Parting.Departure {
  var place: String {
    if let record { return "the record of outer iteration \(iteration), \(record.place)" }
    return "the state stored after outer iteration \(iteration)"
  }

  var words: String {
    var words: String
    if let record {
      words =
        "outer iteration \(iteration), \(record.place): recorded \(record.values.left), computed"
        + " \(record.values.right)" + (record.values.ulps.map { " (\($0) ULP)" } ?? "")
    } else if let tensor = tensors.first {
      words = "the state stored after outer iteration \(iteration) is not what comes out: \(RunDiff.words(tensor))"
    } else {
      words =
        "the state stored after outer iteration \(iteration) has another digest than what comes out, and its file"
        + " cannot be read"
    }
    switch isAlone {
    case true?: words += "; what follows is as computed"
    case false?: words += "; so is what follows"
    case nil: words += "; nothing follows that could tell more"
    }
    return words
  }
}
