package import RunSchema
internal import RunStore

/// One number of a comparison, and how to compute it again.
package struct Explanation: Sendable {
  let section: String
  let quantity: Quantity
  let subject: ComparisonSection.Subject
  let value: Traced
  /// The files that hold the dataset.
  let files: [String]
}

extension Comparison {
  /// The cells that `ROW:COLUMN` names, or `ROW` alone: by a quantity's name or key and a run's name, id or group's letter,
  /// in either order; `all` for every number.
  package func explain(_ cell: String) throws(AnalysisError) -> [Explanation] {
    let parts = cell.split(separator: ":", maxSplits: 1).map { Self.plain(String($0)) }
    let found = explanations.filter { explanation in
      let rows = [explanation.quantity.label, explanation.quantity.key].map(Self.plain)
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

  private var explanations: [Explanation] {
    sections.flatMap { section in
      section.quantities.flatMap { quantity in
        zip(section.subjects, quantity.values).map { subject, value in
          let files = runs.filter { value.source?.runs.contains($0.id.text) == true }.map { $0.run.path + "/run.h5" }
          return Explanation(
            section: section.title, quantity: quantity, subject: subject, value: value, files: files)
        }
      }
    }
  }

  private func names(of subject: ComparisonSection.Subject) -> [String] {
    let run = runs.first { $0.id.text == subject.key }
    return [subject.heading, subject.key] + [run?.label, run?.labels.name].compactMap { $0 }
  }

  private static func plain(_ text: String) -> String {
    text.lowercased().split(separator: " ").joined(separator: " ")
  }

  private static func unique(_ texts: [String]) -> [String] {
    var known: Set<String> = []
    return texts.filter { known.insert($0).inserted }
  }
}

extension Explanation {
  package var part: Presentation.Part {
    let unit = quantity.unit.map { " [\($0)]" } ?? ""
    var lines = [("value", value.cell.isMissing ? "(not set)" : value.cell.exact), ("in", section)]
    if let source = value.source {
      lines.append(("formula", source.formula.trimmingCommas))
      lines.append(("dataset", source.dataset))
      lines.append(("rows", source.rows.map { "\($0.lowerBound)..<\($0.upperBound), counted from 0" } ?? "all"))
      for (index, file) in files.enumerated() { lines.append((index == 0 ? "of" : "", file)) }
    } else {
      lines.append(("from", "nothing: there is no such value"))
    }
    return .init("\(quantity.label)\(unit), \(subject.heading)", findings: lines)
  }

  package var json: JSONValue {
    [
      "section": .text(section), "key": .text(quantity.key), "label": .text(quantity.label),
      "unit": quantity.unit.map { .text($0) } ?? .null, "subject": .text(subject.key), "value": value.cell.json,
      "from": value.source?.json ?? .null, "files": .array(files.map { .text($0) }),
    ]
  }
}

extension String {
  fileprivate var trimmingCommas: String { hasSuffix(",") ? String(dropLast()) : self }
}
