import Analysis
import Experiments

/// Which files differ between the revisions that runs were made by, where the program's own repository knows both.
enum CodeChanges {
  /// So many files are named.
  private static let most = 12

  /// A sentence for each run whose code is of another revision than the first one's.
  static func sentences(_ runs: [ComparedRun]) -> [String] {
    var told: Set<String> = []
    let first = revision(runs[0])
    return runs.dropFirst().compactMap { run in
      guard let first, let other = revision(run), first != other, told.insert(other).inserted else { return nil }
      guard let files = CodeFacts.files(between: first, and: other) else {
        return "Which files changed from \(first.prefix(12)) to \(other.prefix(12)) is not known here."
      }
      let more = files.count > most ? ", and \(files.count - most) more" : ""
      return "From \(first.prefix(12)) to \(other.prefix(12)) these files changed: "
        + files.prefix(most).joined(separator: ", ") + more + "."
    }
  }

  private static func revision(_ run: ComparedRun) -> String? {
    guard case .text(let text)? = run.fact("revision")?.cell, text != "unknown" else { return nil }
    return text
  }
}
