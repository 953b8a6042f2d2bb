import Analysis
import Experiments
import RunSchema
import RunStore

/// The runs that a command line names one by one, or finds by a filter.
struct RunSelection {
  /// Empty where there is a filter.
  private let names: [String]
  private let filter: Filter
  var isFilter: Bool { names.isEmpty }

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
    for id in isFilter ? try found(in: store) : try store.resolve(names) where !ids.contains(id) { ids.append(id) }
    return try ids.map { (try store.run($0), try store.labels(of: $0)) }
  }

  /// As comparisons see them, in the order of their names, each as often as it is named; a moment of a run, ID@300, is
  /// the run up to there.
  func compared(in store: Store) throws -> [ComparedRun] {
    guard !isFilter else { return try ComparedRun.all(found(in: store).map { ($0, nil) }, in: store) }
    if names.contains(where: StateOperand.isState) {
      return try names.map { name in
        guard StateOperand.isState(name) else { return try ComparedRun(try store.resolve(name), in: store) }
        let moment = try store.moment(try CheckpointReference(name))
        return try ComparedRun(moment.run.id, in: moment.store, through: moment.iteration)
      }
    }
    return try ComparedRun.all(store.resolve(names).map { ($0, nil) }, in: store)
  }

  /// The states, where all that is named is a moment; nil where not.
  func states(in store: Store, threads: Int) throws -> [ComparedState]? {
    guard !isFilter, names.allSatisfy(StateOperand.isState) else { return nil }
    return try names.map { try StateOperand.state($0, in: store, threads: threads) }
  }

  private func found(in store: Store) throws -> [RunID] {
    let list = try RunList(
      try RunOverview.all(in: store), matching: filter, sort: nil, limit: nil, now: Instant(Environment.now()))
    if list.runs.isEmpty {
      throw Complaint(.noInput, "no run in \(store.path.shown) fits the filter; see runs list")
    }
    return list.runs.map(\.id).sorted()
  }
}
