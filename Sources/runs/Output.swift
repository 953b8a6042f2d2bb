import ArgumentParser
import Foundation
import RunSchema

/// Where words go: results to standard output, messages to standard error.
enum Output {
  static func print(_ text: String) { write(text + "\n", to: stdout) }

  static func tell(_ message: String) { write(message + "\n", to: stderr) }

  static func complain(_ message: String) { tell("runs: error: \(message)") }

  static func print(_ document: JSONValue) { print(document.pretty) }

  private static func write(_ text: String, to stream: UnsafeMutablePointer<FILE>?) {
    fputs(text, stream)
    fflush(stream)
  }
}

/// Options of every command that works on a store.
struct StoreOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The folder of runs; else $RUNS_STORE, else ./Runs.", valueName: "dir"))
  var store: String?

  var path: String { store ?? ProcessInfo.processInfo.environment["RUNS_STORE"] ?? "Runs" }
}

/// Options of every command that prints something.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Print one JSON document instead of text.")
  var json = false

  @Flag(name: .shortAndLong, help: "No progress and no messages; results and errors only.")
  var quiet = false
}
