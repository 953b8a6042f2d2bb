package import RunSchema
internal import RunStore

/// Whether two runs are the same bits as far as both go, and where, by how much and why they part.
package struct RunDiff: Sendable {
  package let left: ComparedRun
  package let right: ComparedRun
  /// Facts that differ, harmless ones too.
  package let facts: [Fact]
  /// Outer iterations that both have records of.
  package let common: Range<Int>
  package let record: RecordDifference?
  /// Outer iterations of the checkpoints that both have.
  package let commonCheckpoints: [Int]
  package let checkpoint: CheckpointDifference?
  /// Where theta_0 differs.
  package let start: [TensorDifference]
  /// Tables that the two do not have in the same form, such as another number of pairs.
  package let tables: [String]
  /// Nil where the bits are the same.
  package private(set) var cause: Cause?
  /// What computing both again came to; nil where nobody did.
  package private(set) var parting: Parting?
  /// Why it was not done where it would have told more.
  package var unexplained: String?

  /// - Throws: StoreError where what is to be compared is damaged.
  package init(_ left: ComparedRun, _ right: ComparedRun) throws {
    self.left = left
    self.right = right
    facts = Fact.Section.allCases.flatMap { section in
      Differences.keys(of: section, in: [left, right]).filter { !Differences.isSame($0, in: [left, right]) }
        .compactMap { left.fact($0) ?? right.fact($0) }
    }
    common = RecordDifference.common(left, right)
    tables = Self.differingTables(left.run, right.run)
    record = try RecordDifference.first(left, right)
    commonCheckpoints = CheckpointDifference.common(left, right).map(\.iteration)
    checkpoint = try CheckpointDifference.first(left, right)
    start = Self.startDifferences(left, right)
    let isSame = record == nil && checkpoint == nil && start.isEmpty && tables.isEmpty
    cause = isSame ? nil : Cause(left, right)
  }

  /// Whether all that both have is the same, bit for bit.
  package var isSame: Bool { cause == nil }

  /// Whether nothing differs that may change a bit, so that both are one computation.
  var isOneExperiment: Bool {
    switch cause {
    case .code, .brokenPromise: start.isEmpty && tables.isEmpty
    default: false
    }
  }

  /// Whether the records do not say it all: the runs should be the same, or their states part before their records do.
  package var isWorthRecomputing: Bool {
    if isOneExperiment { return true }
    guard let checkpoint, start.isEmpty, cause != .numerics else { return false }
    return record.map { checkpoint.iteration < $0.iteration } ?? true
  }

  /// Takes in what computing both again came to: what was changed after it was written is the cause.
  package mutating func explain(_ parting: Parting) {
    self.parting = parting
    guard parting.record == nil, parting.tensors.isEmpty else { return }
    guard let departure = parting.departures.first(where: { $0.isAlone == true }) else { return }
    cause = .damage(
      "\(departure.place), of \(departure.isFirst ? left.label : right.label) was changed after it was written, with"
        + " checksums that hold: what comes out is another, and what follows is as computed")
  }

  private static func startDifferences(_ left: ComparedRun, _ right: ComparedRun) -> [TensorDifference] {
    guard left.firstIteration == right.firstIteration else { return [] }
    func theta(_ run: ComparedRun) -> NamedArrays {
      NamedArrays(run.run.identity.arrays.filter { $0.name.hasPrefix(IdentityNames.initialTheta + "/") })
    }
    return TensorDifference.all(theta(left), theta(right))
  }

  private static func differingTables(_ left: Run, _ right: Run) -> [String] {
    let (a, b) = (left.tables.filter(\.isScientific), right.tables.filter(\.isScientific))
    return a.compactMap { table in
      guard let other = b.first(where: { $0.name == table.name }) else { return "\(table.name): in the first only" }
      if table.rowsPerRecord != other.rowsPerRecord {
        return "\(table.name): \(table.rowsPerRecord) / \(other.rowsPerRecord) rows an iteration"
      }
      let (names, others) = (
        table.columns.map { "\($0.name) \($0.type)" }, other.columns.map { "\($0.name) \($0.type)" }
      )
      return names == others ? nil : "\(table.name): other columns"
    }
      + b.filter { table in !a.contains { $0.name == table.name } }.map { "\($0.name): in the second only" }
  }
}

// In words.
extension RunDiff {
  /// One sentence that says whether and where.
  package var verdict: String {
    let (a, b) = (left.label, right.label)
    if isSame { return "\(a) and \(b): \(sameWords)" }
    if !start.isEmpty { return "\(a) and \(b): different bits from theta_0 on" }
    if let record {
      let first = [record.iteration, checkpoint?.iteration, parting?.iteration].compactMap { $0 }.min() ?? 0
      return "\(a) and \(b): different bits from outer iteration \(first) on"
    }
    if let checkpoint {
      let iteration = min(parting?.iteration ?? checkpoint.iteration, checkpoint.iteration)
      return "\(a) and \(b): different states after outer iteration \(iteration), although"
        + " \(common.isEmpty ? "they have no record" : "all records") in common"
        + (common.isEmpty ? "" : " are the same")
    }
    return "\(a) and \(b): records of different form"
  }

  private var sameWords: String {
    guard !common.isEmpty else {
      return commonCheckpoints.isEmpty
        ? "nothing differs, and they have no record and no checkpoint in common"
        : "same bits in the \(counted(commonCheckpoints.count, "checkpoint")) that both have"
    }
    var words = "same bits"
    let (count, other) = (left.lastIteration, right.lastIteration)
    if count == other, left.firstIteration == right.firstIteration {
      words += common.count == 1 ? " in the only outer iteration" : " in all \(common.count) outer iterations"
    } else {
      words += " for the \(counted(common.count, "outer iteration")) that both have"
    }
    let checkpoints = commonCheckpoints.count
    words += checkpoints == 0 ? "" : " and in \(counted(checkpoints, "checkpoint"))"
    if other > count { words += "; \(right.label) goes on for \(other - count) more" }
    if count > other { words += "; \(left.label) goes on for \(count - other) more" }
    return words
  }

  /// What was found, a line each, under the verdict.
  package var findings: [(label: String, words: String)] {
    var lines: [(String, String)] = []
    if !start.isEmpty {
      lines.append(
        (
          "theta_0",
          "\(counted(start.count, "tensor")) \(start.count == 1 ? "differs" : "differ"); " + Self.words(start[0])
        ))
    }
    if let record {
      let before = record.iteration - common.lowerBound
      if before > 0 {
        lines.append(
          (
            "same bits",
            before == 1
              ? "outer iteration \(common.lowerBound)"
              : "outer iterations \(common.lowerBound) to \(record.iteration - 1)"
          ))
      }
      lines.append(("first record", "outer iteration \(record.iteration), \(record.place)"))
      lines.append(("", record.values.words))
      if record.columns.count > 1 {
        lines.append(("also there", record.columns.dropFirst().joined(separator: ", ")))
      }
    }
    if let table = tables.first { lines.append(("tables", table)) }
    if let checkpoint {
      lines.append(
        (
          "checkpoint",
          "after outer iteration \(checkpoint.iteration), the first of \(commonCheckpoints.count) in common that differs:"
            + (checkpoint.damage == nil ? " \(counted(checkpoint.tensors.count, "tensor"))" : " it cannot be read")
        ))
      if let damage = checkpoint.damage { lines.append(("", damage.description)) }
      if let first = checkpoint.firstTensor { lines.append(("", Self.words(first))) }
    } else if !commonCheckpoints.isEmpty, !isSame {
      lines.append(
        (
          "checkpoints",
          commonCheckpoints.count == 1
            ? "the one that both have is the same" : "the \(commonCheckpoints.count) that both have are the same"
        ))
    }
    if let parting { lines += parting.findings(self) }
    if let unexplained { lines.append(("computed again", "nothing: " + unexplained)) }
    if let cause { lines.append(("cause", cause.words(left, right))) }
    let harmless = facts.filter { fact in cause == nil || fact.changesNoBit }.map(\.key)
    if !harmless.isEmpty {
      lines.append((isSame ? "differs, and changed no bit" : "differs too", harmless.joined(separator: ", ")))
    }
    return lines
  }

  static func words(_ tensor: TensorDifference) -> String {
    if let mismatch = tensor.mismatch { return "\(tensor.name): \(mismatch)" }
    let values = tensor.firstValues.map { ", first at \(tensor.first ?? 0): \($0.words)" } ?? ""
    return "\(tensor.name): \(tensor.differing) of \(counted(tensor.count, "element"))" + values
  }

  /// What `--tensors` lists: those of the first states that differ, computed or stored, or of theta_0.
  package var tensors: [TensorDifference] {
    if let computed = parting?.tensors, !computed.isEmpty { return computed }
    return checkpoint?.tensors ?? start
  }
}

extension RunDiff {
  package var json: JSONValue {
    [
      "schema": "runs/diff/1", "kind": "runs", "same": .bool(isSame), "verdict": .text(verdict),
      "runs": [left.json, right.json],
      "common_iterations": common.isEmpty ? .null : [.integer(common.lowerBound), .integer(common.upperBound - 1)],
      "common_checkpoints": .array(commonCheckpoints.map { .integer($0) }),
      "first_record": record?.json ?? .null, "first_checkpoint": checkpoint?.json ?? .null,
      "theta_0": .array(start.map(\.json)), "tables": .array(tables.map { .text($0) }),
      "facts": .array(
        facts.map { fact in
          [
            "section": .text(fact.section.rawValue), "key": .text(fact.key),
            "values": [left.fact(fact.key)?.cell.json ?? .null, right.fact(fact.key)?.cell.json ?? .null],
            "changes_no_bit": .bool(fact.changesNoBit),
          ]
        }),
      "computed_again": parting?.json ?? .null, "not_computed_again": unexplained.map { .text($0) } ?? .null,
      "cause": cause.map { ["key": .text($0.key), "words": .text($0.words(left, right))] } ?? .null,
    ]
  }
}

extension ComparedRun {
  package var json: JSONValue {
    [
      "id": .text(id.text), "name": labels.name.map { .text($0) } ?? .null,
      "group": labels.group.map { .text($0) } ?? .null, "recipe": fact("recipe_name")?.cell.json ?? .null,
      "seed": .unsigned(seed), "status": .text(status), "first_iteration": .integer(firstIteration),
      "last_iteration": .integer(lastIteration), "path": .text(run.path),
      "records_sha256": recordsDigest.map { .text($0.hex) } ?? .null,
    ]
  }
}
