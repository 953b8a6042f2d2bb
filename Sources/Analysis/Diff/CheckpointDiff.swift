package import RunSchema
package import RunStore

/// The whole state of a run after an outer iteration, or what a checkpoint file holds.
package struct ComparedState: Sendable {
  /// Nil for a file that lies in no run.
  package let run: ComparedRun?
  package let iteration: Int
  package let label: String
  package let arrays: NamedArrays
  package let contents: Digest
  /// How it was come by: "stored", "computed from the state after 96".
  package let source: String

  package init(_ run: ComparedRun?, after iteration: Int, label: String, _ arrays: NamedArrays, source: String) {
    self.run = run
    self.iteration = iteration
    self.label = label
    self.arrays = arrays
    self.source = source
    contents = arrays.digest
  }

  /// The checkpoint that a run stores after an outer iteration; nil where it stores none.
  package init?(_ run: ComparedRun, storedAfter iteration: Int) throws {
    guard let entry = run.checkpoints.first(where: { run.firstIteration + $0.iteration == iteration }) else {
      return nil
    }
    self.init(
      run, after: iteration, label: "\(run.label)@\(iteration)", try run.run.loadCheckpoint(entry), source: "stored")
  }

  /// For the comment of a table.
  package var provenance: String { "\(label): state_sha256 \(contents.hex), \(source)" }

  var json: JSONValue {
    [
      "run": run.map { .text($0.id.text) } ?? .null, "iteration": .integer(iteration),
      "contents_sha256": .text(contents.hex), "name": run?.labels.name.map { .text($0) } ?? .null,
      "label": .text(label), "source": .text(source),
    ]
  }
}

/// Whether two states are the same bits, and where they are not.
package struct CheckpointDiff: Sendable {
  package let left: ComparedState
  package let right: ComparedState
  package let tensors: [TensorDifference]

  package init(_ left: ComparedState, _ right: ComparedState) {
    self.left = left
    self.right = right
    tensors = left.contents == right.contents ? [] : TensorDifference.all(left.arrays, right.arrays)
  }

  /// Whether all arrays have the same bits.
  package var isSame: Bool { left.contents == right.contents }

  package var verdict: String {
    if isSame { return "\(left.label) and \(right.label): same bits (SHA-256 of all arrays \(left.contents))" }
    return "\(left.label) and \(right.label): different bits in \(tensors.count) arrays"
  }

  package var findings: [(label: String, words: String)] {
    var lines: [(String, String)] = []
    if let first = tensors.first(where: { $0.name != "outer_iteration" }) ?? tensors.first {
      lines.append(("first difference", RunDiff.words(first)))
    }
    for state in [left, right] where state.source != "stored" { lines.append((state.label, state.source)) }
    if isSame { return lines }
    if left.iteration != right.iteration {
      lines.append(
        ("cause", "they are states after different outer iterations: \(left.iteration) / \(right.iteration)"))
    } else if let run = left.run, let other = right.run, run.id != other.id {
      let cause = Cause(run, other)
      lines.append(("cause", cause.words(run, other)))
      if cause == .brokenPromise { lines.append(("", "runs diff \(run.label) \(other.label) says where they part")) }
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
