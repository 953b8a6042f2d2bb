internal import RunSchema
package import RunStore

/// Everything about a run, in sections.
package struct RunCard: Sendable {
  let run: Run
  let labels: Labels
  let overview: RunOverview
  let now: Instant
  let families: FamilyTable

  package init(_ run: Run, _ labels: Labels, now: Instant) throws {
    self.run = run
    self.labels = labels
    self.now = now
    overview = RunOverview(run, labels)
    if let damage = overview.damage { throw damage }
    families = try FamilyTable(run)
  }

  package func card() throws -> Card {
    Card(
      schema: "runs/show/1",
      [
        head, notes, recipe, bits, machine, lineage, events, try records(),
        Card.Section("Task families", .table(families.table)), checkpoints, try digests(),
      ])
  }

  private var firstIteration: Int { overview.firstIteration ?? 0 }

  private var head: Card.Section {
    var fields: [Card.Field] = [
      .init("id", .text(run.id.text)), .init("name", Cell(labels.name)), .init("group", Cell(labels.group)),
      .init("tags", .list(labels.tags)), .init("status", .text(run.status.words)),
      .init("outer iterations", Cell(overview.iterations), key: "iterations"),
      .init("planned", Cell(overview.planned)),
      .init("outer loss, last", Cell(overview.lastLoss), key: "outer_loss"),
      .init("outer loss, best smoothed", Cell(overview.best?.loss), key: "best"),
      .init("best at", Cell(overview.best?.iteration), key: "best_iteration"),
      .init("created", overview.created.map { .instant($0) } ?? .missing),
      .init("age", overview.created.map { .duration(max(0, now.seconds - $0)) } ?? .missing, key: "age_seconds"),
      .init("folder", .text(run.path)), .init("written by", .text(run.creator), key: "creator"),
    ]
    if !labels.pinned.isEmpty {
      fields.insert(.init("pinned checkpoints", .list(labels.pinned.map(String.init)), key: "pinned"), at: 4)
    }
    return Card.Section("Run \(run.id)", key: "run", .fields(fields))
  }

  private var notes: Card.Section { Card.Section("Notes", .table(Self.table(of: labels.notes))) }

  /// Notes with their times, oldest first.
  package static func table(of notes: [Labels.Note]) -> Table {
    var table = Table(columns: [.init("time"), .init("note", key: "text")])
    for note in notes { table.append([.instant(note.secondsSince1970), .text(note.text)]) }
    return table
  }

  private var recipe: Card.Section {
    let identity = run.identity
    let overrides = (identity.text(IdentityNames.recipeOverrides) ?? "").split(separator: "\n").map(String.init)
    var fields: [Card.Field] = [.init("recipe", Cell(overview.recipeName), key: "name")]
    if !overrides.isEmpty { fields.append(.init("changed by --set", .list(overrides), key: "overrides")) }
    fields += (overview.recipe?.fields ?? []).map { .init($0.path, $0.cell, key: $0.path) }
    return Card.Section(
      "Recipe", .fields(fields),
      json: [
        "name": Cell(overview.recipeName).json, "given": Cell(identity.text(IdentityNames.recipeGiven)).json,
        "overrides": .array(overrides.map { .text($0) }), "resolved": identity.recipe ?? .null,
      ])
  }

  private var bits: Card.Section {
    let identity = run.identity
    let modified: String? =
      switch identity.integer(IdentityNames.codeModified) {
      case 0: "no"
      case 1: "yes"
      case 2: "unknown"
      default: nil
      }
    return Card.Section(
      "What fixes its bits", key: "reproducibility",
      .fields([
        .init("seed", overview.seed.map { .unsigned($0) } ?? .missing),
        .init("randomness", Cell(identity.text(IdentityNames.randomnessAlgorithm))),
        .init("numerics version", Cell(overview.numerics), key: "numerics"),
        .init("code revision", Cell(identity.text(IdentityNames.codeRevision))),
        .init("code modified", Cell(modified)),
        .init("difference sha256", Cell(identity.text(IdentityNames.codeDifference)), key: "code_difference_sha256"),
        .init(
          "changed files",
          .list((identity.text(IdentityNames.codeChangedFiles) ?? "").split(separator: "\n").map(String.init)),
          key: "code_changed_files"),
        .init("program version", Cell(identity.text(IdentityNames.programVersion))),
        .init("program sha256", Cell(identity.text(IdentityNames.executable)), key: "executable_sha256"),
        .init("compiler", Cell(identity.text(IdentityNames.compiler))),
        .init("libhdf5", Cell(identity.text(IdentityNames.hdf5)), key: "hdf5"),
      ]))
  }

  private var machine: Card.Section {
    let identity = run.identity
    return Card.Section(
      "Machine it began on", key: "machine",
      .fields([
        .init("cpu", Cell(identity.text(IdentityNames.cpu))),
        .init("cpus", Cell(identity.integer(IdentityNames.cpuCount)), key: "cpu_count"),
        .init("system", Cell(identity.text(IdentityNames.system))),
        .init("host", Cell(identity.text(IdentityNames.host))),
      ]))
  }

  private var lineage: Card.Section {
    let parent = run.description.lineage.first
    var fields: [Card.Field] = []
    if let parent {
      fields = [
        .init("relation", Cell(run.identity.text(IdentityNames.relation))), .init("parent", .text(parent.run)),
        .init("at outer iteration", .integer(parent.iteration), key: "iteration"),
        .init("state sha256", .text(parent.contents.hex)), .init("generation", Cell(overview.generation)),
      ]
    }
    return Card.Section("Lineage", .fields(fields), json: parent == nil ? .null : nil)
  }

  private var events: Card.Section {
    var table = Table(columns: [
      .init("time"), .init("event", key: "kind"), .init("records", alignment: .right, key: "record_count"),
      .init("from", alignment: .right, key: "checkpoint"), .init("host"), .init("pid", alignment: .right),
      .init("message"),
    ])
    for event in run.events {
      table.append([
        .instant(event.secondsSince1970), .text(event.kind.rawValue), .integer(event.recordCount),
        event.checkpoint < 0 ? .missing : .integer(firstIteration + event.checkpoint), .text(event.host),
        .integer(Int(event.pid)), .text(event.message),
      ])
    }
    return Card.Section("Events", .table(table))
  }

  private func records() throws -> Card.Section {
    func sum(_ table: String, _ column: String) throws -> Double {
      (try run.column(table, column).doubles ?? []).reduce(0, +)
    }
    let steps = try sum("records", "inner_steps")
    let seconds = try sum("observed", "seconds")
    return Card.Section(
      "Records",
      .fields([
        .init("records", .integer(run.recordCount), key: "count"),
        .init("published in run.h5", .integer(run.publishedRecordCount), key: "published"),
        .init(
          "rows of each table", .list(run.tables.map { "\($0.name) \(run.recordCount * $0.rowsPerRecord)" }),
          key: "rows"),
        .init("inner steps", .integer(Int(steps))),
        .init(
          "inner steps with a loss that was no number", .integer(Int(try sum("records", "nonfinite_steps"))),
          key: "nonfinite_steps"),
        .init("computing", .duration(seconds), key: "seconds"),
        .init("storing, alongside", .duration(try sum("observed", "storing_seconds")), key: "storing_seconds"),
        .init("inner steps a second", seconds > 0 ? .number(steps / seconds, digits: 4) : .missing),
      ]))
  }

  private var checkpoints: Card.Section {
    var table = Table(columns: [
      .init("outer iteration", alignment: .right, key: "iteration"), .init("bytes", alignment: .right),
      .init("state sha256"),
    ])
    for entry in run.checkpoints {
      table.append([
        .integer(firstIteration + entry.iteration), .integer(entry.bytes),
        .text(entry.contents.hex.prefix(24) + "…"),
      ])
    }
    let json = run.checkpoints.map { entry -> JSONValue in
      [
        "iteration": .integer(firstIteration + entry.iteration), "file": .text("checkpoints/" + entry.name),
        "bytes": .integer(entry.bytes), "sha256": .text(entry.sha256.hex), "state_sha256": .text(entry.contents.hex),
      ]
    }
    return Card.Section("Checkpoints", .table(table), json: .array(json))
  }

  private func digests() throws -> Card.Section {
    var fields: [Card.Field] = [
      .init("records", .text(try run.recordsDigest().hex), key: "records_sha256"),
      .init("identity", .text(run.identityDigest.hex), key: "identity_sha256"),
    ]
    if let newest = run.checkpoints.last {
      let arrays = try run.loadCheckpoint(newest)
      fields += [
        .init("newest checkpoint", .integer(firstIteration + newest.iteration), key: "checkpoint_iteration"),
        .init("its state", .text(newest.contents.hex), key: "state_sha256"),
        .init("its theta", .text(arrays.thetaDigest.hex), key: "theta_sha256"),
      ]
    }
    return Card.Section("Digests (SHA-256)", key: "digests", .fields(fields))
  }
}

extension NamedArrays {
  /// SHA-256 of theta's little-endian bytes, tensor after tensor, as `train` prints it.
  package var thetaDigest: Digest {
    Digest.of(
      arrays.lazy.filter { $0.name.hasPrefix("theta/") }.flatMap { array -> [UInt8] in
        guard case .float32(let values) = array.values else { return [] }
        return values.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) } }
      })
  }

  /// Each array by name, type, shape and, for numbers, its Euclidean norm.
  package var summary: Card.Body {
    var table = Table(columns: [
      .init("array", key: "name"), .init("type"), .init("shape"), .init("norm", alignment: .right),
    ])
    for array in arrays {
      let norm = array.values.doubles.map { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }
      table.append([
        .text(array.name), .text(array.values.type.rawValue),
        .text(array.shape.map(String.init).joined(separator: "×")), Cell(norm),
      ])
    }
    return .table(table)
  }
}
