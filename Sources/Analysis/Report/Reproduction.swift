internal import RunSchema
internal import RunStore

/// The words that make a run again, to the bit, and the digests that say whether it was.
struct Reproduction {
  private let run: Run
  private let overview: RunOverview

  init(_ run: Run, _ overview: RunOverview) {
    self.run = run
    self.overview = overview
  }

  /// The recipe with all its fields, as a file that `runs train` takes: JSON, which is YAML too.
  var recipeFile: String { run.identity.recipe?.pretty ?? "" }

  /// Commands, a line each, with comments.
  func commands() throws -> String {
    var lines = code
    let seed = overview.seed.map { " --seed \($0)" } ?? ""
    let done = overview.iterations ?? 0
    let iterations = done == overview.planned ? "" : " --iterations \(done)"
    lines.append("# recipe.yaml: the resolved recipe of this page")
    if let parent = run.description.lineage.first {
      let from = "\(parent.run)@\(parent.iteration)"
      let relation = run.identity.text(IdentityNames.relation)
      let isAnew = overview.firstIteration != parent.iteration
      lines.append("# needs run \(parent.run), whose state after iteration \(parent.iteration) has the digest")
      lines.append("# \(parent.contents.hex)")
      lines.append(
        relation == "self-train"
          ? "runs self-train --from \(from) --recipe recipe.yaml\(seed)\(iterations)"
          : "runs fork \(from)\(isAnew ? " --theta-only" : "") --recipe recipe.yaml\(seed)\(iterations)")
    } else {
      lines.append("runs train recipe.yaml\(seed)\(iterations)")
    }
    lines += [
      "# it ends with the digests that make it the same run:", "#   records_sha256 \(try run.recordsDigest().hex)",
    ]
    if let newest = run.checkpoints.last, newest.iteration == run.recordCount {
      lines.append("#   state_sha256   \(newest.contents.hex)")
      lines.append("#   theta_sha256   \(try run.loadCheckpoint(newest).thetaDigest.hex)")
    }
    lines += ["", "# or, with the run's own folder and nothing else:", "runs verify \(run.id) --all"]
    return lines.joined(separator: "\n")
  }

  private var code: [String] {
    let revision = run.identity.text(IdentityNames.codeRevision) ?? "unknown"
    let numerics = run.identity.text(IdentityNames.numericsVersion) ?? "unknown"
    var lines = ["# any program of numerics version \(numerics.shown) gives the same bits; this run's was version"]
    lines.append("# \((run.identity.text(IdentityNames.programVersion) ?? "unknown").shown)")
    guard Self.isRevision(revision) else { return lines + ["# (its commit is not known)"] }
    lines.append("git checkout \(revision)")
    if run.identity.integer(IdentityNames.codeModified) == 1 {
      let digest = run.identity.text(IdentityNames.codeDifference) ?? ""
      lines.append("# its sources differed from that commit: git diff HEAD had the SHA-256")
      lines.append("# \(digest.shown)")
    }
    return lines + ["swift build -c release --product runs", ""]
  }

  /// What may stand in a command: another's file says it.
  static func isRevision(_ text: String) -> Bool {
    (7...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }
}
