import Analysis
import ArgumentParser
import Experiments
import Foundation
import RunSchema
import RunStore

struct MakeReport: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "A run, or several side by side, as one HTML page that needs nothing else.",
    discussion: """
      Examples:
        runs report latest
        runs report first --out first.html --theme light
        runs report --compare first second third --out comparison.html
        runs report --compare group=paper --group-by group

      A comparison has all that runs compare says: what differs, outcomes with their statistics, task families, cost, and
      where bits part; runs that differ by nothing but the seed are a group unless --group-by none.
      The page has no script and loads nothing: summary, curves, tables, recipe, lineage, identity, the commands that make
      the run again to the bit, and how to cite it. Without --out it goes to ID.html, or comparison.html; "-" is standard
      output.
      """.flowing)

  @Argument(parsing: .allUnrecognized, help: "The run; with --compare several, or a filter.", completion: .run)
  var runs: [String]

  @Flag(help: "Put several runs side by side.")
  var compare = false

  @Option(help: ArgumentHelp("The page's file; - for standard output.", valueName: "file"))
  var out: String?

  @Option(help: "Colours; auto turns dark where the reader's system is.")
  var theme = Theme.auto

  @Option(help: "With --compare: which runs are a group.")
  var groupBy = PlotSubject.Grouping.automatic

  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let store = Store(at: self.store.path)
    let found = try RunSelection(words: runs, command: "report").runs(in: store)
    if !compare, found.count != 1 {
      throw Complaint(.usage, "\(found.count) runs: add --compare to put them side by side")
    }
    let now = Instant(Environment.now())
    let lineage = LineageTree(of: found.map(\.run.id), in: try RunOverview.all(in: store))
    let html =
      compare
      ? try ComparisonReport(
        ComparedRun.all(found.map { ($0.run.id, nil) }, in: store), by: groupBy, lineage, now: now
      ).html(theme: theme)
      : try Report(found[0].run, found[0].labels, lineage, now: now).html(theme: theme)
    let path = out ?? (compare ? "comparison.html" : "\(found[0].run.id).html")
    if path == "-" { return Output.write(html) }
    try ResultFile.write(Data(html.utf8), to: path)
    guard output.json else { return output.tell("wrote \(path.shown)") }
    Output.print([
      "schema": "runs/report/1", "file": .text(path), "bytes": .integer(html.utf8.count),
      "runs": .array(found.map { .text($0.run.id.text) }),
    ])
  }
}
