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

  package func json(store: String, made: Provenance? = nil) -> JSONValue {
    [
      "schema": "runs/list/1", "store": .text(store), "made_by": made?.json ?? .null,
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
  package let known: [String]

  package var description: String {
    "no run has a field \(field.shown); fields: \(known.joined(separator: ", "))"
  }
}

extension Table {
  /// Orders rows by a column's heading or key; equal ones stay as they are.
  mutating func sort(by word: String) throws(RunListError) {
    let order = SortOrder(parsing: word)
    guard let column = columns.firstIndex(where: { $0.heading == order.key || $0.key == order.key }) else {
      throw RunListError(field: order.key, known: columns.map(\.heading))
    }
    arrange(rows.indices.sorted { order.precedes(rows[$0][column], rows[$1][column], ifEqual: $0 < $1) })
  }

  mutating func keep(first count: Int) { arrange(Array(rows.indices.prefix(count))) }
}
