import OuterTraining
import RunSchema
package import RunStore

/// A run that another store exported, read and checked, and not yet taken in.
package struct RunIntake: Sendable {
  package let run: PortableRun
  /// Where it came from.
  package let path: String
  /// Why it can be looked at here but not gone on with; nil where it can.
  package let obstacle: String?

  /// Reads a file by way of a child process, and looks whether the run in it is one of meta-training.
  /// - Parameter store: the store that it is for, where its data sets would be.
  package init(
    reading path: String, for store: Store, by program: String?, _ limits: ForeignLimits = ForeignLimits()
  ) throws {
    let stream = try ForeignProcess.stream(of: .run, in: path, by: program, limits)
    try self.init(PortableRun(stream: stream, from: path), from: path, for: store)
  }

  /// Looks at a run that was read already.
  package init(_ run: PortableRun, from path: String, for store: Store) throws {
    self.run = run
    self.path = path
    let check = IntakeCheck(run: run, path: path)
    try check.schema()
    let identity = IdentityReader(run.description.identity, of: run.id.text, in: store)
    try check.records(of: identity)
    do {
      let experiment = try identity.experiment()
      for checkpoint in run.checkpoints {
        _ = try RunState(
          checkpoint.state, for: experiment.problem, of: "checkpoint \(checkpoint.iteration) in \(path)")
      }
      obstacle = nil
    } catch let error as ExperimentError where error.code == .unfit {
      obstacle = error.description
    }
  }

  /// Makes a run of the store of it.
  /// - Returns: its labels; the name in them is another's than the file says where that was taken.
  package func add(to store: Store, name: String?) throws -> Labels {
    try store.importRun(run, name: name, remark: "imported from \(path.shown)")
    return try store.labels(of: run.id)
  }
}

/// What a run from elsewhere must be, for nobody who reads it here to stumble: own runs are not asked.
private struct IntakeCheck {
  let run: PortableRun
  let path: String

  func schema() throws {
    let description = run.description
    guard description.format == SchemaVersion.name else {
      throw refusal("/@schema", "expected \(SchemaVersion.name), found \(description.format.shown)")
    }
    guard description.formatVersion <= SchemaVersion.current else {
      throw ExperimentError(
        .unfit, doing: "reading \(path)",
        problem: "its schema has version \(description.formatVersion), this program knows \(SchemaVersion.current)",
        advice: "update this program")
    }
    let pairs = description.tables.first { $0.name == "pairs" }?.rowsPerRecord ?? 0
    let known = RecordTables.all(pairs: pairs)
    guard description.tables.count == known.count else { throw refusal("/run", "it has other tables than our runs") }
    for (table, schema) in zip(description.tables, known) {
      let same =
        table.name == schema.name && table.columns.map(\.name) == schema.columns.map(\.name)
        && table.columns.map(\.type) == schema.columns.map(\.type) && table.rowsPerRecord == schema.rowsPerRecord
        && table.isScientific == schema.isScientific
      guard same else { throw refusal("/run/\(table.name.shown)", "it is another table than that of our runs") }
    }
  }

  func records(of identity: IdentityReader) throws {
    let first = try identity.firstIteration()
    guard (0...Self.most).contains(first), (0...Self.most).contains(try identity.generation()) else {
      throw refusal("/run/identity", "first_iteration or generation is out of range")
    }
    guard case .text(let families)? = run.description.identity[IdentityNames.taskFamilies]?.values else {
      throw refusal("/run/identity/task_families", "there are none")
    }
    let pairs = run.description.tables[1].rowsPerRecord
    for (table, schema) in run.description.tables.enumerated() {
      for (index, column) in schema.columns.enumerated() {
        let place = "/run/\(schema.name)/\(column.name)"
        let values = run.columns[table][index]
        switch column.name {
        case "iteration":
          try require(values, place, "\(first) and the row's record") { row, value in
            value == first + 1 + row / schema.rowsPerRecord
          }
        case "pair": try require(values, place, "pairs in order") { row, value in value == row % pairs }
        case "task_family", "last_task_family":
          try require(values, place, "one of \(families.count) families") { families.indices.contains($1) }
        default: try requireRange(values, place, isTime: !schema.isScientific)
        }
      }
    }
  }

  /// More than any count of a run comes to, and little enough for sums of a million.
  private static let most = 1 << 40
  /// The end of the year 9999 in seconds since 1970.
  private static let endOfTime = 253_402_300_800.0

  /// Counts are no negative numbers; times end some day; losses may be anything.
  private func requireRange(_ values: ArrayValues, _ place: String, isTime: Bool) throws {
    switch values {
    case .int64, .int32: try require(values, place, "0 to 2^40") { (0...Self.most).contains($1) }
    case .float64(let values) where isTime:
      guard values.allSatisfy({ (0..<Self.endOfTime).contains($0) }) else {
        throw refusal(place, "expected seconds from 0 to the year 9999")
      }
    default: break
    }
  }

  private func require(
    _ values: ArrayValues, _ place: String, _ expected: String, _ holds: (_ row: Int, _ value: Int) -> Bool
  ) throws {
    let integers: [Int] =
      switch values {
      case .int64(let values): values.map { Int($0) }
      case .int32(let values): values.map { Int($0) }
      default: []
      }
    if let row = integers.indices.first(where: { !holds($0, integers[$0]) }) {
      throw refusal(place, "row \(row): expected \(expected), found \(integers[row])")
    }
  }

  private func refusal(_ place: String, _ words: String) -> ForeignFileError {
    ForeignFileError(.refused, "reading \(path): \(place): \(words); nothing of it was taken in")
  }
}
