import Analysis
import Experiments
import RunSchema
import RunStore

/// The runs that a command line names one by one, or finds by a filter.
struct RunSelection {
  private let names: [String]
  private let filter: Filter

  /// Words with a sign of comparison are conditions; all others are names of runs.
  init(words: [String], command: String) throws {
    if let option = words.first(where: { $0.hasPrefix("--") && $0 != "--" }) {
      throw Complaint(.usage, "unknown option \(option.shown); see runs help \(command)")
    }
    let words = words.filter { $0 != "--" }
    let conditions = words.filter { $0.contains { "=:<>|".contains($0) } }
    names = words.filter { !conditions.contains($0) }
    filter = try Filter(parsing: conditions.joined(separator: " "))
    if words.isEmpty { throw Complaint(.usage, "name a run, or give a filter; see runs help \(command)") }
    if !names.isEmpty, !conditions.isEmpty {
      throw Complaint(.usage, "give runs, or a filter, not both: \(words.joined(separator: " ").shown)")
    }
  }

  /// Each run once: in the order of their names, or the oldest first. A damaged run that a filter finds is an error.
  func runs(in store: Store) throws -> [(run: Run, labels: Labels)] {
    var ids: [RunID] = []
    if names.isEmpty {
      let list = try RunList(
        try RunOverview.all(in: store), matching: filter, sort: nil, limit: nil,
        now: Instant(Environment.now()))
      ids = list.runs.map(\.id).sorted()
      if ids.isEmpty { throw Complaint(.noInput, "no run in \(store.path.shown) fits the filter; see runs list") }
    } else {
      for name in names {
        let id = try store.resolve(name)
        if !ids.contains(id) { ids.append(id) }
      }
    }
    return try ids.map { (try store.run($0), try store.labels(of: $0)) }
  }
}
