internal import RunSchema
internal import RunStore

/// How a run is cited: an entry for BibTeX that says which bits are meant.
struct Citation {
  private let run: Run
  private let labels: Labels
  private let overview: RunOverview

  init(_ run: Run, _ labels: Labels, _ overview: RunOverview) {
    self.run = run
    self.labels = labels
    self.overview = overview
  }

  func bibTeX() throws -> String {
    func escaped(_ text: String) -> String { LaTeXTable().escape(text) }
    let name = labels.name.map { ", \($0)" } ?? ""
    let recipe = overview.recipeName.map { " of recipe \($0)" } ?? ""
    let revision = run.identity.text(IdentityNames.codeRevision).flatMap { Reproduction.isRevision($0) ? $0 : nil }
    var fields = [
      ("title", "{\(escaped("Meta-training run \(run.id)\(name)"))}"),
      ("howpublished", escaped("A run\(recipe) of the program runs, version \(program)")),
    ]
    if let created = overview.created {
      let date = Instant(created).description
      if date.hasSuffix("Z") {
        fields += [("year", String(date.prefix(4))), ("month", String(Int(date.dropFirst(5).prefix(2)) ?? 1))]
      }
    }
    var notes = [
      "records SHA-256 \\texttt{\(try run.recordsDigest().hex)}",
      "identity SHA-256 \\texttt{\(run.identityDigest.hex)}",
    ]
    if let seed = overview.seed { notes.append("seed \(seed)") }
    if let iterations = overview.iterations { notes.append(counted(iterations, "outer iteration")) }
    if let numerics = overview.numerics { notes.append("numerics version \(escaped(numerics))") }
    if let revision { notes.append("commit \\texttt{\(revision)}") }
    fields.append(("note", notes.joined(separator: "; ")))
    let lines = fields.map { key, value in "  \(key) = {\(value)}," }
    return (["@misc{run-\(run.id),"] + lines + ["}"]).joined(separator: "\n")
  }

  private var program: String { run.identity.text(IdentityNames.programVersion) ?? "unknown" }
}
