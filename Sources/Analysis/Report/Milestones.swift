internal import RunSchema
internal import RunStore

/// What a run had come to at some of its outer iterations.
struct Milestones {
  struct Row {
    /// Records so far.
    let record: Int
    let iteration: Int
    let loss: Double
    let smoothed: Double?
    let innerSteps: Double
    let seconds: Double
  }

  let rows: [Row]

  /// At the first record, at tenths, a quarter, a half and three quarters, and at the last.
  init(_ run: Run) throws {
    let count = run.recordCount
    let wanted = Set([1] + [0.1, 0.25, 0.5, 0.75, 1].map { max(1, Int((Double(count) * $0).rounded())) })
    self = try Milestones(run, at: wanted)
  }

  /// After so many records each; those that the run has not are passed over.
  init(_ run: Run, at wanted: Set<Int>) throws {
    var rows: [Row] = []
    var smoothed = SmoothedLoss()
    var (steps, seconds) = (0.0, 0.0)
    let names = [
      ColumnName("records", "outer_loss"), ColumnName("records", "inner_steps"), ColumnName("observed", "seconds"),
    ]
    try RunReading(run: run, abscissa: .iterations).forEachPart(names) { part in
      for record in part.x.indices {
        let loss = part.value(0, of: record)
        smoothed.add(loss)
        steps += part.value(1, of: record)
        let spent = part.value(2, of: record)
        seconds += spent.isFinite ? spent : 0
        guard wanted.contains(part.firstRecord + record + 1) else { continue }
        rows.append(
          Row(
            record: part.firstRecord + record + 1, iteration: Int(part.x[record]), loss: loss,
            smoothed: smoothed.value, innerSteps: steps, seconds: seconds))
      }
    }
    self.rows = rows
  }

  /// Where each number of the table comes from.
  func explanations(of run: Run) -> [Explanation] {
    let table = table
    return zip(rows, table.rows).flatMap { row, cells in
      zip(table.columns, cells).map { column, cell in
        func source(_ dataset: String, _ rows: Range<Int>, _ formula: String) -> Source {
          Source(run: run.id.text, dataset: "run/" + dataset, rows: rows, formula: formula)
        }
        let (own, all) = (row.record - 1..<row.record, 0..<row.record)
        let from =
          switch column.key {
          case "outer_iteration": source("records/iteration", own, "the value")
          case "outer_loss": source("records/outer_loss", own, "the value")
          case "smoothed":
            source("records/outer_loss", all, "last moving average, decay \(SmoothedLoss.decay)")
          case "inner_steps": source("records/inner_steps", all, "sum")
          default: source("observed/seconds", all, "sum")
          }
        return Explanation(
          in: "Milestones", .init(column.key, column.heading),
          of: .init("iteration_\(row.iteration)", "iteration \(row.iteration)"),
          unit: cell.unit, Traced(cell, from), files: [run.recordFiles])
      }
    }
  }

  var table: Table {
    var table = Table(columns: [
      .init("outer iteration", alignment: .right), .init("outer loss", alignment: .right),
      .init("smoothed", alignment: .right), .init("inner steps", alignment: .right),
      .init("computing time", alignment: .right, key: "seconds"),
    ])
    for row in rows {
      table.append([
        .integer(row.iteration), .number(row.loss), Cell(row.smoothed),
        .number(row.innerSteps, digits: 15), .duration(row.seconds),
      ])
    }
    return table
  }
}
