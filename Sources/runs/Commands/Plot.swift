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
      One task under several optimizers, and its loss surface: runs plot-task.
      """.flowing)

  @Argument(parsing: .allUnrecognized, help: "Runs, or a filter that finds some.", completion: .run)
  var runs: [String]

  @Option(help: "What to draw.")
  var kind = PlotKind.loss

  @Option(help: "What lies along x.")
  var x = PlotAbscissa.iterations

  @Option(help: "The scale along y.")
  var scale = ScaleChoice.automatic

  @Option(help: "Which runs are one curve, with their spread.")
  var groupBy = PlotSubject.Grouping.automatic

  @OptionGroup var picture: PictureOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let file = try picture.file()
    let found = try RunSelection(words: runs, command: "plot").runs(in: Store(at: self.store.path))
    let subjects = PlotSubject.subjects(found, by: groupBy)
    let chart = try Chart(kind, of: subjects, PlotOptions(abscissa: x, scale: scale, bins: picture.bins))
    try picture.show(chart, in: file, output) { json($0, chart, subjects) }
  }

  private func json(_ path: String, _ chart: Chart, _ subjects: [PlotSubject]) -> JSONValue {
    [
      "schema": "runs/plot/1", "kind": .text(kind.rawValue), "file": .text(path),
      "runs": .array(subjects.flatMap(\.runs).map { .text($0.id.text) }),
      "curves": .array(subjects.map { .text($0.label) }), "notes": .array(chart.notes.map { .text($0) }),
    ]
  }
}
