package import RunStore

/// What a meta-training run notes after each outer iteration: names, types and units, once for writers and readers.
package enum RecordTables {
  /// All tables, in the order in which a record holds them.
  package static func all(pairs: Int) -> [TableSchema] { [records, RecordTables.pairs(pairs), observed] }

  /// One row an outer iteration: what the iteration came to.
  package static let records = TableSchema(
    "records",
    columns: [
      Column("iteration", .int64, summary: "outer iterations done"),
      Column("outer_loss", .float64, unit: "normalised loss", summary: "mean outer loss an inner step, all unrolls"),
      Column("gradient_norm", .float64, summary: "Euclidean norm of the gradient estimate before clipping"),
      Column("clipped_share", .float64, summary: "share of gradient components that were clipped"),
      Column("theta_norm", .float64, summary: "Euclidean norm of theta after the update"),
      Column("update_norm", .float64, summary: "Euclidean norm of the change of theta"),
      Column("inner_steps", .int64, summary: "inner steps of all unrolls"),
      Column("nonfinite_steps", .int64, summary: "inner steps whose training loss was not a finite number"),
    ], signal: "outer_loss", axes: ["iteration"])

  /// One row an antithetic pair: with these columns theta's whole history can be rebuilt without inner training.
  package static func pairs(_ count: Int) -> TableSchema {
    TableSchema(
      "pairs",
      columns: [
        Column("iteration", .int64, summary: "outer iterations done"),
        Column("pair", .int32, summary: "index of the pair, which is its particle's"),
        Column("seed", .uint64, summary: "key of the pair's perturbation"),
        Column("task_family", .int32, summary: "family of the task at the unroll's start: index into task_families"),
        Column("task_seed", .uint64, summary: "key of the task at the unroll's start"),
        Column("last_task_family", .int32, summary: "family of the task at the unroll's end"),
        Column("last_task_seed", .uint64, summary: "key of the task at the unroll's end"),
        Column("inner_step", .int64, summary: "inner steps that the task had before the unroll"),
        Column("truncation", .int64, unit: "inner steps", summary: "length of the unroll"),
        Column("positive_loss", .float64, unit: "normalised loss", summary: "mean loss with theta + perturbation"),
        Column("negative_loss", .float64, unit: "normalised loss", summary: "mean loss with theta - perturbation"),
        Column(
          "difference_before_reset", .float64, unit: "normalised loss",
          summary: "positive less negative, over the steps before a new task began, divided by truncation"),
        Column(
          "difference_after_reset", .float64, unit: "normalised loss",
          summary: "positive less negative, from a new task's first step on, divided by truncation"),
        Column("reset", .uint8, summary: "1 where a new task began in the unroll, else 0"),
      ], rowsPerRecord: count, signal: "positive_loss", axes: ["iteration"])
  }

  /// One row an outer iteration: what was seen and decides nothing. No digest covers it.
  package static let observed = TableSchema(
    "observed",
    columns: [
      Column("iteration", .int64, summary: "outer iterations done"),
      Column("finished_at", .float64, unit: "s", summary: "when the iteration ended, since 1970, UTC"),
      Column("seconds", .float64, unit: "s", summary: "wall time of the iteration, storing excluded"),
      Column("cpu_seconds", .float64, unit: "s", summary: "CPU time of the iteration on all threads"),
      Column("storing_seconds", .float64, unit: "s", summary: "wall time of storing the record before this one"),
      Column("peak_memory", .int64, unit: "bytes", summary: "greatest resident memory of the process so far"),
      Column("threads", .int32, summary: "threads that ran unrolls"),
    ], isScientific: false, signal: "seconds", axes: ["iteration"])
}

extension TableSchema {
  /// A row's values in the order of the columns, which the given names must be.
  package func row(_ values: [(String, ArrayValues)]) -> [ArrayValues] {
    precondition(values.map(\.0) == columns.map(\.name), "the values of \(name) are not those of its columns")
    return values.map(\.1)
  }
}
