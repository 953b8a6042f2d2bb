internal import RunSchema
package import RunStore

/// Several runs side by side on one page.
package struct ComparisonReport {
  private let runs: [(run: Run, labels: Labels)]
  private let subjects: [PlotSubject]
  private let lineage: LineageTree
  private let now: Instant

  /// So many columns a page has room for.
  private static let mostColumns = 12

  package init(
    _ runs: [(run: Run, labels: Labels)], by grouping: PlotSubject.Grouping, _ lineage: LineageTree, now: Instant
  ) {
    self.runs = runs
    self.lineage = lineage
    self.now = now
    subjects = PlotSubject.subjects(runs, by: grouping)
  }

  private var names: [String] { runs.map { PlotSubject.name(of: $0.run, $0.labels) } }

  package func html(theme: Theme) throws -> String {
    let title =
      runs.count <= 3 ? "Comparison of \(names.joined(separator: ", "))" : "Comparison of \(runs.count) runs"
    var page = ReportPage(title: title, theme: theme)
    let overviews = runs.map { RunOverview($0.run, $0.labels) }
    page.heading("Summary")
    page.table(try RunList(overviews, matching: Filter(parsing: ""), sort: "id", limit: nil, now: now).table(now: now))
    page.heading("What differs")
    differences(overviews, &page)
    page.heading("Curves")
    for kind in [PlotKind.loss, .norms, .tasks, .pairs, .cost] {
      page.chart(try Chart(kind, of: subjects, PlotOptions(bins: 250)))
    }
    page.heading("Smoothed outer loss after so many records")
    if runs.count > Self.mostColumns { page.paragraph("The first \(Self.mostColumns) of \(runs.count) runs.") }
    page.table(try Milestones.table(zip(names, runs).prefix(Self.mostColumns).map { ($0, $1.run) }))
    page.lineage(lineage)
    try identity(overviews, &page)
    page.paragraph("Made \(now) from the runs' files alone.")
    return page.html
  }

  private func differences(_ overviews: [RunOverview], _ page: inout ReportPage) {
    let shown = Array(overviews.prefix(Self.mostColumns))
    var paths: [String] = []
    var seen: Set<String> = []
    for overview in shown {
      for field in overview.recipe?.fields ?? [] where seen.insert(field.path).inserted { paths.append(field.path) }
    }
    var table = Table(columns: [.init("field")] + names.prefix(shown.count).map { .init($0) })
    func add(_ label: String, _ cells: [Cell]) {
      guard let first = cells.first, cells.contains(where: { $0 != first }) else { return }
      table.append([.text(label)] + cells.map { $0 == .missing ? .text("(not set)") : $0 })
    }
    add("recipe", shown.map { Cell($0.recipeName) })
    for path in paths where path != "summary" { add(path, shown.map { $0.recipe?[path] ?? .missing }) }
    add("seed", shown.map { $0.seed.map { .unsigned($0) } ?? .missing })
    for (label, name) in [
      ("numerics version", IdentityNames.numericsVersion), ("code revision", IdentityNames.codeRevision),
      ("code difference", IdentityNames.codeDifference), ("program", IdentityNames.executable),
      ("compiler", IdentityNames.compiler), ("cpu", IdentityNames.cpu), ("system", IdentityNames.system),
    ] {
      add(label, runs.prefix(shown.count).map { Cell($0.run.identity.text(name)) })
    }
    add("started from", shown.map { Cell($0.parent) })
    if table.rows.isEmpty {
      page.paragraph("Nothing: recipe, seed, numerics, code and machine are the same.")
    } else {
      page.table(table)
    }
    if runs.count > shown.count { page.paragraph("Of the first \(shown.count) of \(runs.count) runs.") }
  }

  private func identity(_ overviews: [RunOverview], _ page: inout ReportPage) throws {
    page.heading("Digests")
    var table = Table(columns: [.init("run"), .init("records SHA-256"), .init("identity SHA-256")])
    for (name, pair) in zip(names, runs) {
      table.append([
        .text(name), .text(try pair.run.recordsDigest().hex), .text(pair.run.identityDigest.hex),
      ])
    }
    page.table(table)
    page.heading("To make them again")
    page.paragraph("The page of a single run (runs report ID) has its recipe, commands and citation.")
    page.preformatted((["# every bit of each"] + runs.map { "runs verify \($0.run.id) --all" }).joined(separator: "\n"))
  }
}

extension ReportPage {
  /// The tree of runs, if there is more than one.
  mutating func lineage(_ tree: LineageTree) {
    heading("Lineage")
    guard tree.isWorthDrawing else { return paragraph("No run of this store is its parent or child.") }
    picture { tree.svg(width: $0, theme: $1, prefix: $2) }
    if tree.leftOut > 0 { paragraph("\(tree.leftOut) more are not shown.") }
  }
}
