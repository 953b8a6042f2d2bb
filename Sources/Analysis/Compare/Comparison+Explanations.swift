internal import RunStore

extension Comparison {
  /// Every number of every table: those of the first one, which says who is compared, too.
  package var explanations: [Explanation] {
    ([overview] + sections).flatMap { section in
      section.quantities.flatMap { quantity in
        var cells = zip(section.subjects, quantity.values).map { subject, value in
          explanation(section, quantity, names(of: subject), quantity.exactUnit, value)
        }
        if let change = quantity.tracedChange(section.subjects) {
          cells.append(explanation(section, quantity, .init("change"), nil, change))
        }
        return cells
      }
    }
  }

  private func explanation(
    _ section: ComparisonSection, _ quantity: Quantity, _ subject: Explanation.Names, _ unit: String?, _ value: Traced
  ) -> Explanation {
    let sources = value.source?.runs ?? []
    return Explanation(
      in: section.title, .init(quantity.key, quantity.label), of: subject, unit: unit, value,
      files: runs.filter { sources.contains($0.id.text) }.map(\.run.recordFiles))
  }

  private func names(of subject: ComparisonSection.Subject) -> Explanation.Names {
    let run = runs.first { $0.id.text == subject.key }
    return .init(subject.key, [subject.heading] + [run?.label, run?.labels.name].compactMap { $0 })
  }
}

extension Quantity {
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

extension Run {
  /// Where its records lie, those that are not yet published included.
  var recordFiles: String {
    path + "/run.h5" + (publishedRecordCount < recordCount ? " and the journal beside it" : "")
  }
}
