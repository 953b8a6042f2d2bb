internal import RunSchema
package import RunStore

/// Everything about a run on one page that a colleague can read without the program and without the run.
package struct Report {
  private let run: Run
  private let labels: Labels
  private let overview: RunOverview
  private let lineage: LineageTree
  private let whole: RunCard
  private let card: Card
  private let now: Instant

  package init(_ run: Run, _ labels: Labels, _ lineage: LineageTree, now: Instant) throws {
    self.run = run
    self.labels = labels
    self.lineage = lineage
    self.now = now
    overview = RunOverview(run, labels)
    whole = try RunCard(run, labels, now: now)
    card = try whole.card()
  }

  private var name: String { PlotSubject.name(of: run, labels) }

  /// Where each number of the tables of milestones and of task families comes from.
  package var explanations: [Explanation] {
    get throws { try Milestones(run).explanations(of: run) + whole.families.explanations }
  }

  package func html(theme: Theme) throws -> String {
    var page = ReportPage(title: "Run \(name)", theme: theme)
    page.paragraph(summary)
    section("run", as: "Summary", &page)
    if !labels.notes.isEmpty { section("notes", as: "Notes", &page) }
    try curves(&page)
    try tables(&page)
    recipe(&page)
    page.lineage(lineage)
    section("lineage", as: nil, &page)
    try identity(&page)
    try reproduction(&page)
    page.paragraph("Made \(now) from the run's files alone.")
    return page.html
  }

  private var summary: String {
    let done = overview.iterations ?? 0
    var text = "\(counted(done, "outer iteration")) of recipe \(overview.recipeName ?? "without a name")"
    if let seed = overview.seed { text += ", seed \(seed)" }
    text += "; \(overview.status)."
    if let last = overview.lastLoss { text += " The last outer loss is \(Cell.number(last).rounded)" }
    if let best = overview.best {
      text += ", the best smoothed \(Cell.number(best.loss).rounded) after iteration \(best.iteration)"
    }
    return text + (overview.lastLoss == nil ? "" : "; 1 is the start of inner training.")
  }

  /// What says more of the place where the page is made than of the run.
  private static let unsaid: Set<String> = ["age_seconds", "folder"]

  /// A section of the run's card.
  private func section(_ key: String, as heading: String?, _ page: inout ReportPage) {
    guard var section = card.sections.first(where: { $0.key == key }) else { return }
    if case .fields(let fields) = section.body {
      section.body = .fields(fields.filter { !Self.unsaid.contains($0.key) })
    }
    if let heading { page.heading(heading) }
    page.card(section)
  }

  private func curves(_ page: inout ReportPage) throws {
    page.heading("Curves")
    let subjects = [PlotSubject(name, [run])]
    let hasFamilies = TaskFamilies([run]).names.count > 2
    for kind in PlotKind.allCases where hasFamilies || (kind != .tasks && kind != .mix) {
      page.chart(try Chart(kind, of: subjects, PlotOptions(bins: 350)))
    }
  }

  private func tables(_ page: inout ReportPage) throws {
    page.heading("Tables")
    page.subheading("Milestones")
    let milestones = try Milestones(run)
    page.table(milestones.table)
    page.explanations(milestones.explanations(of: run))
    page.subheading("Task families")
    page.paragraph(
      "Mean loss of the pairs that began and ended their unroll with the family; its share of the inner steps, and of the"
        + " operations that were counted for them when the run began, by the family that an unroll began with.")
    page.table(whole.families.table)
    page.explanations(whole.families.explanations)
    page.subheading("Cost")
    section("records", as: nil, &page)
    page.explanations(whole.explanations(of: card).filter { $0.section == "Records" })
    page.subheading("Events")
    section("events", as: nil, &page)
  }

  private func recipe(_ page: inout ReportPage) {
    page.heading("Recipe")
    page.subheading("As given")
    let overrides = run.identity.text(IdentityNames.recipeOverrides) ?? ""
    if !overrides.isEmpty {
      page.paragraph("Changed on the command line:")
      page.preformatted(overrides)
    }
    page.preformatted(run.identity.text(IdentityNames.recipeGiven) ?? "")
    page.subheading("Resolved")
    page.preformatted(Reproduction(run, overview).recipeFile)
  }

  private func identity(_ page: inout ReportPage) throws {
    page.heading("Identity")
    section("reproducibility", as: nil, &page)
    page.subheading("Machine it began on")
    section("machine", as: nil, &page)
    page.subheading("Digests (SHA-256)")
    section("digests", as: nil, &page)
    page.subheading("Checkpoints")
    section("checkpoints", as: nil, &page)
  }

  private func reproduction(_ page: inout ReportPage) throws {
    page.heading("To make it again")
    page.preformatted(try Reproduction(run, overview).commands())
    page.heading("To cite it")
    page.preformatted(try Citation(run, labels, overview).bibTeX())
  }
}
