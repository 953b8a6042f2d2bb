package import OuterTraining
import RunSchema
package import RunStore

/// What was seen of an iteration and decides nothing.
package struct Observed: Sendable {
  package var finishedAt: Double
  package var seconds: Double
  package var cpuSeconds: Double
  package var storingSeconds: Double
  package var peakMemory: Int
  package var threads: Int

  package init(
    finishedAt: Double, seconds: Double, cpuSeconds: Double, storingSeconds: Double, peakMemory: Int, threads: Int
  ) {
    self.finishedAt = finishedAt
    self.seconds = seconds
    self.cpuSeconds = cpuSeconds
    self.storingSeconds = storingSeconds
    self.peakMemory = peakMemory
    self.threads = threads
  }
}

extension Record {
  /// The store's form of an iteration's record: the `position`-th of its run.
  package init(_ iteration: IterationRecord, at position: Int, _ observed: Observed) {
    let number = Int64(iteration.outerIteration)
    self.init(
      iteration: position,
      tables: [
        RecordTables.records.row([
          ("iteration", .int64([number])), ("outer_loss", .float64([iteration.outerLoss])),
          ("gradient_norm", .float64([iteration.gradientNorm])),
          ("clipped_share", .float64([iteration.clippedShare])), ("theta_norm", .float64([iteration.thetaNorm])),
          ("update_norm", .float64([iteration.updateNorm])), ("inner_steps", .int64([Int64(iteration.innerSteps)])),
          ("nonfinite_steps", .int64([Int64(iteration.nonFiniteSteps)])),
        ]),
        Self.row(iteration.pairs, number),
        RecordTables.observed.row([
          ("iteration", .int64([number])), ("finished_at", .float64([observed.finishedAt])),
          ("seconds", .float64([observed.seconds])), ("cpu_seconds", .float64([observed.cpuSeconds])),
          ("storing_seconds", .float64([observed.storingSeconds])),
          ("peak_memory", .int64([Int64(observed.peakMemory)])), ("threads", .int32([Int32(observed.threads)])),
        ]),
      ])
  }

  private static func row(_ pairs: [PairRecord], _ iteration: Int64) -> [ArrayValues] {
    RecordTables.pairs(pairs.count).row([
      ("iteration", .int64(pairs.map { _ in iteration })), ("pair", .int32(pairs.indices.map { Int32($0) })),
      ("seed", .uint64(pairs.map(\.seed))), ("task_family", .int32(pairs.map { Int32($0.taskFamily) })),
      ("task_seed", .uint64(pairs.map(\.taskSeed))),
      ("last_task_family", .int32(pairs.map { Int32($0.lastTaskFamily) })),
      ("last_task_seed", .uint64(pairs.map(\.lastTaskSeed))),
      ("inner_step", .int64(pairs.map { Int64($0.innerStep) })),
      ("truncation", .int64(pairs.map { Int64($0.truncation) })),
      ("positive_loss", .float64(pairs.map(\.positiveLoss))), ("negative_loss", .float64(pairs.map(\.negativeLoss))),
      ("difference_before_reset", .float64(pairs.map(\.difference.beforeReset))),
      ("difference_after_reset", .float64(pairs.map(\.difference.afterReset))),
      ("reset", .uint8(pairs.map { $0.difference.reset ? 1 : 0 })),
    ])
  }
}

extension IterationRecord {
  /// The record of an iteration as the store has it, for rebuilding what followed from it.
  package init(_ record: Record) {
    let rows = RowReader(record)
    self.init(
      outerIteration: Int(rows.integers(0, "iteration")[0]), outerLoss: rows.doubles(0, "outer_loss")[0],
      gradientNorm: rows.doubles(0, "gradient_norm")[0], clippedShare: rows.doubles(0, "clipped_share")[0],
      thetaNorm: rows.doubles(0, "theta_norm")[0], updateNorm: rows.doubles(0, "update_norm")[0],
      innerSteps: Int(rows.integers(0, "inner_steps")[0]), nonFiniteSteps: Int(rows.integers(0, "nonfinite_steps")[0]),
      pairs: rows.pairs())
  }
}

/// Takes columns out of a record by their names. The store has checked types and counts against the tables.
private struct RowReader {
  let record: Record
  let schemas: [TableSchema]

  init(_ record: Record) {
    self.record = record
    schemas = RecordTables.all(pairs: 1)
  }

  private func values(_ table: Int, _ column: String) -> ArrayValues {
    guard let index = schemas[table].columns.firstIndex(where: { $0.name == column }) else {
      preconditionFailure("table \(schemas[table].name) has no column \(column)")
    }
    return record.tables[table][index]
  }

  func integers(_ table: Int, _ column: String) -> [Int64] {
    switch values(table, column) {
    case .int64(let values): values
    case .int32(let values): values.map(Int64.init)
    case .uint8(let values): values.map(Int64.init)
    default: preconditionFailure("column \(column) holds no integers")
    }
  }

  func doubles(_ table: Int, _ column: String) -> [Double] {
    guard case .float64(let values) = values(table, column) else { preconditionFailure("\(column) holds no doubles") }
    return values
  }

  func seeds(_ column: String) -> [UInt64] {
    guard case .uint64(let values) = values(1, column) else { preconditionFailure("\(column) holds no seeds") }
    return values
  }

  func pairs() -> [PairRecord] {
    let (seeds, taskSeeds, lastTaskSeeds) = (seeds("seed"), seeds("task_seed"), seeds("last_task_seed"))
    let (families, lastFamilies) = (integers(1, "task_family"), integers(1, "last_task_family"))
    let (innerSteps, truncations) = (integers(1, "inner_step"), integers(1, "truncation"))
    let (positive, negative) = (doubles(1, "positive_loss"), doubles(1, "negative_loss"))
    let (before, after) = (doubles(1, "difference_before_reset"), doubles(1, "difference_after_reset"))
    let resets = integers(1, "reset")
    return seeds.indices.map { pair in
      PairRecord(
        seed: seeds[pair], taskFamily: Int(families[pair]), taskSeed: taskSeeds[pair],
        lastTaskFamily: Int(lastFamilies[pair]), lastTaskSeed: lastTaskSeeds[pair],
        innerStep: Int(innerSteps[pair]), truncation: Int(truncations[pair]), positiveLoss: positive[pair],
        negativeLoss: negative[pair],
        difference: PairDifference(
          beforeReset: before[pair], afterReset: after[pair], reset: resets[pair] == 1))
    }
  }
}
