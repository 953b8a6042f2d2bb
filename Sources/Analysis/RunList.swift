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
    let keys = sort.map { [$0.hasPrefix("-") ? String($0.dropFirst()) : $0] } ?? []
    for field in filter.fields + keys where !all.isEmpty { try Self.check(field, in: all) }
    let found = all.filter { run in filter.matches(now: now) { run.field($0) } }
    let sorted = sort.map { Self.sorted(found, by: $0) } ?? found.sorted { $0.id > $1.id }
    runs = limit.map { Array(sorted.prefix($0)) } ?? sorted
  }

  static func check(_ field: String, in all: [RunOverview]) throws(RunListError) {
    if RunOverview.fieldNames.contains(field) || all.contains(where: { $0.field(field) != nil }) { return }
    // Nothing to judge by where all runs are damaged.
    guard let recipe = all.lazy.compactMap(\.recipe).first else { return }
    throw RunListError(field: field, known: RunOverview.fieldNames + recipe.fields.map(\.path))
  }

  /// Runs without the field come last, whichever the direction; equal ones stay in the order of their ids.
  private static func sorted(_ runs: [RunOverview], by sort: String) -> [RunOverview] {
    let isDescending = sort.hasPrefix("-")
    let field = isDescending ? String(sort.dropFirst()) : sort
    return runs.sorted { left, right in
      let (a, b) = (left.field(field)?.sortKey, right.field(field)?.sortKey)
      guard let a else { return b == nil && left.id < right.id }
      guard let b else { return true }
      if a == b { return left.id < right.id }
      return isDescending ? b < a : a < b
    }
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
  /// Orders rows by a column's heading or key, with "-" in front for the greatest first; rows without a value come last,
  /// equal ones stay as they are.
  mutating func sort(by word: String) throws(RunListError) {
    let isDescending = word.hasPrefix("-")
    let name = isDescending ? String(word.dropFirst()) : word
    guard let column = columns.firstIndex(where: { $0.heading == name || $0.key == name }) else {
      throw RunListError(field: name, known: columns.map(\.heading))
    }
    let order = rows.indices.sorted { left, right in
      let (a, b) = (rows[left][column].sortKey, rows[right][column].sortKey)
      guard let a else { return b == nil && left < right }
      guard let b else { return true }
      if a == b { return left < right }
      return isDescending ? b < a : a < b
    }
    arrange(order)
  }

  mutating func keep(first count: Int) { arrange(Array(rows.indices.prefix(count))) }
}

/// What cells are ordered by: numbers before texts.
private enum SortKey: Equatable, Comparable {
  case number(Double)
  case text(String)
}

extension Cell {
  /// The number, of cells that are one.
  var comparable: Double? {
    if case .number(let number)? = sortKey { number } else { nil }
  }

  /// Nil for what has no place in an order: nothing, and what is no number.
  fileprivate var sortKey: SortKey? {
    switch self {
    case .missing: nil
    case .text, .list: .text(rounded)
    case .flag(let flag): .number(flag ? 1 : 0)
    case .integer(let value): .number(Double(value))
    case .unsigned(let value): .number(Double(value))
    case .float(let value, _): value.isNaN ? nil : .number(Double(value))
    case .number(let value, _), .fraction(let value), .change(let value), .duration(let value), .instant(let value):
      value.isNaN ? nil : .number(value)
    }
  }
}
