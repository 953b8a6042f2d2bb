import Foundation
import RunStore

/// What runs took: work, time, memory, and room on the disk.
enum Cost {
  static func quantities(_ runs: [ComparedRun]) throws -> [Quantity] {
    func sum(_ label: String, _ key: String, _ table: String, _ column: String, _ cell: (Double) -> Cell) throws
      -> Quantity
    {
      Quantity(label, key: key, try runs.map { try reduce($0, table, column, "sum", cell) { $0.reduce(0, +) } })
    }
    return [
      Quantity(
        "outer iterations",
        runs.map { run in
          Traced(
            .integer(run.recordCount),
            Source(
              run: run.id.text, dataset: "run/records/iteration", rows: 0..<run.recordCount, formula: "number of rows"))
        }),
      try sum("inner steps", "inner_steps", "records", "inner_steps") { .integer(Int($0)) },
      try sum("wall time", "seconds", "observed", "seconds") { .duration($0) },
      try sum("CPU time", "cpu_seconds", "observed", "cpu_seconds") { .duration($0) },
      try sum("storing, alongside", "storing_seconds", "observed", "storing_seconds") { .duration($0) },
      Quantity(
        "peak memory", key: "peak_memory",
        try runs.map { try reduce($0, "observed", "peak_memory", "max", { .bytes($0) }) { $0.max() ?? 0 } }),
      Quantity(
        "on disk", key: "bytes_on_disk",
        try runs.map {
          Traced(
            .bytes(Double(try bytes(in: $0.run.path))),
            Source(runs: [$0.id.text], dataset: "all files in the run's folder", formula: "sum of the sizes"))
        }),
    ]
  }

  /// The mean over the runs of each group.
  static func means(of groups: [RunGroup]) throws -> [Quantity] {
    let each = try quantities(groups.flatMap(\.runs))
    return each.map { quantity in
      var rest = quantity.values[...]
      return Quantity(
        quantity.label, key: quantity.key, unit: quantity.unit,
        groups.map { group in
          let values = rest.prefix(group.count)
          rest = rest.dropFirst(group.count)
          let numbers = values.compactMap(\.cell.magnitude)
          guard let first = values.first, !numbers.isEmpty else { return .missing }
          let mean = Statistics.mean(numbers)
          let source = first.source.map { source in
            Source(
              runs: group.runs.map(\.id.text), dataset: source.dataset,
              formula: "mean of the parts; a part is the \(source.formula)",
              parts: zip(group.runs, values).map(Source.Part.init))
          }
          switch first.cell {
          case .duration: return Traced(.duration(mean), source)
          case .bytes: return Traced(.bytes(mean), source)
          default: return Traced(.number(mean, digits: 7), source)
          }
        })
    }
  }

  private static func reduce(
    _ run: ComparedRun, _ table: String, _ column: String, _ formula: String, _ cell: (Double) -> Cell,
    _ value: ([Double]) -> Double
  ) throws -> Traced {
    let values = try run.numbers(table, column)
    if values.isEmpty { return .missing }
    let source = Source(
      run: run.id.text, dataset: "run/\(table)/\(column)", rows: 0..<values.count, formula: formula)
    return Traced(cell(value(values)), source)
  }

  /// The sizes of all files below a run's folder.
  private static func bytes(in path: String) throws -> Int {
    do {
      return try FileManager.default.subpathsOfDirectory(atPath: path).reduce(0) { sum, name in
        let attributes = try FileManager.default.attributesOfItem(atPath: path + "/" + name)
        guard attributes[.type] as? FileAttributeType == .typeRegular else { return sum }
        return sum + (attributes[.size] as? Int ?? 0)
      }
    } catch {
      throw StoreError(.io(errno: 0), doing: "measuring the room on the disk", file: path, underlying: "\(error)")
    }
  }
}
