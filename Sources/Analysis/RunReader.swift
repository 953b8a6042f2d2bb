internal import RunSchema
package import RunStore

/// Values of columns for runs of a list; a run's file is opened only where its records are asked for, and once.
package final class RunReader {
  private let store: Store
  private var opened: [RunID: Run] = [:]

  package init(_ store: Store) { self.store = store }

  /// What an expression comes to for one run, and where it comes from.
  func traced(_ expression: ListColumn.Expression, of overview: RunOverview) throws -> Traced {
    guard overview.damage == nil else { return Traced(fieldOrNothing(expression, overview)) }
    switch expression {
    case .name(let name):
      if overview.field(name) != nil { return overview.traced(name) }
      if name.contains(".") { return .missing }  // a path that this run's recipe has not
      let values = try values(name, of: overview)
      guard let last = values.last else { return .missing }
      return Traced(
        .number(last), try source(name, of: overview, rows: values.count - 1..<values.count, formula: "the value"))
    case .at(let name, let iteration):
      let index = iteration - (overview.firstIteration ?? 0) - 1
      let values = try values(name, of: overview)
      guard values.indices.contains(index) else { return .missing }
      return Traced(
        .number(values[index]), try source(name, of: overview, rows: index..<index + 1, formula: "the value"))
    case .reduced(let reduction, let inner):
      guard case .name(let name) = inner else {
        throw AnalysisError(
          .usage, doing: "reading \(reduction.rawValue)(…)",
          problem: "a reduction of a run's records takes a column of them",
          advice: "a reduction of reductions needs --group-by: the outer one is over the runs of a group")
      }
      let values = try values(name, of: overview)
      guard let value = reduction.value(of: values) else { return .missing }
      return Traced(
        .number(value), try source(name, of: overview, rows: 0..<values.count, formula: reduction.rawValue))
    }
  }

  /// What an expression comes to for a group of runs: a reduction is over them, all else is what all have.
  func traced(_ expression: ListColumn.Expression, of group: [RunOverview]) throws -> Traced {
    guard case .reduced(let reduction, let inner) = expression else {
      let each = try group.map { try traced(expression, of: $0) }
      let first = each[0].cell.json.compact
      guard each.allSatisfy({ $0.cell.json.compact == first }) else { return Traced(.text("(varies)")) }
      return Traced(each[0].cell, each[0].source.map { $0.ofRuns(group.map(\.id.text)) })
    }
    let each = try group.map { (run: $0, value: try traced(inner, of: $0)) }
    let numbers = each.compactMap(\.value.cell.comparable)
    guard let value = reduction.value(of: numbers) else { return .missing }
    let part = each.lazy.compactMap(\.value.source).first
    return Traced(
      .number(value),
      Source(
        runs: group.map(\.id.text), dataset: part?.dataset ?? "",
        formula: "\(reduction.rawValue) of the parts" + (part.map { "; a part is the \($0.noun)" } ?? ""),
        parts: each.map { .init(of: $0.run.id.text, rows: $0.value.source?.rows, value: $0.value.cell) }))
  }

  /// Where a column's values come from, in words; of a run that stands for all.
  func source(_ expression: ListColumn.Expression, isOfGroup: Bool, like overview: RunOverview) throws -> String {
    switch expression {
    case .name(let name):
      if let source = RunOverview.fieldSources.first(where: { $0.key == name })?.value { return source }
      if overview.field(name) != nil || name.contains(".") {
        return "field \(name) of the JSON document run/identity/recipe/resolved"
      }
      return "last row of \(try dataset(name, of: overview))"
    case .at(let name, let iteration): return "outer iteration \(iteration) in \(try dataset(name, of: overview))"
    case .reduced(let reduction, let inner):
      if isOfGroup {
        return "\(reduction.rawValue) over the runs of: \(try source(inner, isOfGroup: false, like: overview))"
      }
      return "\(reduction.rawValue) over \(try dataset(inner.name, of: overview))"
    }
  }

  /// The files that hold a run's records.
  func files(of overview: RunOverview) throws -> [String] {
    overview.damage == nil ? [try run(overview.id).recordFiles] : []
  }

  private func source(
    _ name: String, of overview: RunOverview, rows: Range<Int>, formula: String
  ) throws -> Source {
    Source(run: overview.id.text, dataset: try dataset(name, of: overview), rows: rows, formula: formula)
  }

  private func dataset(_ name: String, of overview: RunOverview) throws -> String {
    "run/\(try table(of: name, in: try run(overview.id)) ?? "records")/\(name)"
  }

  private func fieldOrNothing(_ expression: ListColumn.Expression, _ overview: RunOverview) -> Cell {
    if case .name(let name) = expression { return overview.field(name) ?? .missing }
    return .missing
  }

  private func run(_ id: RunID) throws -> Run {
    if let run = opened[id] { return run }
    let run = try store.run(id)
    opened[id] = run
    return run
  }

  private func table(of name: String, in run: Run) throws -> String? {
    run.tables.first { schema in
      schema.rowsPerRecord == 1 && schema.columns.contains { $0.name == name && $0.type != .text }
    }?.name
  }

  private func values(_ name: String, of overview: RunOverview) throws -> [Double] {
    let run = try run(overview.id)
    guard let table = try table(of: name, in: run) else {
      let columns = run.tables.filter { $0.rowsPerRecord == 1 }.flatMap(\.columns).filter { $0.type != .text }
      throw RunListError(
        field: name,
        known: RunOverview.fieldNames + Set(columns.map(\.name)).subtracting(RunOverview.fieldNames).sorted())
    }
    return try run.column(table, name).doubles ?? []
  }
}
