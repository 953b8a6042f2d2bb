import Analysis
import ArgumentParser
import Experiments
import RunSchema
import RunStore

struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tables of two or more runs: what differs, what they came to, what they cost, and where their bits part.",
    discussion: """
      Examples:
        runs compare first second
        runs compare first@100 second@100
        runs compare first second --metric gradient_norm --align inner_steps
        runs compare first second --metric 'min(outer_loss) as best' --explain best:second
        runs compare tag:paper estimator=pes --group-by estimator.pairs

      Runs are named, or found by a filter as runs list takes it. ID@I is a run up to outer iteration I, and its state there.
      Where more than two runs are given and some differ by nothing but the seed, they are grouped: n, mean, intervals, and
      each group against the first on the seeds they share. Only what differs is shown, in order of suspicion. Milestones are
      shares of the way that all runs have gone. A metric is written like a column of runs list.
      Exit code 0; with --require-same 1 where a bit differs.
      """.flowing)

  @Argument(
    parsing: .allUnrecognized, help: "The runs: ids, starts of ids, names, latest, moments as ID@300; or a filter.",
    completion: .run)
  var runs: [String]

  @Option(
    name: .customLong("metric"),
    help: ArgumentHelp(
      "What to compare, may be repeated: a column (outer_loss unless said), outer_loss@300, or 'min(outer_loss) as best'.",
      valueName: "metric"))
  var metrics: [String] = []

  @Option(
    help: ArgumentHelp(
      "Group runs that are the same in fields: a recipe's field, seed, group, name, status …, or several with commas between"
        + " them; or none.",
      valueName: "field"),
    completion: .field)
  var groupBy: String?

  @Option(help: "What to lay runs side by side by.")
  var align = Alignment.iterations

  @Flag(help: "Exit with 1 where the runs are not the same bits.")
  var requireSame = false

  @Option(
    help: ArgumentHelp(
      "Say from which rows of which dataset, and how, a number comes, and nothing else: ROW:COLUMN, ROW, or all.",
      valueName: "cell"))
  var explain: String?

  @OptionGroup var format: TableOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let store = Store(at: self.store.path)
    let selection = try RunSelection(words: runs, command: "compare")
    let compared = try selection.compared(in: store)
    guard compared.count >= 2 else {
      throw Complaint(.usage, "compare takes two runs or more" + (selection.isFilter ? "; the filter fits one" : ""))
    }
    let metrics = try self.metrics.map { try Metric(parsing: $0) }
    var comparison =
      groupBy != "none" && (groupBy != nil || RunGroup.isCalledFor(by: compared))
      ? try Comparison(groups: try RunGroup.groups(of: compared, by: groupBy), metrics: metrics, along: align)
      : try Comparison(compared, metrics: metrics, along: align)
    if comparison.groups.isEmpty, let states = try selection.states(in: store, threads: try threads.count) {
      comparison.add(states)
    }
    comparison.add(CodeChanges.sentences(compared), to: "code")
    try show(comparison)
    if requireSame, !comparison.bits.isSame {
      throw ExitCode(ExitStatus.checkFailed.rawValue)
    }
  }

  private func show(_ comparison: Comparison) throws {
    let made = Provenance.ofThisCall(comparison.runs.map(\.provenance))
    let format = self.format.format(output)
    if let explain {
      return Output.print(try comparison.explanations.named(explain), self.format, output, made)
    }
    switch format {
    case .json: Output.print(comparison.json(made: made))
    case .csv: Output.write(self.format.comment(made, .csv) + comparison.longTable.render(.csv))
    default: Output.print(comparison.presentation, format, made, self.format, output)
    }
  }
}

extension Alignment: ExpressibleByArgument {}
