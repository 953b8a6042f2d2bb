internal import RunSchema
internal import RunStore

/// Several runs side by side on one page: all that `compare` says of them, with curves, lineage and digests.
package struct ComparisonReport {
  private let runs: [ComparedRun]
  private let subjects: [PlotSubject]
  /// Nil for a run alone.
  private let comparison: Comparison?
  private let lineage: LineageTree
  private let now: Instant

  /// - Parameter grouping: automatic for what `compare` does by itself: runs that differ by nothing but the seed are a group.
  /// - Throws: StoreError or AnalysisError for what cannot be read.
  package init(
    _ runs: [ComparedRun], by grouping: PlotSubject.Grouping, _ lineage: LineageTree, now: Instant
  ) throws {
    self.runs = runs
    self.lineage = lineage
    self.now = now
    let groups: [RunGroup]? =
      switch grouping {
      case .automatic: RunGroup.isCalledFor(by: runs) ? try RunGroup.groups(of: runs, by: nil) : nil
      case .group: try RunGroup.groups(of: runs, by: "group")
      case .recipe: try RunGroup.groups(of: runs, by: "recipe_name")
      case .none: nil
      }
    if let groups, runs.count > 1 {
      comparison = try Comparison(groups: groups, metrics: [], along: .iterations)
      subjects = groups.map { group in
        PlotSubject(group.title, group.runs.map(\.run))
      }
    } else {
      comparison = runs.count > 1 ? try Comparison(runs, metrics: [], along: .iterations) : nil
      subjects = PlotSubject.subjects(runs.map { ($0.run, $0.labels) }, by: .automatic)
    }
  }

  package func html(theme: Theme) throws -> String {
    let names = runs.map(\.label).joined(separator: ", ")
    var page = ReportPage(
      title: runs.count <= 3 ? "Comparison of \(names)" : "Comparison of \(runs.count) runs", theme: theme)
    let overviews = runs.map { RunOverview($0.run, $0.labels) }
    page.heading("Summary")
    let list = try RunList(overviews, matching: Filter(parsing: ""), sort: "id", limit: nil, now: now)
    // An age says more of the page than of the run.
    page.table(list.table(now: now).without("age_seconds"))
    // Of single runs the first part is the list that stands above.
    let parts = comparison?.presentation.parts ?? []
    if let comparison, !comparison.groups.isEmpty, let groups = parts.first { page.part(groups) }
    page.heading("Curves")
    for kind in [PlotKind.loss, .norms, .tasks, .pairs, .cost] {
      page.chart(try Chart(kind, of: subjects, PlotOptions(bins: 250)))
    }
    page.heading("What differs, and what came of it")
    if parts.isEmpty { page.paragraph("A run alone has nothing to be compared with.") }
    for part in parts.dropFirst() { page.part(part) }
    page.explanations(comparison?.explanations ?? [])
    page.lineage(lineage)
    try digests(&page)
    page.paragraph("Made \(now) from the runs' files alone.")
    return page.html
  }

  private func digests(_ page: inout ReportPage) throws {
    page.heading("Digests")
    var table = Table(columns: [.init("run"), .init("records SHA-256"), .init("identity SHA-256")])
    for run in runs {
      table.append([
        .text(run.label), .text(try run.run.recordsDigest().hex), .text(run.run.identityDigest.hex),
      ])
    }
    page.table(table)
    page.heading("To make them again")
    page.paragraph("The page of a single run (runs report ID) has its recipe, commands and citation.")
    let ids = runs.map(\.id.text)
    page.preformatted(
      (["# every bit of each"] + ids.map { "runs verify \($0) --all" }
        + (runs.count > 1
          ? ["# of a number here, where it comes from", "runs compare \(ids.joined(separator: " ")) --explain CELL"]
          : []))
        .joined(separator: "\n"))
  }
}

extension ReportPage {
  /// A part of a comparison: its table, its findings, and what is to be said of it.
  mutating func part(_ part: Presentation.Part) {
    // What takes a line has no heading of its own.
    if part.table == nil, part.findings.isEmpty, part.sentences.count == 1 {
      return paragraph("\(part.heading): \(part.sentences[0])")
    }
    subheading(part.heading)
    if var table = part.table {
      table.title = nil
      self.table(table)
    }
    for finding in part.findings { paragraph("\(finding.label): \(finding.words)") }
    for sentence in part.sentences { paragraph(sentence) }
  }

  /// The tree of runs, if there is more than one.
  mutating func lineage(_ tree: LineageTree) {
    heading("Lineage")
    guard tree.isWorthDrawing else { return paragraph("No parent or child in this store.") }
    picture { tree.svg(width: $0, theme: $1, prefix: $2) }
    if tree.leftOut > 0 { paragraph("Not shown: \(tree.leftOut) more.") }
  }
}
