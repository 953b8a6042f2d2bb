package import RunSchema
package import RunStore

/// A stored state of a run.
package struct StoredState: Sendable {
  package let run: ComparedRun
  package let entry: CheckpointEntry

  package var iteration: Int { run.firstIteration + entry.iteration }
  package var label: String { "\(run.label)@\(iteration)" }

  /// The checkpoint after an outer iteration, or the last.
  /// - Throws: AnalysisError where there is none, with those that there are.
  package init(_ run: ComparedRun, after iteration: Int?) throws(AnalysisError) {
    let entry =
      iteration.map { iteration in
        run.run.checkpoints.first { run.firstIteration + $0.iteration == iteration }
      } ?? run.run.checkpoints.last
    guard let entry else {
      let known = run.run.checkpoints.map { "\(run.firstIteration + $0.iteration)" }
      throw AnalysisError(
        .notFound, doing: "looking for \(run.label)@\(iteration.map(String.init) ?? "last")",
        problem: "the run stores no state after that outer iteration",
        advice: known.isEmpty ? "it has no checkpoints" : "it stores \(known.suffix(8).joined(separator: ", "))")
    }
    self.run = run
    self.entry = entry
  }

  var json: JSONValue {
    [
      "run": .text(run.id.text), "iteration": .integer(iteration), "contents_sha256": .text(entry.contents.hex),
      "name": run.labels.name.map { .text($0) } ?? .null,
    ]
  }
}

/// Whether two stored states are the same bits, and where they are not.
package struct CheckpointDiff: Sendable {
  package let left: StoredState
  package let right: StoredState
  package let tensors: [TensorDifference]

  package init(_ left: StoredState, _ right: StoredState) throws {
    self.left = left
    self.right = right
    tensors =
      left.entry.contents == right.entry.contents
      ? []
      : TensorDifference.all(try left.run.run.loadCheckpoint(left.entry), try right.run.run.loadCheckpoint(right.entry))
  }

  /// Whether all arrays have the same bits.
  package var isSame: Bool { left.entry.contents == right.entry.contents }

  package var verdict: String {
    if isSame { return "\(left.label) and \(right.label): same bits (SHA-256 of all arrays \(left.entry.contents))" }
    return "\(left.label) and \(right.label): different bits in \(tensors.count) arrays"
  }

  package var findings: [(label: String, words: String)] {
    guard let first = tensors.first(where: { $0.name != "outer_iteration" }) ?? tensors.first else { return [] }
    var lines = [("first difference", RunDiff.words(first))]
    if left.iteration != right.iteration {
      lines.append(
        ("cause", "they are states after different outer iterations: \(left.iteration) / \(right.iteration)"))
    } else if left.run.id != right.run.id {
      lines.append(("cause", Cause(left.run, right.run).words(left.run, right.run)))
    }
    return lines
  }

  package var json: JSONValue {
    [
      "schema": "runs/diff/1", "kind": "checkpoints", "same": .bool(isSame), "verdict": .text(verdict),
      "checkpoints": [left.json, right.json], "tensors": .array(tensors.map(\.json)),
      "findings": .array(findings.map { ["label": .text($0.label), "words": .text($0.words)] }),
    ]
  }
}
