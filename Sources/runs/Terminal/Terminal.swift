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
}
