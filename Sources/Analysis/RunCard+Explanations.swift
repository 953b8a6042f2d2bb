internal import RunSchema
internal import RunStore

/// Where what a run's card says comes from.
extension RunCard {
  /// Of each value of a card; of the fields that stand in no file none.
  package func explanations(of card: Card) -> [Explanation] {
    card.sections.flatMap { section -> [Explanation] in
      if section.key == "task_families" { return families.explanations }
      switch section.body {
      case .fields(let fields):
        return fields.filter { !$0.cell.isMissing }.compactMap { field in
          source(of: field, in: section.key).map { explanation(field, section, subject, $0) }
        }
      case .table(let table):
        return table.rows.enumerated().flatMap { index, row in
          zip(table.columns, row).filter { !$0.1.isMissing }.compactMap { column, cell in
            source(of: column.key, row: index, in: section.key).map {
              explanation(
                .init(column.heading, cell, key: column.key), section,
                .init("\(section.key)_\(index + 1)", "\(section.heading) \(index + 1)"), $0)
            }
          }
        }
      case .lines: return []
      }
    }
  }

  private var subject: Explanation.Names {
    .init(run.id.text, [labels.name, run.id.text].compactMap { $0 })
  }

  private func explanation(
    _ field: Card.Field, _ section: Card.Section, _ subject: Explanation.Names, _ source: Source
  ) -> Explanation {
    Explanation(
      in: section.heading, .init(field.key, field.label), of: subject, unit: field.cell.unit,
      Traced(field.cell, source), files: [run.recordFiles])
  }

  private func source(
    _ dataset: String, rows: Range<Int>? = nil, _ formula: String = "the value", _ parts: [Source.Part] = []
  ) -> Source {
    Source(runs: [run.id.text], dataset: dataset, rows: rows, formula: formula, parts: parts)
  }

  private func source(of field: Card.Field, in section: String) -> Source? {
    let all = 0..<run.recordCount
    switch (section, field.key) {
    case ("run", "age_seconds"): return source("run/events/time", rows: 0..<1, "\(now) less the value")
    case ("run", "creator"): return source("the file's attribute creator")
    case ("run", _): return overview.traced(field.key).source
    case ("recipe", "name"): return source("run/identity/\(IdentityNames.recipeName)")
    case ("recipe", "overrides"): return source("run/identity/\(IdentityNames.recipeOverrides)", "its lines")
    case ("recipe", let path):
      return source("run/identity/\(IdentityNames.recipeResolved)", "field \(path) of the JSON document")
    case ("reproducibility", let key), ("machine", let key):
      return Self.identityNames[key].map {
        source("run/identity/\($0)", key == "code_modified" ? "0 no, 1 yes" : "the value")
      }
    case ("records", "count"): return source("run/records/iteration", rows: all, "number of rows")
    case ("records", "published"): return source("the attribute record_count of the group run")
    case ("records", "inner_steps"), ("records", "nonfinite_steps"):
      return source("run/records/\(field.key)", rows: all, "sum")
    case ("records", "seconds"), ("records", "storing_seconds"):
      return source("run/observed/\(field.key)", rows: all, "sum")
    case ("records", "inner_steps_a_second"):
      return source("run/records/inner_steps", rows: all, "quotient of the sum and that of run/observed/seconds")
    case ("lineage", let key): return Self.lineageNames[key].map { source("run/\($0)") }
    case ("digests", "records_sha256"): return source("the attribute records_sha256 of the group run, or the records")
    case ("digests", "checkpoint_iteration"):
      return source("run/checkpoints/iteration", "the last, and run/identity/first_iteration")
    case ("digests", "identity_sha256"): return source("run/identity", "SHA-256 of its arrays")
    case ("digests", _): return source("the newest file of checkpoints", "SHA-256 of its arrays, or of theta's bytes")
    default: return nil
    }
  }

  private func source(of column: String, row: Int, in section: String) -> Source? {
    switch (section, column) {
    case ("events", "checkpoint"):
      return source("run/events/checkpoint", rows: row..<row + 1, "the value, and run/identity/first_iteration")
    case ("events", _): return source("run/events/\(column)", rows: row..<row + 1)
    case ("checkpoints", "iteration"):
      return source("run/checkpoints/iteration", rows: row..<row + 1, "the value, and run/identity/first_iteration")
    case ("checkpoints", "state_sha256"): return source("run/checkpoints/contents_sha256", rows: row..<row + 1)
    case ("checkpoints", _): return source("run/checkpoints/\(column)", rows: row..<row + 1)
    case ("notes", _): return source("", "as labels.json in the run's folder says")
    default: return nil
    }
  }

  private static let identityNames = [
    "seed": IdentityNames.seed, "randomness": IdentityNames.randomnessAlgorithm,
    "numerics": IdentityNames.numericsVersion, "code_revision": IdentityNames.codeRevision,
    "code_modified": IdentityNames.codeModified, "code_difference_sha256": IdentityNames.codeDifference,
    "code_changed_files": IdentityNames.codeChangedFiles, "program_version": IdentityNames.programVersion,
    "executable_sha256": IdentityNames.executable, "compiler": IdentityNames.compiler, "hdf5": IdentityNames.hdf5,
    "cpu": IdentityNames.cpu, "cpu_count": IdentityNames.cpuCount, "system": IdentityNames.system,
    "host": IdentityNames.host,
  ]

  private static let lineageNames = [
    "relation": "identity/" + IdentityNames.relation, "parent": "lineage/run", "iteration": "lineage/iteration",
    "state_sha256": "lineage/contents_sha256", "generation": "identity/" + IdentityNames.generation,
  ]
}
