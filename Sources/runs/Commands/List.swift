import Analysis
import ArgumentParser
import Experiments
import RunSchema
import RunStore

struct List: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Finds runs.",
    discussion: """
      Examples:
        runs list
        runs list status=finished estimator.kind=full_es --sort best
        runs list tag:paper since:7d --sort -created --limit 10
        runs list 'outer_loss<0.5 | -tag:debug' --format markdown

      A filter is made of FIELD=VALUE, with = != < <= > >= or, for tags and names, a colon; - in front means not, | means
      or. Fields: id, name, group, tag, status, recipe, seed, iterations, planned, outer_loss, best, best_iteration, created,
      numerics, generation, parent, since, before, and every field of a recipe by its path (outer_optimizer.learning_rate).
      The best outer loss is the lowest of an exponential moving average of decay 0.9.
      """)

  @Argument(parsing: .allUnrecognized, help: "Conditions that all hold.")
  var filter: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("A field to sort by; -FIELD for the greatest first. Else the newest first.", valueName: "field"))
  var sort: String?

  @Option(help: ArgumentHelp("No more than so many.", valueName: "n"))
  var limit: Int?

  @OptionGroup var table: TableOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    if let limit, limit < 0 { throw Complaint(.usage, "--limit \(limit): expected 0 or more") }
    let now = Instant(Environment.now())
    let store = Store(at: self.store.path)
    let list = try RunList(
      try RunOverview.all(in: store), matching: try Filter(words: filter), sort: sort, limit: limit,
      now: now)
    if output.json { return Output.print(list.json(store: store.path)) }
    if list.runs.isEmpty, table.format == .text {
      return output.tell(filter.isEmpty ? "no runs in \(store.path)" : "no such runs in \(store.path)")
    }
    Output.print(list.table(now: now), as: table, quiet: output.quiet)
    for run in list.runs where run.damage != nil {
      output.tell("run \(run.id) is damaged: see runs doctor \(run.id)")
    }
  }
}

extension Filter {
  /// The filter of a command line's words, among which a mistyped option may be.
  init(words: [String]) throws {
    let words = words.filter { $0 != "--" }
    if let option = words.first(where: { $0.hasPrefix("--") }) {
      throw Complaint(.usage, "unknown option \(option.shown); see runs help list")
    }
    try self.init(parsing: words.joined(separator: " "))
  }
}
