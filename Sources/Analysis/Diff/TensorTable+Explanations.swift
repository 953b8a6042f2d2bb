internal import RunSchema
internal import RunStore

/// Where tensors that were compared lie.
struct TensorOrigin {
  let title: String
  /// The ids of the runs, where they are of runs.
  let runs: [String]
  /// The group that holds them in each file, ending in a slash; empty for a checkpoint.
  let group: String
  /// The files, or how states were come by.
  let files: [String]
}

extension [TensorDifference] {
  /// Where each number of `table` comes from: a row is called by the tensor's name.
  func explanations(_ origin: TensorOrigin) -> [Explanation] {
    let table = table(origin.title)
    return zip(self, table.rows).flatMap { tensor, row in
      zip(table.columns, row).dropFirst().filter { !$0.1.isMissing }.map { column, cell in
        Explanation(
          in: origin.title, .init(column.key, column.heading), of: .init(tensor.name, tensor.name),
          Traced(
            cell,
            Source(
              runs: origin.runs, dataset: origin.group + tensor.name,
              formula: tensor.mismatch == nil ? Self.formulas[column.key] ?? "" : "shapes and types of both")),
          files: origin.files)
      }
    }
  }

  private static let formulas = [
    "differing": "number of elements whose bits differ", "count": "number of elements",
    "greatest_difference": "greatest |second - first| over all elements",
    "mean_difference": "mean of |second - first| over all elements",
    "norm_of_difference": "Euclidean norm of second - first", "cosine": "cosine of the angle between the two",
    "ulp_histogram": "number of elements by distance in units in the last place",
  ]
}

extension RunDiff {
  /// Where each number comes from: the values that differ first, and those of the table of tensors.
  package var explanations: [Explanation] {
    (record.map(explanations) ?? []) + tensors.explanations(origin)
  }

  private func explanations(of record: RecordDifference) -> [Explanation] {
    zip([left, right], [record.values.left, record.values.right]).map { run, value in
      let row = (record.iteration - run.firstIteration - 1) * run.rowsPerRecord(record.table) + record.row
      return Explanation(
        in: "First record that differs", .init("first_record", "first record"), of: .init(run.id.text, run.label),
        Traced(
          .text(value),
          Source(
            run: run.id.text, dataset: "run/\(record.table)/\(record.column)", rows: row..<row + 1,
            formula: "the value")), files: [run.run.recordFiles])
    }
  }

  private var origin: TensorOrigin {
    let (runs, ids) = ([left, right], [left.id.text, right.id.text])
    if let parting, !parting.tensors.isEmpty {
      let words = "computed from the state after \(parting.origin), after \(parting.iteration)"
      return TensorOrigin(
        title: "Tensors that differ", runs: ids, group: "", files: runs.map { "\($0.label): \(words)" })
    }
    guard let checkpoint else {
      return TensorOrigin(
        title: "Tensors of theta_0 that differ", runs: ids, group: "run/identity/", files: runs.map(\.run.recordFiles))
    }
    return TensorOrigin(
      title: "Tensors that differ", runs: ids, group: "",
      files: runs.compactMap { $0.checkpointFile(after: checkpoint.iteration) })
  }
}

extension CheckpointDiff {
  /// Where each number of the table of tensors comes from.
  package var explanations: [Explanation] {
    let states = [left, right]
    return tensors.explanations(
      TensorOrigin(
        title: "Tensors that differ", runs: states.compactMap { $0.run?.id.text }, group: "",
        files: states.map { state in
          let file = state.source == "stored" ? state.run?.checkpointFile(after: state.iteration) : nil
          return file ?? "\(state.label): \(state.source)"
        }))
  }
}

extension ComparedRun {
  /// The file of the state that is stored after an outer iteration.
  fileprivate func checkpointFile(after iteration: Int) -> String? {
    checkpoints.first { firstIteration + $0.iteration == iteration }.map { "\(run.path)/checkpoints/\($0.name)" }
  }
}
