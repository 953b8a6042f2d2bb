import Analysis
import ArgumentParser
import RunSchema
import RunStore

struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tables of two or more runs: what differs, what they came to, what they cost, and where their bits part.",
    discussion: """
      Examples:
        runs compare first second
        runs compare first second --metric gradient_norm --align inner_steps
        runs compare first second --metric "min outer_loss as best" --explain

        runs compare a1 a2 a3 b1 b2 b3 --group-by estimator.pairs

      Where more than two runs are given and some differ by nothing but the seed, they are grouped: n, mean, intervals, and
      each group against the first on the seeds they share. Only what differs is shown, in order of suspicion. Milestones are shares of the way that all runs have gone.
      Exit code 0; with --require-same 1 where a bit differs.
      """)

  @Argument(help: "The runs: ids, starts of ids, names, or latest.")
  var runs: [String]

  @Option(
    name: .customLong("metric"),
    help: ArgumentHelp(
      "What to compare, may be repeated: a column (outer_loss unless said), outer_loss@300, or \"min outer_loss as best\".",
      valueName: "metric"))
  var metrics: [String] = []

  @Option(
    help: ArgumentHelp(
      "Group runs that are the same in a field: a recipe's field, seed, group, name, status …; or none.",
      valueName: "field"))
  var groupBy: String?

  @Option(help: "What to lay runs side by side by.")
  var align = Alignment.iterations

  @Flag(help: "Exit with 1 where the runs are not the same bits.")
  var requireSame = false

  @Flag(help: "Say of each number which rows of which dataset it comes from, and how.")
  var explain = false

  @OptionGroup var format: TableOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let store = Store(at: self.store.path)
    guard runs.count >= 2 else { throw Complaint(.usage, "compare takes two runs or more") }
    let compared = try runs.map { try ComparedRun(try store.resolve($0), in: store) }
    let metrics = try self.metrics.map { try Metric(parsing: $0) }
    let comparison =
      groupBy != "none" && (groupBy != nil || RunGroup.isCalledFor(by: compared))
      ? try Comparison(groups: try RunGroup.groups(of: compared, by: groupBy), metrics: metrics, along: align)
      : try Comparison(compared, metrics: metrics, along: align)
    show(comparison)
    if requireSame, !comparison.bits.isSame {
      throw ExitCode(ExitStatus.checkFailed.rawValue)
    }
  }

  private func show(_ comparison: Comparison) {
    switch output.json ? .json : format.format {
    case .json: Output.print(comparison.json)
    case .csv: Output.write(comparison.longTable.render(.csv))
    case let format:
      Output.write(comparison.presentation(explaining: explain).render(format, width: Terminal.resultColumns))
    }
  }
}

extension Alignment: ExpressibleByArgument {}
