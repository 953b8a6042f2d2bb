import Analysis
import ArgumentParser
import Experiments
import Foundation
import RunSchema

extension TableFormat: ExpressibleByArgument {}

/// Options of every command that prints a table.
struct TableOptions: ParsableArguments {
  @Option(help: "How to print the table.")
  var format = TableFormat.text

  @Flag(
    help: "In text and csv too: a comment in front that says the command and the digests the table came from.")
  var comment = false

  /// The comment of a table: always where the format has comments that its readers pass over.
  func comment(_ made: Provenance, _ format: TableFormat) -> String {
    switch format {
    case .markdown, .latex, .html: made.comment(format)
    case .text, .csv: comment ? made.comment(format) : ""
    case .json: ""
    }
  }
}

extension Provenance {
  /// Of what this call of the program prints, made from these sources.
  static func ofThisCall(_ sources: [String] = []) -> Provenance {
    Provenance(
      command: (["runs"] + CommandLine.arguments.dropFirst()).map(quoted).joined(separator: " "),
      program: "runs \(ProgramVersion.current)", sources: sources)
  }

  /// As a shell takes it for one word.
  private static func quoted(_ word: String) -> String {
    let isPlain =
      !word.isEmpty && word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_./@:=,+-%".contains($0)) }
    return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }
}

extension Output {
  /// Prints a table. At a terminal columns that its width has no room for are left out, which is said.
  static func print(
    _ table: Table, as options: TableOptions, quiet: Bool = false, from sources: [String] = [], paged: Bool = false
  ) {
    let comment = options.comment(.ofThisCall(sources), options.format)
    guard options.format == .text, let columns = Terminal.resultColumns else {
      return write(comment + table.render(options.format))
    }
    let (fitting, leftOut) = table.fitted(to: columns)
    page(comment + fitting.render(.text), paged)
    if !leftOut.isEmpty, !quiet {
      tell("no room for: \(leftOut.joined(separator: ", ")) (all columns in a pipe, and with --format)")
    }
  }

  /// Prints words and tables, as wide as the terminal is.
  static func print(
    _ presentation: Presentation, _ format: TableFormat, _ made: Provenance, _ options: TableOptions,
    _ output: OutputOptions
  ) {
    let text = options.comment(made, format) + presentation.render(format, width: Terminal.resultColumns)
    page(text, format == .text && !output.noPager)
  }

  /// Prints a text, where it is long and may be paged through the pager.
  static func page(_ text: String, _ isPaged: Bool) {
    if isPaged, Pager.show(text) { return }
    write(text)
  }
}
