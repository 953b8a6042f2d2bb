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
        runs list --columns 'name,min(outer_loss) as least,gradient_norm@100' --sort least
        runs list --explain first:best
        runs list estimator=pes --group-by estimator.pairs --columns 'mean(best),sd(best),mean(min(outer_loss)) as least'

      A filter is made of FIELD=VALUE, with = != < <= > >= or, for tags and names, a colon; - in front means not, | means
      or. Fields: id, name, group, tag, status, recipe, seed, iterations, planned, outer_loss, best, best_iteration, created,
      numerics, generation, parent, since, before, and every field of a recipe by its path (outer_optimizer.learning_rate).
      The best outer loss is the lowest of an exponential moving average of decay 0.9. Names joined by _ have a short form:
      estimator=pes is persistent_es.

      A column is a field, a column of the records (its last value), COLUMN@ITERATION, or first, last, min, max, mean, median,
      sum or sd of one, as in min(outer_loss); "as WORD" behind it is its heading. With --group-by a row is a group: the outermost
      reduction is over its runs, the one inside over a run's records; what is not reduced is the value that all share.
      """.flowing)

  @Argument(parsing: .allUnrecognized, help: "Conditions that all hold.")
  var filter: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("A field to sort by; -FIELD for the greatest first. Else the newest first.", valueName: "field"),
    completion: .field)
  var sort: String?

  @Option(help: ArgumentHelp("Columns instead of the usual ones, with commas between them.", valueName: "columns"))
  var columns: String?

  @Option(
    help: ArgumentHelp(
      "A row for all runs that are the same in a field, or in several with commas.", valueName: "field"),
    completion: .field)
  var groupBy: String?

  @Option(help: ArgumentHelp("No more than so many.", valueName: "n"))
  var limit: Int?

  @Option(
    help: ArgumentHelp(
      "Say from which rows of which dataset, and how, a number comes, and nothing else: RUN:COLUMN, COLUMN, RUN, or all.",
      valueName: "cell"))
  var explain: String?

  @OptionGroup var table: TableOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    if let limit, limit < 0 { throw Complaint(.usage, "--limit \(limit): expected 0 or more") }
    let now = Instant(Environment.now())
    let store = Store(at: self.store.path)
    if columns != nil || groupBy != nil { return try printTable(store, now) }
    let list = try RunList(
      try RunOverview.all(in: store), matching: try Filter(words: filter), sort: sort, limit: limit,
      now: now)
    let sources = list.runs.map(\.provenance)
    if let explain {
      let cells = try list.explanations(now: now, RunReader(store))
      return Output.print(try cells.named(explain), table, output, .ofThisCall(sources))
    }
    if list.runs.isEmpty, table.format(output) == .text {
      return output.tell(filter.isEmpty ? "no runs in \(store.path)" : "no such runs in \(store.path)")
    }
    Output.print(list.table(now: now), table, output, from: sources, json: list.json(store: store.path))
    if table.format(output) == .json { return }
    for run in list.runs where run.damage != nil {
      output.tell("run \(run.id) is damaged: see runs doctor \(run.id)")
    }
  }
}

extension List {
  /// Runs in columns of one's own, or in groups.
  private func printTable(_ store: Store, _ now: Instant) throws {
    let columns = try self.columns.map { try ListColumn.columns(parsing: $0) } ?? []
    let fields = groupBy?.split(separator: ",").map(String.init) ?? []
    let key = sort.map { SortOrder(parsing: $0).key }
    // By a heading where there is one; else by a field, before rows are made.
    let sortsRows = !fields.isEmpty || columns.contains { $0.heading == key }
    let list = try RunList(
      try RunOverview.all(in: store), matching: try Filter(words: filter), sort: sortsRows ? nil : sort,
      limit: sortsRows ? nil : limit, now: now)
    let reader = RunReader(store)
    let made = try RunTable(
      list, columns: columns, groupedBy: fields, sort: sortsRows ? sort : nil, limit: sortsRows ? limit : nil,
      reader: reader)
    if let explain {
      return Output.print(
        try made.explanations(reader).named(explain), table, output, .ofThisCall(list.runs.map(\.provenance)))
    }
    Output.print(
      made.table, table, output, from: list.runs.map(\.provenance), json: made.json(store: store.path))
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
