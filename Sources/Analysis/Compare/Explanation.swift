package import RunSchema
internal import RunStore

/// One number of a comparison, and how to compute it again.
package struct Explanation: Sendable {
  let section: String
  let quantity: Quantity
  let subject: ComparisonSection.Subject
  package let value: Traced
  /// The files that hold the dataset.
  let files: [String]
}

extension Comparison {
  /// The cells that `ROW:COLUMN` names, or `ROW` alone: by a quantity's name or key and a run's name, id or group's letter,
  /// in either order; `all` for every number.
  package func explain(_ cell: String) throws(AnalysisError) -> [Explanation] {
    // A unit in brackets may come along from the table.
    let parts = cell.split(separator: ":", maxSplits: 1).map { Self.plain($0.replacing(#/ \[[^\]]*\]$/#, with: "")) }
    let found = explanations.filter { explanation in
      let rows = explanation.quantity.names.map(Self.plain)
      let columns = names(of: explanation.subject).map(Self.plain)
      switch parts.count {
      case 1: return parts[0] == "all" || rows.contains(parts[0]) || columns.contains(parts[0])
      case 2:
        return rows.contains(parts[0]) && columns.contains(parts[1])
          || rows.contains(parts[1]) && columns.contains(parts[0])
      default: return false
      }
    }
    guard found.isEmpty else { return found }
    let rows = explanations.map(\.quantity.key)
    let columns = explanations.map(\.subject.heading)
    throw AnalysisError(
      .usage, doing: "explaining \"\(cell)\"", problem: "no cell has that name",
      advice: "write ROW:COLUMN with a row of \(Self.unique(rows).joined(separator: ", ")) and a column of"
        + " \(Self.unique(columns).joined(separator: ", ")), or all")
  }

  /// Every number of every table: those of the first one, which says who is compared, too.
  private var explanations: [Explanation] {
    ([overview] + sections).flatMap { section in
      section.quantities.flatMap { quantity in
        var cells = Array(zip(section.subjects, quantity.values))
        if let change = quantity.tracedChange(section.subjects) { cells.append((Self.change, change)) }
        return cells.map { subject, value in
          let sources = value.source?.runs ?? []
          let files = runs.filter { sources.contains($0.id.text) }.map(\.recordFile)
          return Explanation(
            section: section.title, quantity: quantity, subject: subject, value: value, files: files)
        }
      }
    }
  }

  private static let change = ComparisonSection.Subject(heading: "change", key: "change")

  private func names(of subject: ComparisonSection.Subject) -> [String] {
    let run = runs.first { $0.id.text == subject.key }
    return [subject.heading, subject.key] + [run?.label, run?.labels.name].compactMap { $0 }
  }

  private static func plain(_ text: some StringProtocol) -> String {
    text.lowercased().split(separator: " ").joined(separator: " ")
  }

  private static func unique(_ texts: [String]) -> [String] {
    var known: Set<String> = []
    return texts.filter { known.insert($0).inserted }
  }
}

extension Quantity {
  /// The names by which it is asked for, as a table shows them too.
  fileprivate var names: [String] { [label, key] }

  /// The change, as a number made of the two values; nil where there is none.
  fileprivate func tracedChange(_ subjects: [ComparisonSection.Subject]) -> Traced? {
    guard !change.isMissing, values.count == 2 else { return nil }
    let sources = values.compactMap(\.source)
    var runs: [String] = []
    for run in sources.flatMap(\.runs) where !runs.contains(run) { runs.append(run) }
    let parts = zip(subjects, values).map { Source.Part(of: $0.key, rows: $1.source?.rows, value: $1.cell) }
    return Traced(
      change,
      Source(
        runs: runs, dataset: sources.first?.dataset ?? "", formula: "(second - first) / |first| of the parts",
        parts: parts))
  }
}

extension ComparedRun {
  /// Where its records lie, those that are not yet published included.
  fileprivate var recordFile: String {
    run.path + "/run.h5" + (run.publishedRecordCount < run.recordCount ? " and the journal beside it" : "")
  }
}

extension Explanation {
  package var part: Presentation.Part {
    let unit = subject.key == "change" ? nil : quantity.exactUnit
    var lines = [
      ("cell", "\(quantity.key):\(subject.key)"),
      ("value", value.cell.isMissing ? "–" : value.cell.exact + (unit.map { " [\($0)]" } ?? "")), ("in", section),
    ]
    if let source = value.source {
      lines.append(("formula", source.formula))
      lines.append(("dataset", source.dataset))
      if source.rows != nil || source.parts.isEmpty { lines.append(("rows", Self.words(source.rows))) }
      for (index, part) in source.parts.enumerated() {
        let rows = part.rows.map { ", rows \(Self.words($0))" } ?? ""
        lines.append((index == 0 ? "parts" : "", "\(part.of): \(part.value.isMissing ? "–" : part.value.exact)\(rows)"))
      }
      for (index, file) in files.enumerated() { lines.append((index == 0 ? "of" : "", file)) }
    } else {
      lines.append(("from", "nothing: there is no such value"))
    }
    return .init("\(quantity.label.trimmed), \(subject.heading)", findings: lines)
  }

  private static func words(_ rows: Range<Int>?) -> String {
    rows.map { "\($0.lowerBound)..<\($0.upperBound), counted from 0" } ?? "all"
  }

  package var json: JSONValue {
    [
      "section": .text(section), "key": .text(quantity.key), "label": .text(quantity.label),
      "unit": subject.key == "change" ? .null : quantity.exactUnit.map { .text($0) } ?? .null,
      "subject": .text(subject.key), "value": value.cell.json,
      "from": value.source?.json ?? .null, "files": .array(files.map { .text($0) }),
    ]
  }
}

extension String {
  fileprivate var trimmed: String { String(drop { $0 == " " }) }
}
