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

  /// The format asked for: --json is one of them.
  func format(_ output: OutputOptions) -> TableFormat { output.json ? .json : format }

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
  /// Prints a table, and to programs a document that says more. At a terminal columns that its width has no room for are
  /// left out, which is said.
  static func print(
    _ table: Table, _ options: TableOptions, _ output: OutputOptions, from sources: [String] = [],
    json document: @autoclosure () -> JSONValue
  ) {
    let made = Provenance.ofThisCall(sources)
    let format = options.format(output)
    if format == .json { return print(document(), made) }
    let comment = options.comment(made, format)
    guard format == .text, let columns = Terminal.resultColumns else {
      return write(comment + table.render(format))
    }
    let (fitting, leftOut) = table.fitted(to: columns)
    page(comment + fitting.render(.text), !output.noPager)
    if !leftOut.isEmpty, !output.quiet {
      tell("no room for: \(leftOut.joined(separator: ", ")) (all columns in a pipe, and with --format)")
    }
  }

  /// Prints what is known of one thing.
  static func print(_ card: Card, _ options: TableOptions, _ output: OutputOptions, from sources: [String] = []) {
    let made = Provenance.ofThisCall(sources)
    let format = options.format(output)
    switch format {
    case .json: print(card.json, made)
    case .csv: write(options.comment(made, format) + card.longTable.render(.csv))
    case .text: page(options.comment(made, format) + card.text + "\n", !output.noPager)
    case .markdown, .latex, .html: print(card.presentation, format, made, options, output)
    }
  }

  /// Prints where numbers come from.
  static func print(_ cells: [Explanation], _ options: TableOptions, _ output: OutputOptions, _ made: Provenance) {
    let format = options.format(output)
    switch format {
    case .json: print(cells.json, made)
    case .csv: write(options.comment(made, format) + cells.table.render(.csv))
    case .text, .markdown, .latex, .html: print(cells.presentation, format, made, options, output)
    }
  }

  /// Prints a document, with what it was made by at its end.
  static func print(_ document: JSONValue, _ made: Provenance) {
    print(document.adding([.init("made_by", made.json)]))
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
