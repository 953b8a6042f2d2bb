internal import RunSchema
internal import RunStore

/// What is compared: a column with a value an outer iteration, and perhaps one number made of it.
///
/// ```
/// metric    = ( column [ "@" iteration ] | reduction "(" column ")" | reduction column ) [ "as" heading ]
/// reduction = "first" | "last" | "min" | "max" | "mean" | "median" | "sum" | "sd"
/// ```
///
/// As in the columns of lists: see ListColumn.
package struct Metric: Equatable, Sendable {
  package enum Reduction: String, CaseIterable, Sendable {
    case first, last, min, max, mean, median, sum, sd

    /// The number made of values; nil for none. Values that are no finite numbers count as they are.
    func value(of values: [Double]) -> Double? {
      guard !values.isEmpty else { return nil }
      return switch self {
      case .first: values.first
      case .last: values.last
      case .min: values.contains(where: \.isNaN) ? .nan : values.min()
      case .max: values.contains(where: \.isNaN) ? .nan : values.max()
      case .mean: Statistics.mean(values)
      case .median: Statistics.median(values)
      case .sum: values.reduce(0, +)
      case .sd: values.count > 1 ? Sample(values: values).standardDeviation : nil
      }
    }
  }

  package enum Value: Equatable, Sendable {
    /// The whole course.
    case course
    case reduced(Reduction)
    /// After an outer iteration.
    case iteration(Int)
  }

  package let column: String
  package let value: Value
  package let heading: String

  /// - Throws: AnalysisError with what cannot be read.
  package init(parsing text: String) throws(AnalysisError) {
    func refuse(_ problem: String) -> AnalysisError {
      AnalysisError(
        .usage, doing: "reading the metric \"\(text)\"", problem: problem,
        advice: "write a column, as outer_loss, outer_loss@300, or \"min(outer_loss) as best\"")
    }
    let parsed = try ListColumn(parsing: text)
    switch parsed.expression {
    case .name(let name): (column, value) = (name, .course)
    case .at(let name, let iteration): (column, value) = (name, .iteration(iteration))
    case .reduced(let reduction, .name(let name)): (column, value) = (name, .reduced(reduction))
    case .reduced: throw refuse("expected a column in the parentheses")
    }
    heading = parsed.heading
  }

  /// The table that has the column, which has one value a record.
  /// - Throws: AnalysisError with the columns that there are.
  func table(in run: Run) throws(AnalysisError) -> String {
    let tables = run.tables.filter { $0.rowsPerRecord == 1 }
    if let table = tables.first(where: { table in table.columns.contains { $0.name == column } }) { return table.name }
    let known = tables.flatMap(\.columns).filter { $0.type != .text }.map(\.name)
    throw AnalysisError(
      .usage, doing: "comparing \(column)",
      problem: "run \(run.id) has no such column\(suggestion(for: column, among: known))",
      advice: "there are " + Array(Set(known)).sorted().joined(separator: ", "))
  }

  func unit(in run: Run) -> String? {
    for table in run.tables where table.rowsPerRecord == 1 {
      if let column = table.columns.first(where: { $0.name == column }) {
        return column.unit.isEmpty ? nil : column.unit
      }
    }
    return nil
  }
}
