import Analysis
import ArgumentParser
import Experiments
import Foundation
import RunSchema
import RunStore

extension PlotKind: ExpressibleByArgument {}
extension PlotAbscissa: ExpressibleByArgument {}
extension PlotSubject.Grouping: ExpressibleByArgument {}
extension ScaleChoice: ExpressibleByArgument {}
extension Theme: ExpressibleByArgument {}

struct Plot: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Curves of runs: as a picture, or in the terminal.",
    discussion: """
      Examples:
        runs plot latest
        runs plot first second --kind norms --out norms.svg
        runs plot group=paper status=finished --group-by group --x seconds --out loss.png --theme light
        runs plot latest --kind mix --out mix.svg --width 360

      Kinds: loss (outer loss), tasks (loss of each task family), norms (theta, gradient, update, clipping), truncation,
      pairs (differences of antithetic pairs), mix (task families), cost (seconds, speed, storing, memory).
      Without --out an SVG goes to a pipe, and braille dots go to a terminal. Words with = : < > are a filter, as in runs
      list. Of more than eight runs without --group-by, groups or all together are one curve: median and spread.
      """)

  @Argument(parsing: .allUnrecognized, help: "Runs, or a filter that finds some.", completion: .run)
  var runs: [String]

  @Option(help: "What to draw.")
  var kind = PlotKind.loss

  @Option(help: ArgumentHelp("The picture: FILE.svg or FILE.png.", valueName: "file"))
  var out: String?

  @Option(help: "Colours; auto turns dark where the reader's system is.")
  var theme = Theme.auto

  @Option(help: ArgumentHelp("Width of the picture, 240 to 4000 pixels.", valueName: "n"))
  var width = 800

  @Option(help: "What lies along x.")
  var x = PlotAbscissa.iterations

  @Option(help: "The scale along y.")
  var scale = ScaleChoice.automatic

  @Option(help: "Which runs are one curve, with their spread.")
  var groupBy = PlotSubject.Grouping.automatic

  @Flag(help: "Draw in the terminal, also where standard output is none.")
  var terminal = false

  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    guard (240...4000).contains(width) else { throw Complaint(.usage, "--width \(width): expected 240 to 4000") }
    if terminal, out != nil { throw Complaint(.usage, "give --out or --terminal, not both") }
    let picture = try out.map { try PictureFile($0) }
    let found = try RunSelection(words: runs, command: "plot").runs(in: Store(at: self.store.path))
    let subjects = PlotSubject.subjects(found, by: groupBy)
    let columns = Terminal.resultColumns
    let drawsText = terminal || (out == nil && columns != nil)
    let bins = drawsText ? 2 * (columns ?? 80) : max(200, width)
    var chart = try Chart(kind, of: subjects, PlotOptions(abscissa: x, scale: scale, bins: bins))
    if drawsText {
      let plot = TerminalPlot(columns: columns ?? Terminal().columns, colours: Terminal.resultColours)
      return Output.write(plot.text(chart))
    }
    chart.sources.insert("drawn by: \(CommandLine.arguments.dropFirst().reduce("runs") { $0 + " " + $1 })", at: 0)
    guard let picture else { return Output.write(SVGPicture(chart, width: width, theme: theme).svg) }
    try picture.write(chart, width: width, theme: theme)
    if output.json { return Output.print(json(picture, chart, subjects)) }
    output.tell("wrote \(picture.path.shown)")
  }

  private func json(_ picture: PictureFile, _ chart: Chart, _ subjects: [PlotSubject]) -> JSONValue {
    [
      "schema": "runs/plot/1", "kind": .text(kind.rawValue), "file": .text(picture.path),
      "runs": .array(subjects.flatMap(\.runs).map { .text($0.id.text) }),
      "curves": .array(subjects.map { .text($0.label) }), "notes": .array(chart.notes.map { .text($0) }),
    ]
  }
}
