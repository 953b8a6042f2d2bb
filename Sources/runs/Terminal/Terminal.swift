import Analysis
import Foundation

/// What standard error, where progress goes, can show.
struct Terminal {
  let isInteractive: Bool
  let usesColor: Bool
  let columns: Int

  /// NO_COLOR and TERM=dumb are honoured; COLUMNS beats what the terminal says.
  init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    isInteractive = isatty(STDERR_FILENO) == 1 && environment["TERM"] != "dumb"
    usesColor = isInteractive && (environment["NO_COLOR"] ?? "").isEmpty
    var size = winsize()
    let known = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    columns = environment["COLUMNS"].flatMap(Int.init) ?? (known ? Int(size.ws_col) : 80)
  }

  /// The width of the terminal that standard output, where results go, is; nil where it is none.
  static var resultColumns: Int? {
    guard isatty(STDOUT_FILENO) == 1 else { return nil }
    if let columns = ProcessInfo.processInfo.environment["COLUMNS"].flatMap(Int.init) { return columns }
    var size = winsize()
    return ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
  }

  /// The height of that terminal; nil where it is none.
  static var resultRows: Int? {
    guard isatty(STDOUT_FILENO) == 1 else { return nil }
    if let rows = ProcessInfo.processInfo.environment["LINES"].flatMap(Int.init) { return rows }
    var size = winsize()
    return ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_row > 0 ? Int(size.ws_row) : 24
  }

  /// Whether results may be coloured: at a terminal that can, unless NO_COLOR says otherwise.
  static var resultColours: TerminalPlot.Colours {
    let environment = ProcessInfo.processInfo.environment
    let may = isatty(STDOUT_FILENO) == 1 && environment["TERM"] != "dumb" && (environment["NO_COLOR"] ?? "").isEmpty
    return may ? .ansi : .none
  }
}
