import Experiments
import Synchronization

/// A line that says how far the measuring of tasks is, before a run begins: drawn over at a terminal, a line now and then into a
/// file. Nothing where it takes less than a second.
final class MeasuringLine: Sendable {
  private struct Drawing {
    var next: Double
    var isThere = false
  }

  private let terminal = Terminal()
  private let isQuiet: Bool
  private let start = Environment.clock()
  private let drawing: Mutex<Drawing>

  init(isQuiet: Bool) {
    self.isQuiet = isQuiet
    drawing = Mutex(Drawing(next: start + 1))
  }

  func show(_ done: Int, of total: Int) {
    guard !isQuiet else { return }
    drawing.withLock { drawing in
      let now = Environment.clock()
      if terminal.isInteractive, done == total, drawing.isThere { return Output.draw("\r\u{1B}[2K") }
      guard now >= drawing.next else { return }
      drawing.next = now + (terminal.isInteractive ? 0.1 : 10)
      drawing.isThere = true
      let left = ProgressLine.duration((now - start) / Double(done) * Double(total - done))
      let line = "measuring tasks: \(done) of \(total) trainings, \(left) left"
      Output.draw(terminal.isInteractive ? "\r\u{1B}[2K\(line)" : line + "\n")
    }
  }
}
