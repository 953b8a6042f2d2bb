import Experiments
import Foundation

/// Waits for Ctrl-C and SIGTERM on a thread of its own; then seals the run, says how to go on and ends the process.
final class InterruptionWatch: Sendable {
  private static let signals = [SIGINT, SIGTERM]

  /// Blocks the signals in this thread, and so in all that it starts later.
  init(_ session: Session) {
    var set = Self.signalSet
    pthread_sigmask(SIG_BLOCK, &set, nil)
    Thread.detachNewThread {
      var set = Self.signalSet
      var signal: Int32 = 0
      sigwait(&set, &signal)
      Self.end(session, signal)
    }
  }

  /// Lets the signals do what they do by default again.
  func stop() {
    var set = Self.signalSet
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
  }

  private static var signalSet: sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    for signal in signals { sigaddset(&set, signal) }
    return set
  }

  private static func end(_ session: Session, _ signal: Int32) -> Never {
    if Terminal().isInteractive { Output.tell("") }
    do {
      if let iterations = try session.interrupt() {
        Output.tell(
          "stopped after outer iteration \(iterations); all that was shown is safe. Go on with: runs resume \(session.id)"
        )
      }
      exit(128 + signal)
    } catch {
      let complaint = Complaint(error) ?? Complaint(.ioFailed, "\(error)")
      Output.complain(complaint.message)
      exit(complaint.code.rawValue)
    }
  }
}
