package import RunSchema
internal import RunStore

/// Runs that were looked for: filtered, in order, as a table or a document.
package struct RunList: Sendable {
  package let runs: [RunOverview]

  /// - Parameters:
  ///   - sort: a field's name, with "-" in front for the greatest first; nil for the newest first.
  ///   - now: what "ago" counts from.
  /// - Throws: RunListError for a field that no run has.
  package init(
    _ all: [RunOverview], matching filter: Filter, sort: String?, limit: Int?, now: Instant
  ) throws(RunListError) {
    let order = sort.map { SortOrder(parsing: $0) }
    for field in filter.fields + [order?.key].compactMap({ $0 }) where !all.isEmpty { try Self.check(field, in: all) }
    let found = all.filter { run in filter.matches(now: now) { run.field($0) } }
    let sorted = order.map { Self.sorted(found, by: $0) } ?? found.sorted { $0.id > $1.id }
    runs = limit.map { Array(sorted.prefix($0)) } ?? sorted
  }

  static func check(_ field: String, in all: [RunOverview]) throws(RunListError) {
    if RunOverview.fieldNames.contains(field) || all.contains(where: { $0.field(field) != nil }) { return }
    // Nothing to judge by where all runs are damaged.
    guard let recipe = all.lazy.compactMap(\.recipe).first else { return }
    throw RunListError(field: field, known: RunOverview.fieldNames + recipe.fields.map(\.path))
  }

  /// Equal ones stay in the order of their ids.
  private static func sorted(_ runs: [RunOverview], by order: SortOrder) -> [RunOverview] {
    runs.sorted { order.precedes($0.field(order.key), $1.field(order.key), ifEqual: $0.id < $1.id) }
  }

  package func table(now: Instant) -> Table {
    var table = Table(columns: [
      .init("id"), .init("name"), .init("status"), .init("done", alignment: .right, key: "iterations"),
      .init("of", alignment: .right, key: "planned"), .init("loss", alignment: .right, key: "outer_loss"),
      .init("best", alignment: .right), .init("at", alignment: .right, key: "best_iteration"),
      .init("age", alignment: .right, key: "age_seconds"), .init("seed", alignment: .right), .init("recipe"),
      .init("tags"),
    ])
    for run in runs {
      table.append([
        .text(run.id.text), Cell(run.labels.name), .text(run.status), Cell(run.iterations), Cell(run.planned),
        run.lastLoss.map { .number($0, digits: 4) } ?? .missing,
        run.best.map { .number($0.loss, digits: 4) } ?? .missing,
        Cell(run.best?.iteration), run.created.map { .duration(max(0, now.seconds - $0)) } ?? .missing,
        run.seed.map { .unsigned($0) } ?? .missing, Cell(run.recipeName), .list(run.labels.tags),
      ])
    }
    return table
  }

  /// By id and name.
  static func names(of run: RunOverview) -> Explanation.Names {
    .init(run.id.text, [run.labels.name, run.id.text].compactMap { $0 })
  }

  /// Where each cell of the table comes from, rows in their order.
  package func explanations(now: Instant, _ reader: RunReader) throws -> [Explanation] {
    let table = table(now: now)
    return try zip(runs, table.rows).flatMap { run, cells in
      let files = try reader.files(of: run)
      return zip(table.columns, cells).map { column, cell in
        let source =
          column.key == "age_seconds"
          ? Source(run: run.id.text, dataset: "run/events/time", rows: 0..<1, formula: "\(now) less the value")
          : run.traced(column.key == "tags" ? "tag" : column.key).source
        return Explanation(
          in: "Runs", .init(column.key, column.heading), of: Self.names(of: run), unit: cell.unit,
          Traced(cell, source), files: source == nil ? [] : files)
      }
    }
  }

  package func json(store: String) -> JSONValue {
    [
      "schema": "runs/list/1", "store": .text(store),
      "from": .object(
        RunOverview.fieldSources.map { .init($0.key == "tag" ? "tags" : $0.key, .text($0.value)) }),
      "runs": .array(runs.map(\.json)),
    ]
  }
}

extension RunOverview {
  package var json: JSONValue {
    let names = Self.fieldNames.map { name in
      JSONValue.Member(name == "tag" ? "tags" : name, (field(name) ?? .missing).json)
    }
    return .object(names + [.init("damage", damage.map { .text($0.description) } ?? .null)])
  }
}

/// A field that was asked for and that no run has.
package struct RunListError: Error, Equatable, Sendable, CustomStringConvertible {
  package let field: String
  /// Each once.
  package let known: [String]

  init(field: String, known: [String]) {
    self.field = field
    var seen: Set<String> = []
    self.known = known.filter { seen.insert($0).inserted }
  }

  package var description: String {
    let paths = known.filter { $0.contains(".") }
    // Recipes have dozens; the one that was meant, and how they look, say more than all.
    let more = paths.isEmpty ? "" : ", and \(paths.count) of recipes, as \(paths[0]) (runs show ID lists them)"
    let meant = paths.filter { $0.hasSuffix("." + field) }.first.map { "; did you mean \($0)?" }
    return "no run has a field \(field.shown)\(meant ?? suggestion(for: field, among: known)); fields: "
      + known.filter { !$0.contains(".") }.joined(separator: ", ") + more
  }
}

extension Table {
  /// The rows in the order of a column, by its heading or key; equal ones stay as they are.
  func order(by word: String) throws(RunListError) -> [Int] {
    let order = SortOrder(parsing: word)
    guard let column = columns.firstIndex(where: { $0.heading == order.key || $0.key == order.key }) else {
      throw RunListError(field: order.key, known: columns.map(\.heading))
    }
    return rows.indices.sorted { order.precedes(rows[$0][column], rows[$1][column], ifEqual: $0 < $1) }
  }

  mutating func keep(first count: Int) { arrange(Array(rows.indices.prefix(count))) }
}
