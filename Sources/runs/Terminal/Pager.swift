import Foundation
import RunSchema

/// Long results at a terminal go through a pager: $RUNS_PAGER, else $PAGER, else `less`.
enum Pager {
  /// Whether the text was shown: false where there is no terminal, no need or no pager.
  static func show(_ text: String) -> Bool {
    guard let rows = Terminal.resultRows, text.utf8.count(where: { $0 == UInt8(ascii: "\n") }) >= rows,
      let command = command
    else { return false }
    // What less does unless told otherwise: colours as they are, and what is short stays on the screen.
    setenv("LESS", "FRX", 0)
    // Who ends the pager early wants no more; Ctrl-C is the pager's while it runs.
    let handlers = [SIGPIPE, SIGINT].map { ($0, signal($0, SIG_IGN)) }
    defer { for (number, handler) in handlers { signal(number, handler) } }
    guard let pipe = popen(command, "w") else { return false }
    text.utf8CString.withUnsafeBufferPointer { _ = fwrite($0.baseAddress, 1, $0.count - 1, pipe) }
    // 127: the shell has found no such program.
    return pclose(pipe) >> 8 != 127
  }

  private static var command: String? {
    let environment = ProcessInfo.processInfo.environment
    guard environment["TERM"] != "dumb" else { return nil }
    let said = environment["RUNS_PAGER"] ?? environment["PAGER"] ?? "less"
    return said.isEmpty || said == "cat" ? nil : said
  }
}
