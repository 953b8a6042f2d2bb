package import RunSchema
internal import RunStore

/// Runs of a list in columns of one's own, a row a run or a row a group.
package struct RunTable: Sendable {
  package private(set) var table: Table
  /// Where the values of each column come from, in the columns' order; none where there is no run.
  private var sources: [String] = []
  private let isGrouped: Bool
  /// The runs of each row, and its values.
  private var traced: [(runs: [RunOverview], values: [Traced])] = []

  /// - Parameters:
  ///   - columns: none for those that a list or a grouped list has by itself.
  ///   - grouping: fields in which the runs of a group are the same; none for a row a run.
  ///   - sort: a column's heading or a field, with "-" in front for the greatest first; nil for the list's order.
  package init(
    _ list: RunList, columns: [ListColumn], groupedBy grouping: [String], sort: String?, limit: Int?, reader: RunReader
  ) throws {
    isGrouped = !grouping.isEmpty
    // Paths of recipes: those that no run has are mistakes.
    for name in columns.map(\.expression.name) + grouping where name.contains(".") && !list.runs.isEmpty {
      try RunList.check(name, in: list.runs)
    }
    if grouping.isEmpty {
      let columns = columns.isEmpty ? Self.runColumns : columns
      table = Table(columns: Self.heads(columns))
      for run in list.runs { append([run], try columns.map { try reader.traced($0.expression, of: run) }) }
    } else {
      let groups = try Self.groups(of: list.runs, by: grouping, reader)
      let columns = columns.isEmpty ? Self.groupColumns : columns
      table = Table(
        columns: Self.heads(grouping.map { ListColumn(.name($0), as: $0) }) + [.init("n", alignment: .right)]
          + Self.heads(columns))
      for group in groups {
        let keys = try grouping.map { try reader.traced(.name($0), of: group) }
        let count = Traced(
          .integer(group.count), Source(runs: group.map(\.id.text), dataset: "", formula: "number of runs"))
        append(group, keys + [count] + (try columns.map { try reader.traced($0.expression, of: group) }))
      }
    }
    if let example = list.runs.first(where: { $0.damage == nil }) {
      func sources(_ columns: [ListColumn], isOfGroup: Bool) throws -> [String] {
        try columns.map { try reader.source($0.expression, isOfGroup: isOfGroup, like: example) }
      }
      self.sources =
        grouping.isEmpty
        ? try sources(columns.isEmpty ? Self.runColumns : columns, isOfGroup: false)
        : try sources(grouping.map { ListColumn(.name($0), as: $0) }, isOfGroup: false) + ["number of runs"]
          + sources(columns.isEmpty ? Self.groupColumns : columns, isOfGroup: true)
    }
    if let sort {
      let order = try table.order(by: sort)
      table.arrange(order)
      traced = order.map { traced[$0] }
    }
    if let limit {
      table.keep(first: limit)
      traced = Array(traced.prefix(limit))
    }
  }

  /// Adds the row of a run, or of a group of runs.
  private mutating func append(_ runs: [RunOverview], _ row: [Traced]) {
    traced.append((runs, row))
    table.append(row.map(\.cell))
  }

  /// Where each cell comes from, rows in their order; a group is known by the number of its row.
  package func explanations(_ reader: RunReader) throws -> [Explanation] {
    try traced.enumerated().flatMap { index, row in
      let number = "\(index + 1)"
      let subject =
        isGrouped ? .init("row_\(number)", "row \(number)", number) : RunList.names(of: row.runs[0])
      let files = try row.runs.flatMap { try reader.files(of: $0) }
      return zip(table.columns, row.values).map { column, value in
        Explanation(
          in: "Runs", .init(column.key, column.heading), of: subject, unit: value.cell.unit, value,
          files: value.source == nil ? [] : files)
      }
    }
  }

  private static let runColumns = ["id", "name", "status", "iterations", "outer_loss", "best", "seed", "recipe"]
    .map { ListColumn(.name($0), as: $0) }

  private static let groupColumns: [ListColumn] = [
    .init(.name("recipe"), as: "recipe"), .init(.reduced(.mean, .name("outer_loss")), as: "mean_loss"),
    .init(.reduced(.sd, .name("outer_loss")), as: "sd_loss"), .init(.reduced(.min, .name("best")), as: "best"),
    .init(.reduced(.sum, .name("iterations")), as: "iterations"),
  ]

  private static let texts: Set = [
    "id", "name", "group", "tag", "status", "recipe", "created", "numerics", "parent",
  ]

  private static func heads(_ columns: [ListColumn]) -> [Table.Column] {
    columns.map { column in
      if case .name(let name) = column.expression, texts.contains(name) || name.contains(".") {
        return .init(column.heading)
      }
      return .init(column.heading, alignment: .right)
    }
  }

  /// In the order in which their first runs stand in the list.
  private static func groups(
    of runs: [RunOverview], by fields: [String], _ reader: RunReader
  ) throws -> [[RunOverview]] {
    var groups: [(key: [String], runs: [RunOverview])] = []
    for run in runs {
      let key = try fields.map { try reader.traced(.name($0), of: run).cell.json.compact }
      if let index = groups.firstIndex(where: { $0.key == key }) {
        groups[index].runs.append(run)
      } else {
        groups.append((key, [run]))
      }
    }
    return groups.map(\.runs)
  }

  package func json(store: String) -> JSONValue {
    .object([
      .init("schema", "runs/list/1"), .init("store", .text(store)),
      .init("columns", .array(table.columns.map { .text($0.key) })),
      .init("from", .object(zip(table.columns, sources).map { .init($0.key, .text($1)) })),
      .init("rows", .array(table.rowObjects)),
    ])
  }
}
