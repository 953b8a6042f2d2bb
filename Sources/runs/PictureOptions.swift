import Analysis
import ArgumentParser
import Foundation
import RunSchema

/// Where a picture goes, and what it looks like.
struct PictureOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The picture: FILE.svg or FILE.png.", valueName: "file"))
  var out: String?

  @Option(help: "Colours; auto turns dark where the reader's system is.")
  var theme = Theme.auto

  @Option(help: ArgumentHelp("Width of the picture, 240 to 4000 pixels.", valueName: "n"))
  var width = 800

  @Flag(help: "Draw in the terminal, also where standard output is none.")
  var terminal = false

  /// The file, before anything is computed for it.
  func file() throws -> PictureFile? {
    guard (240...4000).contains(width) else { throw Complaint(.usage, "--width \(width): expected 240 to 4000") }
    if terminal, out != nil { throw Complaint(.usage, "give --out or --terminal, not both") }
    return try out.map { try PictureFile($0) }
  }

  /// Whether braille dots are drawn rather than a picture.
  var drawsText: Bool { terminal || (out == nil && Terminal.resultColumns != nil) }

  /// How many places along x can be told apart.
  var bins: Int { drawsText ? 2 * (Terminal.resultColumns ?? 80) : max(200, width) }

  /// - Parameter json: what is printed with --json, from the file's path.
  func show(_ chart: Chart, in file: PictureFile?, _ output: OutputOptions, json: (String) -> JSONValue) throws {
    if drawsText {
      let plot = TerminalPlot(
        columns: Terminal.resultColumns ?? Terminal().columns, colours: Terminal.resultColours)
      return Output.write(plot.text(chart))
    }
    var chart = chart
    chart.sources.insert("drawn by: \(CommandLine.arguments.dropFirst().reduce("runs") { $0 + " " + $1 })", at: 0)
    guard let file else { return Output.write(SVGPicture(chart, width: width, theme: theme).svg) }
    try file.write(chart, width: width, theme: theme)
    output.json ? Output.print(json(file.path)) : output.tell("wrote \(file.path.shown)")
  }
}

extension Theme: ExpressibleByArgument {}
