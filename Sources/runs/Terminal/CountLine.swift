import Experiments
import Foundation

/// A line that counts work of known length, at a terminal only.
final class CountLine {
  private let words: String
  private let isShown: Bool
  private var last = -Double.infinity

  init(_ words: String, isQuiet: Bool, terminal: Terminal = Terminal()) {
    self.words = words
    isShown = !isQuiet && terminal.isInteractive
  }

  func show(_ done: Int, of total: Int) {
    let now = Environment.clock()
    guard isShown, done == total || now - last > 0.1 else { return }
    last = now
    Output.draw("\r\u{1B}[2K\(words): \(done) of \(total)")
  }

  func finish() {
    if isShown, last > -.infinity { Output.draw("\r\u{1B}[2K") }
  }
}
