/// A column of a list of runs: a field, or a small expression.
///
/// ```
/// columns    = column { "," column }
/// column     = expression [ "as" heading ]
/// expression = reduction "(" expression ")" | name [ "@" iteration ]
/// reduction  = "first" | "last" | "min" | "max" | "mean" | "median" | "sum" | "sd"
/// ```
///
/// A name is a field of runs (`best`, `estimator.kind`) or a column of their records (`gradient_norm`: its last value). A
/// reduction is over a run's records; where runs are grouped the outermost is over the runs of a group, and the one inside
/// it over a run's records: `mean(min(outer_loss))`. In a group a bare name is what all runs have, else "(varies)".
package struct ListColumn: Equatable, Sendable {
  package indirect enum Expression: Equatable, Sendable {
    case name(String)
    case at(String, iteration: Int)
    case reduced(Metric.Reduction, Expression)
  }

  package let expression: Expression
  package let heading: String

  package init(_ expression: Expression, as heading: String) {
    self.expression = expression
    self.heading = heading
  }

  /// The columns that a text says.
  package static func columns(parsing text: String) throws(AnalysisError) -> [ListColumn] {
    var columns: [ListColumn] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      columns.append(try ListColumn(parsing: String(part)))
    }
    return columns
  }

  package init(parsing text: String) throws(AnalysisError) {
    var words = text.split(separator: " ").map(String.init)
    var heading: String?
    if words.count >= 3, words[words.count - 2] == "as" {
      heading = words.last
      words.removeLast(2)
    }
    // "min loss" is Guild's way to write min(loss).
    let isGuilds = words.count == 2 && words.allSatisfy { !$0.contains { "()".contains($0) } }
    let plain =
      isGuilds
      ? "\(words[0])(\(words[1]))"
      : ["( ", " (", " )"].reduce(words.joined(separator: " ")) {
        $0.replacing($1, with: $1.filter { $0 != " " })
      }
    expression = try Expression(parsing: plain)
    self.heading = heading ?? plain
  }
}

extension ListColumn.Expression {
  init(parsing text: String) throws(AnalysisError) {
    func refuse(_ problem: String) -> AnalysisError {
      AnalysisError(
        .usage, doing: "reading the column \"\(text)\"", problem: problem,
        advice: "write a field, a column of the records, outer_loss@300, or \"min(outer_loss) as best\"")
    }
    if let open = text.firstIndex(of: "(") {
      guard text.last == ")" else { throw refuse("expected a closing parenthesis at its end") }
      let word = String(text[..<open])
      guard let reduction = Metric.Reduction(rawValue: word) else {
        let known = Metric.Reduction.allCases.map(\.rawValue).joined(separator: ", ")
        throw refuse("expected one of \(known) before the parenthesis, found \"\(word)\"")
      }
      let inside = String(text[text.index(after: open)...].dropLast())
      self = .reduced(reduction, try ListColumn.Expression(parsing: inside))
      return
    }
    let parts = text.split(separator: "@", omittingEmptySubsequences: false).map(String.init)
    guard let name = parts.first, !name.isEmpty, name.allSatisfy({ $0.isLetter || $0.isNumber || "_.-".contains($0) })
    else { throw refuse("expected a name") }
    guard parts.count > 1 else {
      self = .name(name)
      return
    }
    guard parts.count == 2, let iteration = Int(parts[1]), iteration >= 1 else {
      throw refuse("expected an outer iteration behind @")
    }
    self = .at(name, iteration: iteration)
  }

  /// The name that it is about.
  var name: String {
    switch self {
    case .name(let name), .at(let name, _): name
    case .reduced(_, let inner): inner.name
    }
  }
}
