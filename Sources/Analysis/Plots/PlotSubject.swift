internal import RunSchema
package import RunStore

/// What a plot shows side by side: a run, or runs that belong together.
package struct PlotSubject: Sendable {
  /// As the legend names it; another's text.
  package let label: String
  package let runs: [Run]

  package init(_ label: String, _ runs: [Run]) {
    precondition(!runs.isEmpty, "a subject without runs")
    self.label = label
    self.runs = runs
  }

  var isGroup: Bool { runs.count > 1 }

  /// How runs are put together.
  package enum Grouping: String, CaseIterable, Sendable {
    /// Runs of one group label.
    case group
    /// Runs of one recipe's name.
    case recipe
    /// Each run for itself.
    case none
    /// Each for itself, unless there are too many lines to tell apart: then all as one.
    case automatic = "auto"
  }

  /// The most lines that a reader tells apart.
  static let mostLines = 8

  /// Subjects in the order in which they are met first.
  package static func subjects(_ runs: [(run: Run, labels: Labels)], by grouping: Grouping) -> [PlotSubject] {
    switch grouping {
    case .none: return runs.map { PlotSubject(name(of: $0.run, $0.labels), [$0.run]) }
    case .automatic:
      if runs.count <= mostLines { return subjects(runs, by: .none) }
      let grouped = subjects(runs, by: .group)
      return grouped.count <= mostLines ? grouped : [PlotSubject("\(runs.count) runs", runs.map(\.run))]
    case .group: return joined(runs) { $0.labels.group }
    case .recipe: return joined(runs) { $0.run.identity.text(IdentityNames.recipeName) }
    }
  }

  /// Runs of the same key as one; those without a key for themselves.
  private static func joined(
    _ runs: [(run: Run, labels: Labels)], _ key: ((run: Run, labels: Labels)) -> String?
  ) -> [PlotSubject] {
    var order: [String] = []
    var members: [String: [Run]] = [:]
    for pair in runs {
      // The sign in front keeps a group that bears a run's name apart from the run.
      let place = key(pair).map { "g" + $0 } ?? "r" + pair.run.id.text
      if members[place] == nil { order.append(place) }
      members[place, default: []].append(pair.run)
    }
    let names = Dictionary(runs.map { ($0.run.id, name(of: $0.run, $0.labels)) }) { first, _ in first }
    return order.map { place in
      let runs = members[place]!
      if runs.count == 1 { return PlotSubject(names[runs[0].id]!, runs) }
      return PlotSubject("\(place.dropFirst()) (\(runs.count) runs)", runs)
    }
  }

  /// A run's name, or its id.
  package static func name(of run: Run, _ labels: Labels) -> String { labels.name ?? run.id.text }
}
