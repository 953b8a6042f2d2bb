import Experiments
import Foundation

/// A line that says how far a training is: a bar at a terminal, a line now and then into a file.
final class ProgressLine {
  private static let secondsBetweenRedraws = 0.1
  private static let secondsBetweenLines = 10.0

  private let terminal: Terminal
  private let isQuiet: Bool
  private let first: Int
  private let total: Int
  private let start = Environment.clock()
  private var lastShown: Double?
  private var smoothedLoss: Double?

  init(from first: Int, to total: Int, isQuiet: Bool, terminal: Terminal = Terminal()) {
    self.terminal = terminal
    self.isQuiet = isQuiet
    self.first = first
    self.total = total
  }

  /// Shows an iteration that is committed.
  func show(iteration: Int, outerLoss: Double) {
    smoothedLoss = smoothedLoss.map { 0.9 * $0 + 0.1 * outerLoss } ?? outerLoss
    let now = Environment.clock()
    let interval = terminal.isInteractive ? Self.secondsBetweenRedraws : Self.secondsBetweenLines
    guard !isQuiet, iteration == total || now - (lastShown ?? -.infinity) >= interval else { return }
    lastShown = now
    let line = text(iteration: iteration, now: now)
    Output.draw(terminal.isInteractive ? "\r\u{1B}[2K\(line)" : line + "\n")
  }

  /// Ends the line, so that what follows stands on its own.
  func finish() {
    if terminal.isInteractive, !isQuiet, lastShown != nil { Output.draw("\n") }
  }

  private func text(iteration: Int, now: Double) -> String {
    let done = iteration - first
    let rate = Double(done) / max(now - start, 1e-9)
    let left = rate > 0 ? Double(total - iteration) / rate : 0
    let numbers = String(
      format: "%d/%d  outer loss %.4f  %.1f it/s  %@ left", iteration, total, smoothedLoss ?? 0, rate,
      Self.duration(left))
    guard terminal.isInteractive else { return numbers }
    let width = max(0, min(40, terminal.columns - numbers.count - 6))
    guard width >= 8, total > 0 else { return numbers }
    let filled = width * iteration / total
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    return terminal.usesColor ? "\u{1B}[36m\(bar)\u{1B}[0m  \(numbers)" : "\(bar)  \(numbers)"
  }

  static func duration(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3_600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3_600) h \(whole % 3_600 / 60) min"
  }
}
