import ArgumentParser
import Experiments
import Foundation
import RunSchema
import RunStore

/// Where words go: results to standard output, messages to standard error.
enum Output {
  static func print(_ text: String) { write(text + "\n") }

  /// Writes to standard output as it is.
  static func write(_ text: String) { write(text, to: STDOUT_FILENO) }

  static func print(_ document: JSONValue) { print(document.pretty) }

  static func tell(_ message: String) { draw(message + "\n") }

  static func complain(_ message: String) { tell("runs: error: \(message)") }

  /// Writes to standard error as it is: for lines that are drawn over.
  static func draw(_ text: String) { write(text, to: STDERR_FILENO) }

  /// Unbuffered, so that what was said is out whatever comes next. A reader that has gone is no error.
  private static func write(_ text: String, to descriptor: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let written = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { return }
      bytes = bytes.dropFirst(written)
    }
  }
}

/// Options of every command that works on a store.
struct StoreOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The folder of runs; else $RUNS_STORE, else ./Runs.", valueName: "dir"))
  var store: String?

  var path: String { Self.path(given: store) }

  /// The store; what is written to it says which program wrote it.
  var opened: Store { Store(at: path, environment: .system(creator: "runs \(ProgramVersion.current)")) }

  static func path(given: String?) -> String {
    given ?? ProcessInfo.processInfo.environment["RUNS_STORE"] ?? "Runs"
  }
}

/// Options of every command that prints something.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Print one JSON document instead of text.")
  var json = false

  @Flag(help: "Print long results without the pager ($RUNS_PAGER, else $PAGER, else less) that a terminal gets.")
  var noPager = false

  @Flag(name: .shortAndLong, help: "No progress and no messages; results and errors only.")
  var quiet = false
}
