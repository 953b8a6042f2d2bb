import Analysis
import ArgumentParser
import Foundation
import RunSchema

extension TableFormat: ExpressibleByArgument {}

/// Options of every command that prints a table.
struct TableOptions: ParsableArguments {
  @Option(help: "How to print the table.")
  var format = TableFormat.text
}

extension Output {
  /// Prints a table. At a terminal columns that its width has no room for are left out, which is said.
  static func print(_ table: Table, as options: TableOptions, quiet: Bool = false) {
    guard options.format == .text, let columns = Terminal.resultColumns else {
      return write(table.render(options.format))
    }
    let (fitting, leftOut) = table.fitted(to: columns)
    write(fitting.render(.text))
    if !leftOut.isEmpty, !quiet {
      tell("no room for: \(leftOut.joined(separator: ", ")) (all columns in a pipe, and with --format)")
    }
  }
}
