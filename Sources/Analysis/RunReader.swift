internal import RunSchema
package import RunStore

/// Values of columns for runs of a list; a run's file is opened only where its records are asked for, and once.
package final class RunReader {
  private let store: Store
  private var opened: [RunID: Run] = [:]

  package init(_ store: Store) { self.store = store }

  /// What an expression comes to for one run.
  func cell(_ expression: ListColumn.Expression, of overview: RunOverview) throws -> Cell {
    guard overview.damage == nil else { return fieldOrNothing(expression, overview) }
    switch expression {
    case .name(let name):
      if let cell = overview.field(name) { return cell }
      if name.contains(".") { return .missing }  // a path that this run's recipe has not
      return Cell(try values(name, of: overview).last)
    case .at(let name, let iteration):
      let index = iteration - (overview.firstIteration ?? 0) - 1
      let values = try values(name, of: overview)
      return values.indices.contains(index) ? .number(values[index]) : .missing
    case .reduced(let reduction, let inner):
      guard case .name(let name) = inner else {
        throw AnalysisError(
          .usage, doing: "reading \(reduction.rawValue)(…)",
          problem: "a reduction of a run's records takes a column of them",
          advice: "a reduction of reductions needs --group-by: the outer one is over the runs of a group")
      }
      return Cell(reduction.value(of: try values(name, of: overview)))
    }
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
